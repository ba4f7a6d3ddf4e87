import type { AuditEvent, PrincipalEvent } from '../../core/audit.ts';
import type { Idempotency } from '../../core/call.ts';
import type { Grant } from '../../core/grant.ts';
import type { Instant } from '../../core/instant.ts';
import type { Freeze, SwitchState } from '../../core/kill/ports.ts';
import { sweepAt } from '../../core/lifecycle/next-step.ts';
import type { GrantStore, PrincipalStore } from '../../core/ports.ts';
import type { OpenOrder, Suspension } from '../../core/principal-order.ts';
import { err, ok } from '../../core/result.ts';
import type { AppliedStore } from '../../core/upkeep/apply-bundle.ts';
import type { ParkedToken } from '../../core/upkeep/orchestrate.ts';
import { memoryPrincipalStore, type OrderKey } from './memory-orders.ts';

/** The item of a role's kill switch, with the lease of its writer. */
export type SwitchItem = SwitchState & { holder?: string; leaseUntil?: Instant };

/** The table as the DynamoDB adapter uses it, in memory: every write is one atomic step. */
export class MemoryStore {
  readonly grants = new Map<string, Grant>();
  readonly events: AuditEvent[] = [];
  readonly suspensions = new Map<string, Suspension>();
  readonly freezes = new Map<string, Freeze>();
  readonly switches = new Map<string, SwitchItem>();
  readonly parked = new Map<string, ParkedToken>();
  readonly principalEvents: PrincipalEvent[] = [];
  /** Orders about principals that are not finished, by id. */
  readonly orders = new Map<string, OpenOrder>();
  private readonly orderKeys = new Map<string, OrderKey>();
  private readonly keys = new Map<string, { fingerprint: string; grantId: string }>();
  private applied: { hash: string; passes: number; at: Instant } | null = null;
  private readonly written: (grant: Grant, isNew: boolean) => void;

  /** @param written called with every version of a grant, like the table's stream */
  constructor(written: (grant: Grant, isNew: boolean) => void = () => undefined) {
    this.written = written;
  }

  grantStore(clock: () => Instant): GrantStore {
    return {
      create: async ({ grant, events, idempotency, vendsOn }) => {
        const used = this.keyOf(idempotency);
        if (used !== undefined) {
          const same = used.fingerprint === idempotency?.fingerprint;
          return err(same ? { code: 'repeated', grantId: used.grantId } : { code: 'key-reused' });
        }
        if (grant.status !== 'denied' && this.suspensions.has(grant.requester.id)) return SUSPENDED;
        if (vendsOn.some((role) => this.isFrozen(role, clock()))) return FROZEN;
        this.remember(idempotency, grant.id);
        this.put(grant, events, true);
        return ok(null);
      },
      recordVend: async ({ grant, event, idempotency, vendsOn, now }) => {
        const used = this.keyOf(idempotency);
        if (used !== undefined && used.fingerprint !== idempotency?.fingerprint) {
          return err({ code: 'key-reused' });
        }
        if (this.suspensions.has(grant.requester.id)) return SUSPENDED;
        if (vendsOn.some((role) => this.isFrozen(role, now))) return FROZEN;
        const stored = this.grants.get(grant.id);
        if (stored === undefined || !mayVend(stored, grant, now)) return CONFLICT;
        this.remember(idempotency, grant.id);
        const { keysValidUntil } = grant;
        this.put({ ...stored, status: 'active', keysValidUntil }, [event], false);
        return ok(null);
      },
      update: async ({ before, grant, events, idempotency, unsuspended }) => {
        const used = this.keyOf(idempotency);
        if (used !== undefined) {
          const same = used.fingerprint === idempotency?.fingerprint;
          return err(same ? { code: 'repeated', grantId: used.grantId } : { code: 'key-reused' });
        }
        if (unsuspended.some((principal) => this.suspensions.has(principal))) return SUSPENDED;
        const stored = this.grants.get(grant.id);
        const same =
          stored?.version === before.version && stored.keysValidUntil === before.keysValidUntil;
        if (!same) return CONFLICT;
        this.remember(idempotency, grant.id);
        this.put(grant, events, false);
        return ok(null);
      },
      appendEvent: async (event) => {
        this.events.push(event);
        return ok(null);
      },
      find: async (id) => ok(this.grants.get(id) ?? null),
      list: async ({ requester, status, entitlement, limit, after }) => {
        const found = [...this.grants.values()]
          .filter((grant) => requester === undefined || grant.requester.id === requester)
          .filter((grant) => status === undefined || grant.status === status)
          .filter((grant) => entitlement === undefined || grant.entitlement === entitlement)
          .filter((grant) => after === undefined || newestFirst(after, grant) < 0)
          .toSorted(newestFirst);
        const grants = found.slice(0, limit);
        return ok({ grants, next: found.length > limit ? (grants.at(-1) ?? null) : null });
      },
      history: async () => ok({ denials: 0, entitlements: [] }),
      overdueReview: async (principal, now) => {
        const owed = [...this.grants.values()].filter(
          ({ requester, review }) => requester.id === principal && review?.status === 'due',
        );
        return ok(owed.find(({ review }) => (review?.dueAt ?? now) <= now)?.id ?? null);
      },
      events: async (id) => ok(this.events.filter(({ grantId }) => grantId === id)),
      due: async (before, limit) =>
        ok(
          [...this.grants.values()]
            .map((grant) => ({ id: grant.id, at: sweepAt(grant) ?? Number.POSITIVE_INFINITY }))
            .filter(({ at }) => at < before)
            .toSorted((a, b) => a.at - b.at)
            .slice(0, limit)
            .map(({ id }) => id),
        ),
    };
  }

