import { parseArgs } from 'node:util';
import { withstandLoad } from './load.ts';
import { simulate } from './simulate.ts';

/**
 * `npm run simulate -- --histories 10000 [--seed 1]`: exits with 1 and the seed of a history that
 * fails.
 */

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    quiet: { type: 'boolean', default: false },
  },
});
const first = Number(values.seed);
const histories = Number(values.histories);
const covered = new Map<string, number>();
let grants = 0;
for (let seed = first; seed < first + histories; seed += 1) {
  try {
    if (seed === first) await withstandLoad(seed);
    const played = await simulate(seed);
    grants += played.grants;
    for (const [what, count] of played.covered) covered.set(what, (covered.get(what) ?? 0) + count);
  } catch (error) {
    console.log(
      `history ${seed}: ${error instanceof Error ? `${error.name} ${error.message}` : error}`,
    );
    console.log(`To repeat it: npm run simulate -- --histories 1 --seed ${seed}`);
    if (error instanceof Error && error.name !== 'Violation') console.log(error.stack);
    process.exit(1);
  }
}
console.log(
  `${histories} histories with ${grants} grants kept every invariant (seeds from ${first})`,
);
if (!values.quiet) {
  for (const [what, count] of [...covered].toSorted()) console.log(`  ${what}: ${count}`);
}
process.exit(0);
