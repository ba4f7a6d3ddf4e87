import { parseArgs } from 'node:util';
import { playChains } from './chains.ts';
import { playCi } from './ci-load.ts';
import { playLedger } from './ledger.ts';
import { playLimits } from './limits-load.ts';
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
/** Every so many histories, jobs use one role for a while: much slower, and other bugs show. */
const CI_EVERY = 1000;
/** Every so many histories, one of the ledger. */
const LEDGER_EVERY = 10;

async function playLoads(seed: number): Promise<void> {
  const manners = { lag: 10_000, throttles: 0.2 };
  await playCi({ seed, minutes: 40, grantsAnHour: 600, keyMinutes: 15, ...manners });
  const often = { keyMinutes: 15, sampleSeconds: 5, hogAnHour: 6 * 3600 };
  await playCi({ seed, minutes: 4, grantsAnHour: 600, ...often });
}

const first = Number(values.seed);
const histories = Number(values.histories);
const covered = new Map<string, number>();
let grants = 0;
for (let seed = first; seed < first + histories; seed += 1) {
  try {
    if (seed === first) {
      await withstandLoad(seed);
      await playChains(seed);
      await playLimits(seed);
    }
    if (seed % CI_EVERY === 1) await playLoads(seed);
    if (seed % LEDGER_EVERY === 0) await playLedger(seed);
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
