import type { Actor } from './audit.ts';
import type { Requester } from './grant.ts';
import type { Instant } from './instant.ts';
import { isSamePerson, type Marks } from './same-person.ts';

/**
 * The state in which the broker gives nothing and ends nothing by itself. `recovery`: the table may be older than what
 * happened; `order`: somebody stopped all new access.
 */
export type Quarantine = {
  /** Id of the event that made it what it is. */
  readonly revision: string;
  readonly cause: 'order' | 'recovery';
  readonly at: Instant;
  readonly by: Actor;
  readonly reason: string;
  /** Who asked to end it, which takes another person as well; null where nobody has. */
  readonly release: Release | null;
};

type Release = { readonly by: Requester; readonly marks: Marks; readonly at: Instant };

/** The quarantine that is in force. */
export type InForce = Omit<Quarantine, 'revision' | 'at'> & {
  /** Null until the sweep has written the record of one that the deployment began. */
  readonly at: Instant | null;
  /** Whether the deployment keeps it in force, whatever people do. */
  readonly deployed: boolean;
};

export type Quarantined = { readonly code: 'quarantined'; readonly quarantine: InForce };

/** The reason of one that nobody ordered. */
export const DEPLOYED = 'the broker is deployed for recovery, or as a standby';

/** @param deployed Whether the deployment asks for it, in which case it is in force whatever the record says. */
export function inForce(record: Quarantine | null, deployed: boolean): InForce | null {
  if (record !== null) {
    const { revision: _, ...facts } = record;
    return { ...facts, deployed };
  }
  if (!deployed) return null;
  return { cause: 'recovery', at: null, by: 'broker', reason: DEPLOYED, release: null, deployed };
}

/** The quarantine after an order to begin one; null where the one that stands needs no change. */
export function begun(
  standing: Quarantine | null,
  order: Omit<Quarantine, 'release'>,
): Quarantine | null {
  if (standing === null) return { ...order, release: null };
  // Whoever orders it again does not want it to end.
  return standing.release === null
    ? null
    : { ...standing, revision: order.revision, release: null };
}

/** `unchanged`: the same person has asked before. */
export type Released =
  | { readonly kind: 'asked'; readonly quarantine: Quarantine }
  | { readonly kind: 'ended' | 'unchanged' };

/** The first person asks; the second one, who shares no mark with the first, ends it. */
export function released(
  standing: Quarantine,
  release: Release & Pick<Quarantine, 'revision'>,
): Released {
  const { revision, ...asked } = release;
  if (standing.release === null) {
    return { kind: 'asked', quarantine: { ...standing, revision, release: asked } };
  }
  return { kind: isSamePerson(standing.release.marks, release.marks) ? 'unchanged' : 'ended' };
}
