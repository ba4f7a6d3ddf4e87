import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { METRICS } from '../../core/metrics.ts';

/** What docs/operations.md says of the deployment is what the code has. */

const PAGE = readFileSync('docs/operations.md', 'utf8');

/** The rows of the table under a heading, each as its cells. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const [, section = ''] = PAGE.split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  return own
    .split('\n')
    .filter((line) => /^\| [^|]*`/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

test('the table of metrics lists every metric as it is', () => {
  const expected = Object.entries(METRICS).map(([name, { unit, by, about }]) => [
    ...[`\`${name}\``, unit, by === null ? '' : `\`${by}\``, about],
  ]);
  expect(rowsUnder('Metrics')).toEqual(expected);
});
