import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import type { BlockFigures } from '../../support/read-log-block.ts';

/** Reading in a process of its own, of text that is never all there. Times are not tested: machines differ. */

const read = (...args: readonly string[]): BlockFigures =>
  JSON.parse(
    execFileSync(process.execPath, ['test/support/read-log-block.ts', ...args], {
      encoding: 'utf8',
    }),
  );

test.each(['plain', 'gz'])('a %s log of five times the length takes no more memory', (form) => {
  const short = read('16', form, 'grant');
  const long = read('80', form, 'grant');
  expect(long.peakMegabytes).toBeLessThan(short.peakMegabytes + 30);
  for (const { records, parsed, unreadable } of [short, long]) {
    expect(records / parsed).toBe(200);
    expect(unreadable).toBe(0);
  }
  expect(long.records / short.records).toBeCloseTo(long.megabytes / short.megabytes);
});

test('without a needle, every record is parsed', () => {
  const { records, parsed } = read('8', 'gz', 'all');
  expect(parsed).toBe(records);
});