  principalStore(): PrincipalStore {
    return memoryPrincipalStore({
      ...{ grants: this.grants, suspensions: this.suspensions, orders: this.orders },
      ...{ events: this.principalEvents, orderKeys: this.orderKeys },
      keyOf: (idempotency) => this.keyOf(idempotency),
      remember: (idempotency) => this.remember(idempotency, NO_GRANT),
    });
  }

  appliedStore(): AppliedStore {
    return {
      read: async () => ok(this.applied),
      write: async (applied) => {
        this.applied = applied;
        return ok(null);
      },
    };
  }

  /**
   * Parks the token of a waiting workflow, if the grant still has the version the workflow knows.
   */
  park(grantId: string, token: ParkedToken): boolean {
    if (this.grants.get(grantId)?.version !== token.version) return false;
    this.parked.set(grantId, token);
    return true;
  }

  private put(grant: Grant, events: readonly AuditEvent[], isNew: boolean): void {
    this.grants.set(grant.id, grant);
    this.events.push(...events);
    this.written(grant, isNew);
  }

  private isFrozen(role: string, now: Instant): boolean {
    const freeze = this.freezes.get(role);
    return freeze !== undefined && (freeze.until === null || freeze.until > now);
  }

  private keyOf(idempotency: Idempotency | null) {
    if (idempotency === null) return undefined;
    return this.keys.get(`${idempotency.principal} ${idempotency.key}`);
  }

  private remember(idempotency: Idempotency | null, grantId: string): void {
    if (idempotency === null) return;
    const { principal, key, fingerprint } = idempotency;
    this.keys.set(`${principal} ${key}`, { fingerprint, grantId });
  }
}

function mayVend(stored: Grant, grant: Grant, now: Instant): boolean {
  const begun =
    stored.status === 'active' ||
    (stored.status === 'scheduled' && (stored.startsAt ?? now) <= now);
  const { expiresAt } = stored;
  return (
    begun &&
    expiresAt !== null &&
    expiresAt === grant.expiresAt &&
    expiresAt > now &&
    stored.kill === null &&
    (stored.keysValidUntil ?? 0) <= (grant.keysValidUntil ?? 0)
  );
}

type Place = Pick<Grant, 'createdAt' | 'id'>;

function newestFirst(a: Place, b: Place): number {
  if (a.id === b.id) return 0;
  return b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1);
}

/** What a key remembers that an order was given under. */
const NO_GRANT = '';
const SUSPENDED = err({ code: 'suspended' } as const);
const FROZEN = err({ code: 'role-frozen' } as const);
const CONFLICT = err({ code: 'conflict' } as const);
