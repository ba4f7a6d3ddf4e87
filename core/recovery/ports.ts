import { type AuditEvent, isAppended, type PrincipalEvent } from '../audit.ts';
import type { Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import type { Result } from '../result.ts';
import type { Conflict } from '../retry-on-conflict.ts';

/** An event with its place among those that were written with it. */
export type PlacedEvent = { readonly event: AuditEvent; readonly position: number };

/** A grant as it has to be, with the events that its trail in the restored table lacks. */
export type Restoration = {
  /** As it was read; null where the table has none. */
  readonly before: Grant | null;
  readonly grant: Grant;
  readonly missing: readonly PlacedEvent[];
  /** What recovery did itself; people are told of it as of every event. */
  readonly events: readonly AuditEvent[];
};

export type RestoreStore = {
  /**
   * Writes the grant while it is as it was read, with every row that a grant in its state has, and no other: also
   * of a grant that did not change, because a restore may have lost rows. It may run again.
   */
  readonly restore: (restoration: Restoration) => Promise<Result<null, Conflict | Unavailable>>;
  /** Completes the trails of principals; an event that is there already stays. */
  readonly events: (events: readonly PrincipalEvent[]) => Promise<Result<null, Unavailable>>;
};

/** Where each event stood in its transaction: their keys in the trail say so. */
export function placed(events: readonly AuditEvent[]): readonly PlacedEvent[] {
  const counts = new Map<string, number>();
  return events.map((event) => {
    const { type, grantVersion, requestId } = event;
    const together = `${grantVersion} ${requestId}`;
    const position = counts.get(together) ?? 0;
    // A vend is written alone, unless it was asked for together with its grant.
    const joins = type === 'vended' ? grantVersion === 1 && position === 1 : !isAppended(event);
    if (!joins) return { event, position: 0 };
    counts.set(together, position + 1);
    return { event, position };
  });
}
