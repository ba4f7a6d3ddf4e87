import type { PrincipalEvent } from '../../core/audit.ts';
import type { Idempotency } from '../../core/call.ts';
import type { InForce, Quarantine } from '../../core/quarantine.ts';
import type { QuarantineRead } from '../../core/read-quarantine.ts';
import { err, ok } from '../../core/result.ts';
import type { QuarantineStore } from '../../core/upkeep/order-quarantine.ts';

export const NOT_QUARANTINED: QuarantineRead = async () => ok(null);

export const IN_FORCE: InForce = {
  ...{ cause: 'order', at: Date.parse('2026-11-23T09:00:00Z'), reason: 'a token was stolen' },
  ...{ by: { type: 'User', id: 'people:ada', name: 'ada@acme.example' } },
  ...{ release: null, deployed: false },
};

/** The record of the quarantine in memory, with its events. */
export class MemoryQuarantine implements QuarantineStore {
  record: Quarantine | null = null;
  readonly events: PrincipalEvent[] = [];
  private readonly keys = new Map<string, string>();

  /** Whether a recovery has begun and not ended. */
  recovers = false;

  readonly read: QuarantineStore['read'] = async () => ok(this.record);

  readonly recoveryGoesOn: QuarantineStore['recoveryGoesOn'] = async () => ok(this.recovers);

  readonly write: QuarantineStore['write'] = async ({ before, after, event, idempotency }) => {
    const taken = idempotency !== null && this.keys.has(nameOf(idempotency));
    if (taken || this.record?.revision !== before?.revision) return err({ code: 'conflict' });
    if (idempotency !== null) this.keys.set(nameOf(idempotency), idempotency.fingerprint);
    this.record = after;
    if (event !== null) this.events.push(event);
    return ok(null);
  };

  readonly givenUnder: QuarantineStore['givenUnder'] = async (idempotency) => {
    const found = this.keys.get(nameOf(idempotency));
    if (found === undefined) return ok(false);
    return found === idempotency.fingerprint ? ok(true) : err({ code: 'key-reused' });
  };
}

function nameOf({ principal, key }: Idempotency): string {
  return `${principal} ${key}`;
}
