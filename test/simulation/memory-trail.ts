import type { AuditEvent } from '../../core/audit.ts';
import type { Instant } from '../../core/instant.ts';
import type { OverdueEvents } from '../../core/ledger/find-missed.ts';
import type { Notice, Trail } from '../../core/ledger/record-events.ts';
import { ok } from '../../core/result.ts';

/** Small, so that trails have several. */
const PAGE = 5;

/** The audit trails of some grants, in memory. */
export class MemoryTrail {
  /** One for each event, in the order in which they happened. */
  readonly notices: (Notice & { readonly grantId: string })[] = [];
  private readonly events = new Map<string, AuditEvent[]>();
  private checked: Instant | null = null;

  happen(grantId: string, at: Instant, reason: string): void {
    const id = `ev_${this.notices.length}`;
    const event: AuditEvent = {
      ...{ id, grantId, entitlement: 'free', status: 'active', at, actor: 'broker' },
      ...{ requestId: 'r', sourceIp: null, type: 'killing', reason },
    };
    this.events.set(grantId, [...(this.events.get(grantId) ?? []), event]);
    this.notices.push({ id, at, grantId });
  }

  byGrant(): ReadonlyMap<string, readonly AuditEvent[]> {
    return this.events;
  }

  port(): Trail {
    return {
      latest: async (grantId, before) => {
        const all = (this.events.get(grantId) ?? []).toReversed();
        const from = before === null ? 0 : all.findIndex(({ id }) => id === before) + 1;
        const events = all.slice(from, from + PAGE);
        const next = from + PAGE < all.length ? (events.at(-1)?.id ?? null) : null;
        return ok({ events, next });
      },
      ofPrincipal: async () => ok(null),
    };
  }

  overdue(): OverdueEvents {
    return {
      between: (from, until) => this.between(from, until),
      checkedUntil: async () => ok(this.checked),
      noteChecked: async (until) => {
        this.checked = until;
        return ok(null);
      },
    };
  }

  private async *between(from: Instant, until: Instant) {
    yield ok(this.notices.filter(({ at }) => at >= from && at <= until));
  }
}
