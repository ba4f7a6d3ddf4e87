import { expect, test } from '@jest/globals';
import { playLedger } from './ledger.ts';

/** A short run of the ledger under faults. */
const HISTORIES = Number(process.env['SIMULATION_HISTORIES'] ?? 20);

test('the ledger is one log, whatever fails, crashes, runs twice or is restored', async () => {
  const faults = new Map<string, number>();
  let most = 0;
  for (let seed = 1; seed <= HISTORIES; seed += 1) {
    const played = await playLedger(seed).catch((error: unknown) => {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    });
    for (const [fault, count] of played.faults) faults.set(fault, (faults.get(fault) ?? 0) + count);
    most = Math.max(most, played.entries);
  }
  expect([...faults.keys()].toSorted()).toEqual([
    'crash',
    'failed call',
    'lost answer',
    'lost table',
    'restored table',
  ]);
  expect(most).toBeGreaterThan(512);
});
