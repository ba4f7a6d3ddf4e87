import type { AuditEvent } from '../../core/audit.ts';
import type { Instant } from '../../core/instant.ts';
import type { OverdueEvents } from '../../core/ledger/find-missed.ts';
import type { Notice, Trail } from '../../core/ledger/record-events.ts';
import { ok } from '../../core/result.ts';

/** Small, so that trails have several. */
const PAGE = 5;

type GrantNotice = Notice & { readonly grantId: string };

/** The audit trails of some grants, in memory. */
export class MemoryTrail {
  /** One for each event, in the order in which they happened. */
  readonly notices: GrantNotice[] = [];
  private readonly events = new Map<string, AuditEvent[]>();
  private readonly lost = new Set<string>();
  private checks: readonly { readonly at: Instant; readonly until: Instant }[] = [];
  private readonly now: () => Instant;

  constructor(now: () => Instant = () => 0) {
    this.now = now;
  }

  happen(grantId: string, at: Instant, reason: string): void {
    const id = `ev_${this.notices.length}`;
    const event: AuditEvent = {
      ...{ id, grantId, entitlement: 'free', status: 'active', at, actor: 'broker' },
      ...{ requestId: 'r', sourceIp: null, type: 'killing', reason },
    };
    this.events.set(grantId, [...(this.events.get(grantId) ?? []), event]);
    this.notices.push({ id, at, grantId });
  }

  /** Those that no restore has lost. */
  kept(): readonly GrantNotice[] {
    return this.notices.filter(({ id }) => !this.lost.has(id));
  }

  /** As it was then, each item by its own clock. */
  restore(momentOf: (key: string) => Instant): void {
    for (const { id, at } of this.notices) {
      if (at > momentOf(id)) this.lost.add(id);
    }
    const checked = momentOf('CHECKED');
    this.checks = this.checks.filter(({ at }) => at <= checked);
  }

  /** With the events that the log has. */
  replay(inLog: readonly string[]): void {
    for (const id of inLog) this.lost.delete(id);
  }

  byGrant(): ReadonlyMap<string, readonly AuditEvent[]> {
    return new Map([...this.events.keys()].map((grantId) => [grantId, this.of(grantId)]));
  }

  private of(grantId: string): readonly AuditEvent[] {
    return (this.events.get(grantId) ?? []).filter(({ id }) => !this.lost.has(id));
  }

  port(): Trail {
    return {
      latest: async (grantId, before) => {
        const all = this.of(grantId).toReversed();
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
      checkedUntil: async () => ok(this.checks.at(-1)?.until ?? null),
      noteChecked: async (until) => {
        this.checks = [...this.checks, { at: this.now(), until }];
        return ok(null);
      },
    };
  }

  private async *between(from: Instant, until: Instant) {
    yield ok(this.kept().filter(({ at }) => at >= from && at <= until));
  }
}
