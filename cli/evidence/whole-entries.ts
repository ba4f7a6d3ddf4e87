import * as z from 'zod/mini';
import { type Digest, digestIn, wholeEntry } from '../../core/evidence/digest.ts';
import type { Broker } from '../broker/client.ts';
import { EXIT, Failure } from '../failure.ts';
import { allEvents } from '../grants/events.ts';

/** Gives each entry as the event that it stands for. */
export type WholeEntries = (entry: Uint8Array) => Promise<Uint8Array>;

/**
 * What an entry has only the SHA-256 of is read from the trail of its grant or its principal, and is the event if it has
 * this hash. An entry that the trail does not explain stays as it is.
 */
export function wholeEntries(broker: Broker): WholeEntries {
  let last: { readonly of: Digest['of']; readonly trail: readonly object[] } | null = null;
  return async (entry) => {
    const digest = digestIn(entry);
    if (digest === null) return entry;
    if (last === null || !isSame(last.of, digest.of)) {
      last = { of: digest.of, trail: await trailOf(broker, digest.of) };
    }
    return wholeEntry(digest, last.trail) ?? entry;
  };
}

function isSame(one: Digest['of'], other: Digest['of']): boolean {
  return 'grantId' in one && 'grantId' in other && one.grantId === other.grantId;
}

async function trailOf(broker: Broker, of: Digest['of']): Promise<readonly object[]> {
  try {
    return 'grantId' in of ? await allEvents(broker, of.grantId) : [await eventOf(broker, of)];
  } catch (error) {
    // The broker knows no such grant or event.
    if (error instanceof Failure && error.exitCode === EXIT.failed) return [];
    throw error;
  }
}

const event = z.looseObject({ id: z.string() });

function eventOf(
  broker: Broker,
  { principalId, id, at }: Extract<Digest['of'], { readonly principalId: string }>,
): Promise<object> {
  const query = new URLSearchParams({ principal: principalId, at });
  return broker.get(`/v1/audit/events/${id}?${query}`, event);
}
