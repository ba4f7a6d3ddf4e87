import { digestIn, wholeEntry } from '../../core/evidence/digest.ts';
import type { Broker } from '../broker/client.ts';
import { EXIT, Failure } from '../failure.ts';
import { allEvents } from '../grants/events.ts';

/** Gives each entry as the event that it stands for. */
export type WholeEntries = (entry: Uint8Array) => Promise<Uint8Array>;

/**
 * What an entry has only the SHA-256 of is read from the trail of its grant, and is the event if it has this hash.
 * An entry that the trail does not explain stays as it is.
 */
export function wholeEntries(broker: Broker): WholeEntries {
  let last: { readonly grantId: string; readonly trail: readonly object[] } | null = null;
  return async (entry) => {
    const digest = digestIn(entry);
    if (digest === null) return entry;
    if (last?.grantId !== digest.grantId) {
      last = { grantId: digest.grantId, trail: await trailOf(broker, digest.grantId) };
    }
    return wholeEntry(digest, last.trail) ?? entry;
  };
}

async function trailOf(broker: Broker, grantId: string): Promise<readonly object[]> {
  try {
    return await allEvents(broker, grantId);
  } catch (error) {
    // The broker knows no such grant.
    if (error instanceof Failure && error.exitCode === EXIT.failed) return [];
    throw error;
  }
}
