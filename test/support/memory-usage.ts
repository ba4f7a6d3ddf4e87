import type { AuditEvent } from '../../core/audit.ts';
import type { Grant } from '../../core/grant.ts';
import type { Instant } from '../../core/instant.ts';
import type { ListPlace } from '../../core/ports.ts';
import { ok } from '../../core/result.ts';
import type { DueUsage, FoundUsage, UsageStore } from '../../core/usage/usage-store.ts';
import { spanOf } from '../../core/usage/window-of.ts';

type Row = FoundUsage & ListPlace & { readonly entitlement: string; readonly until: Instant };

const KEPT_MS = 400 * 86_400_000;

/** The store of usage in memory, which keeps for 400 days. */
export class MemoryUsage implements UsageStore {
  readonly rows = new Map<string, Row>();
  readonly waiting = new Map<string, DueUsage>();
  readonly events: AuditEvent[] = [];
  private begun: Instant | null = null;
  private readonly now: () => Instant;

  constructor(now: () => Instant) {
    this.now = now;
  }

  private add(grant: Grant, found: FoundUsage): void {
    const { id, createdAt, entitlement, endedAt } = grant;
    const until = (endedAt ?? createdAt) + KEPT_MS;
    this.rows.set(id, { ...found, id, createdAt, entitlement, until });
  }

  readonly await: UsageStore['await'] = async (grant, dueAt) => {
    if (this.rows.has(grant.id)) return ok(false);
    this.add(grant, { state: 'waiting', of: spanOf(grant), dueAt });
    this.waiting.set(grant.id, { grantId: grant.id, dueAt, since: dueAt, attempts: 0 });
    return ok(true);
  };

  readonly keepUnused: UsageStore['keepUnused'] = async (grant, kept) => {
    if (this.rows.has(grant.id)) return ok(false);
    this.add(grant, { state: 'kept', kept });
    return ok(true);
  };

  readonly due: UsageStore['due'] = async (by, limit) => {
    const due = [...this.waiting.values()].filter(({ dueAt }) => dueAt <= by);
    return ok(due.toSorted((a, b) => a.dueAt - b.dueAt).slice(0, limit));
  };

  readonly claim: UsageStore['claim'] = async (due, until) => {
    if (this.waiting.get(due.grantId)?.dueAt !== due.dueAt) return ok(null);
    const next = { ...due, dueAt: until, attempts: due.attempts + 1 };
    this.waiting.set(due.grantId, next);
    return ok(next);
  };

  readonly put: UsageStore['put'] = async ({ due, grant, kept, event }) => {
    this.waiting.delete(due.grantId);
    if (this.rows.get(grant.id)?.state !== 'waiting') return ok(false);
    this.add(grant, { state: 'kept', kept });
    if (event !== null) this.events.push(event);
    return ok(true);
  };

  readonly drop: UsageStore['drop'] = async ({ grantId }) => {
    this.waiting.delete(grantId);
    return ok(null);
  };

  readonly find: UsageStore['find'] = async ({ id }) => {
    const row = this.rows.get(id);
    return ok(row === undefined || row.until <= this.now() ? null : foundIn(row));
  };

  readonly ofEntitlement: UsageStore['ofEntitlement'] = async (of, { since, limit, after }) => {
    const rows = [...this.rows.values()]
      .filter(({ entitlement, createdAt }) => entitlement === of && createdAt >= since)
      .filter(
        ({ until, createdAt }) => until > this.now() && createdAt < (after?.createdAt ?? Infinity),
      )
      .toSorted((a, b) => b.createdAt - a.createdAt);
    const found = rows
      .slice(0, limit)
      .map((row) => ({ ...foundIn(row), id: row.id, createdAt: row.createdAt }));
    const last = rows.length >= limit ? found.at(-1) : undefined;
    return ok({ found, next: last ? { createdAt: last.createdAt, id: last.id } : null });
  };

  readonly begin: UsageStore['begin'] = async (at) => {
    this.begun ??= at;
    return ok(null);
  };

  readonly begunAt: UsageStore['begunAt'] = async () => ok(this.begun);
}

function foundIn(row: Row): FoundUsage {
  if (row.state === 'kept') return { state: row.state, kept: row.kept };
  return { state: row.state, of: row.of, dueAt: row.dueAt };
}
