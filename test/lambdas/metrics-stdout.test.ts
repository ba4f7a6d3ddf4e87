import { expect, jest, test } from '@jest/globals';
import { emittedMetrics, writeMetrics } from '../support/emitted-metrics.ts';

/** As on Lambda: lines go to the standard output of the process, without a console between. */

test('an invocation goes on although its standard output is broken', async () => {
  writeMetrics('sweep');
  const { beginMeasures, note, publishMeasures } = await import('../../lambdas/metrics.ts');
  const written: string[] = [];
  const stdout = jest.spyOn(process.stdout, 'write');
  stdout.mockImplementationOnce(() => {
    throw new Error('EPIPE');
  });
  stdout.mockImplementation((text) => written.push(String(text)) > 0);
  try {
    beginMeasures();
    note({ metric: 'SweepFound', value: 0 });
    publishMeasures();
    beginMeasures();
    note({ metric: 'SweepFound', value: 3 });
    publishMeasures();
  } finally {
    stdout.mockRestore();
  }
  const lines = written.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(emittedMetrics(lines)).toMatchObject([
    { metric: 'SweepFound', dimensions: { service: 'sweep' }, values: [3] },
  ]);
});
