import { parseArgs } from 'node:util';
import { type CiFigures, playCi, type Sample } from './ci-load.ts';

/**
 * `npm run simulate:day [-- --hours 24]`: a day of CI on one role at three rates, with keys of an hour and
 * of fifteen minutes. Prints how large the kill switch's policy gets, how often it is written, and whether
 * it overflows.
 */

const { values } = parseArgs({ options: { hours: { type: 'string', default: '24' } } });
const minutes = Number(values.hours) * 60;

const HEAD = ['grants/h', 'keys', 'ended', 'open', 'patterns', 'exceptions', 'characters'];
console.log(
  `| ${[...HEAD, 'writes/h', 'overflows', 'deny read back after, s'].join(' | ')} |\n|${' --- |'.repeat(10)}`,
);
for (const grantsAnHour of [300, 1200, 5000]) {
  for (const keyMinutes of [60, 15]) {
    const figures = await playCi({ seed: 1, minutes, grantsAnHour, keyMinutes });
    const cells = [grantsAnHour, `${keyMinutes} min`, ...row(figures, minutes / 60)];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
process.exit(0);

function row(figures: CiFigures, hours: number): readonly (string | number)[] {
  const { samples, writes, overflows, killSeconds } = figures;
  const spread = (of: (sample: Sample) => number): string => {
    const all = samples.map(of);
    return `${at(all, 0.5)}, at most ${at(all, 1)}`;
  };
  const role = overflows.filter(({ principals }) => principals.length === 0).length;
  return [
    spread(({ denied }) => denied),
    spread(({ open }) => open),
    spread(({ patterns }) => patterns),
    spread(({ except }) => except),
    spread(({ characters }) => characters),
    Math.round(writes / hours),
    `${overflows.length - role} of principals, ${role} of the role`,
    `${at(killSeconds, 0.5)}, p95 ${at(killSeconds, 0.95)}, at most ${at(killSeconds, 1)}`,
  ];
}

function at(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const index = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  return Math.round(sorted[index] ?? 0);
}
