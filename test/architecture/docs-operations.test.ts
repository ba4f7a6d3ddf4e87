import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { METRICS } from '../../core/metrics.ts';
import { BURN_RATES, OBJECTIVES, TOO_FEW } from '../../core/objectives.ts';

/** What docs/operations.md says of the deployment is what the code has. */

const PAGE = readFileSync('docs/operations.md', 'utf8');

/** The rows of the table under a heading, each as its cells. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const [, section = ''] = PAGE.split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  return own
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

test('the table of objectives lists each with its metric, share and alarms', () => {
  const expected = Object.entries(OBJECTIVES).map(([id, { goal, metric, budget }]) => {
    const alarms = BURN_RATES.map(({ name }) => `\`${id}${name}\``).join(', ');
    return [goal, `\`${metric}\``, `${budget * 100} %`, alarms];
  });
  expect(rowsUnder('Objectives').slice(0, -1)).toEqual(expected);
  for (const { rate, longMinutes, shortMinutes } of BURN_RATES) {
    const text = `${rate} times the rate over ${longMinutes} and ${shortMinutes} minutes`;
    expect(PAGE.replaceAll('\n', ' ')).toContain(text);
  }
  expect(PAGE.replaceAll('\n', ' ')).toContain(`Fewer than ${TOO_FEW} in six hours`);
});

test('the table of metrics lists every metric as it is', () => {
  const expected = Object.entries(METRICS).map(([name, { unit, by, about }]) => [
    ...[`\`${name}\``, unit, by === null ? '' : `\`${by}\``, about],
  ]);
  expect(rowsUnder('Metrics')).toEqual(expected);
});
