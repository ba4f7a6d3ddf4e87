import type { Key } from './keys.ts';

/** What the table keeps of the ledger. */

/** The bundle whose deployment was recorded last. */
export const DEPLOYED_KEY: Key = { pk: 'LEDGER', sk: 'DEPLOYED' };

/** Until when every event is in the ledger. */
export const LEDGER_CHECKED_KEY: Key = { pk: 'LEDGER', sk: 'CHECKED' };

/** How far a recovery of the ledger has come. */
export const LEDGER_RECOVERY_KEY: Key = { pk: 'LEDGER', sk: 'RECOVERY' };

/** All entries of the ledger that have a place, as one tree. */
export const LEDGER_HEAD_KEY: Key = { pk: 'LEDGER', sk: 'HEAD' };

/** Entries that got their places together, by the place of the first. */
export function ledgerBatchKey(place: number): Key {
  return { pk: LEDGER_HEAD_KEY.pk, sk: `${LEDGER_BATCH}${String(place).padStart(16, '0')}` };
}

export const LEDGER_BATCH = 'BATCH#';

/** Where the event has its place in the ledger. */
export function ledgerPlaceKey(eventId: string): Key {
  return { pk: `LEDGER#${eventId}`, sk: 'PLACE' };
}
