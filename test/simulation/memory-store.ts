import {
  createParts,
  denialParts,
  type NewGrant,
  type NewVend,
  patienceOf,
  updateParts,
  vendParts,
} from '../../adapters/dynamodb/grant-parts.ts';
import { countKey, suspensionKey } from '../../adapters/dynamodb/principal-keys.ts';
import { CALL } from '../../adapters/dynamodb/retries.ts';
import { freezeKey } from '../../adapters/dynamodb/role-keys.ts';
import { type AuditEvent, isRefusalByPeople, type PrincipalEvent } from '../../core/audit.ts';
import type { Idempotency } from '../../core/call.ts';
import type { Decision } from '../../core/decision.ts';
import { type Grant, waitsForVotes } from '../../core/grant.ts';
import { addSeconds, type Instant } from '../../core/instant.ts';
import type { Cutoff } from '../../core/kill/cutoff.ts';
import { hashOf } from '../../core/kill/deny-policy.ts';
import type { Freeze, SwitchState } from '../../core/kill/ports.ts';
import type { RoomUse } from '../../core/kill/pressure.ts';
import { sweepAt } from '../../core/lifecycle/next-step.ts';
import {
  type Counted,
  countersOf,
  DENIALS_SECONDS,
  type Limited,
  limitedByKillSwitch,
  limitedByMinute,
  minuteOf,
  shareOf,
} from '../../core/limits.ts';
import { networkOf } from '../../core/network.ts';
import type {
  CreateRefusal,
  GrantStore,
  GrantUpdate,
  KeyRefusal,
  PrincipalStore,
  Repeated,
  UpdateRefusal,
  UsedKey,
  VendRefusal,
} from '../../core/ports.ts';
import type { OpenOrder, Suspension } from '../../core/principal-order.ts';
import { type Err, err, ok, type Result } from '../../core/result.ts';
import type { Applied, AppliedStore } from '../../core/upkeep/apply-bundle.ts';
import type { ParkedToken } from '../../core/upkeep/orchestrate.ts';
import type { CastVote } from '../../core/voter-signals.ts';
import { MemoryGates } from './memory-gates.ts';
import { memoryPrincipalStore, type OrderKey } from './memory-orders.ts';
import { nameOf, Transactions } from './transactions.ts';

/** The item of a role's kill switch, with the lease of its writer. */
export type SwitchItem = SwitchState & { holder?: string; leaseUntil?: Instant };

/** The table as the DynamoDB adapter uses it, in memory, with its rule for transactions that overlap. */
export class MemoryStore {
  readonly grants = new Map<string, Grant>();
  readonly events: AuditEvent[] = [];
  readonly suspensions = new Map<string, Suspension>();
  readonly freezes = new Map<string, Freeze>();
  readonly switches = new Map<string, SwitchItem>();
  readonly cutoffs = new Map<string, Cutoff>();
  readonly parked = new Map<string, ParkedToken>();
  readonly principalEvents: PrincipalEvent[] = [];
  /** Orders about principals that are not finished, by id. */
  readonly orders = new Map<string, OpenOrder>();
  private readonly orderKeys = new Map<string, OrderKey>();
  /** Grant and voter of votes on extensions that were decided. */
  private readonly decidedExtensions = new Set<string>();
  readonly begun: {
    principal: string;
    entitlement: string;
    at: Instant;
    grantId: string;
    network: string;
    token?: string;
  }[] = [];
  readonly dropped: { principal: string; at: Instant; status: Grant['status'] }[] = [];
  readonly cast: (CastVote & { voter: string })[] = [];
  readonly denied: { principal: string; at: Instant }[] = [];
  private readonly counts = new Map<string, number>();
  /** How much of the kill switches principals need, by role. */
  readonly uses = new Map<string, readonly RoomUse[]>();
  private readonly keys = new Map<string, UsedKey>();
  private applied: Applied | null = null;
  readonly transactions: Transactions;
  /** What requests and vends check of suspensions and freezes. */
  readonly gates: MemoryGates;
  private readonly written: (grant: Grant, isNew: boolean) => void;

  /** @param written called with every version of a grant, like the table's stream */
  constructor(
    written: (grant: Grant, isNew: boolean) => void = () => undefined,
    transactions = new Transactions(),
  ) {
    this.written = written;
    this.transactions = transactions;
    this.gates = new MemoryGates(transactions);
  }

  grantStore(clock: () => Instant): GrantStore {
    return {
      create: (write) =>
        this.transactions.write<null, CreateRefusal>(
          (gate) => createParts(TABLE, write, clock(), gate),
          CALL,
          (gate) => this.create(write, clock(), gate),
        ),
      recordVend: (write) =>
        this.transactions.write<null, VendRefusal>(
          (gate) => vendParts(TABLE, write, gate),
          CALL,
          (gate) => this.recordVend(write, gate),
        ),
      update: (write) =>
        this.transactions.write<null, UpdateRefusal>(
          (gate) => updateParts(TABLE, write, clock(), gate),
          patienceOf(write),
          (gate) => this.update(write, gate),
        ),
      appendEvent: async (event) => {
        this.events.push(event);
        return ok(null);
      },
      find: async (id) => ok(this.grants.get(id) ?? null),
      list: async ({ requester, status, entitlement, voter, waiting, limit, after }) => {
        const found = [...this.grants.values()]
          .filter((grant) => requester === undefined || grant.requester.id === requester)
          .filter((grant) => voter === undefined || this.hasVoteOf(grant, voter))
          .filter((grant) => status === undefined || grant.status === status)
          .filter((grant) => entitlement === undefined || grant.entitlement === entitlement)
          .filter((grant) => waiting === undefined || waitsForVotes(grant))
          .filter((grant) => after === undefined || newestFirst(after, grant) < 0)
          .toSorted(newestFirst);
        const grants = found.slice(0, limit);
        return ok({ grants, next: found.length > limit ? (grants.at(-1) ?? null) : null });
      },
      history: async (principal, { entitlements, since, before }) => {
        const theirs = <T extends { principal: string; at: Instant }>(rows: readonly T[]) =>
          rows.filter((row) => row.principal === principal && row.at < before);
        const begun = theirs(this.begun).map(({ entitlement }) => entitlement);
        return ok({
          denials: theirs(this.denied).filter(({ at }) => at >= since).length,
          entitlements: entitlements.filter((id) => begun.includes(id)),
        });
      },
      signalPast: async (principal, { entitlements, before }) => {
        const at = (rows: readonly { principal: string; at: Instant }[]) =>
          rows.filter((row) => row.principal === principal && row.at < before).map(({ at }) => at);
        const dropped = (how: Grant['status']) =>
          at(this.dropped.filter(({ status }) => status === how));
        const begun = (id: string) =>
          this.begun
            .filter((row) => row.principal === principal && row.entitlement === id)
            .filter((row) => row.at < before);
        return ok({
          ...{ denied: at(this.denied) },
          ...{ lapsed: dropped('lapsed'), cancelled: dropped('cancelled') },
          begun: Object.fromEntries(entitlements.map((id) => [id, begun(id)])),
        });
      },
      votesOf: async (principal, before) =>
        ok(this.cast.filter(({ voter, at }) => voter === principal && at < before)),
      asked: async (principal, entitlement, now) => {
        const theirs = [...this.grants.values()].filter(
          ({ requester }) => requester.id === principal,
        );
        const since = addSeconds(now, -DENIALS_SECONDS);
        return ok({
          waiting: theirs
            .filter(waitsForVotes)
            .map(({ entitlement: id, extension, approvals }) => ({
              entitlement: id,
              lapsesAt: (extension?.approvals ?? approvals).lapseAt,
            })),
          denials: this.events
            .filter((event) => event.entitlement === entitlement && isRefusalByPeople(event))
            .filter(({ grantId }) => theirs.some(({ id }) => id === grantId))
            .map(({ at }) => at)
            .filter((at) => at >= since),
        });
      },
      overdueReview: async (principal, now) => {
        const owed = [...this.grants.values()].filter(
          ({ requester, review }) => requester.id === principal && review?.status === 'due',
        );
        return ok(owed.find(({ review }) => (review?.dueAt ?? now) <= now)?.id ?? null);
      },
      recordDenial: (write) =>
        this.transactions.write<null, KeyRefusal>(
          () => denialParts(TABLE, write, clock()),
          CALL,
          () => {
            const { event, decision, idempotency } = write;
            const used = this.used(idempotency);
            if (used !== null) return used;
            this.remember(idempotency, event.grantId, decision);
            this.events.push(event);
            return ok(null);
          },
        ),
      usedKey: async (idempotency) => ok(this.keyOf(idempotency) ?? null),
      events: async (id, { limit, after }) => {
        const trail = this.events.filter(({ grantId }) => grantId === id);
        const from = after === null ? 0 : trail.findIndex((event) => event.id === after) + 1;
        const page = trail.slice(from, from + limit);
        const more = trail.length > from + limit;
        return ok({ events: page, next: more ? (page.at(-1)?.id ?? null) : null });
      },
      requestedEvent: async (id) => {
        const trail = this.events.filter(({ grantId }) => grantId === id);
        return ok(trail.find((event) => event.type === 'requested') ?? null);
      },
      completeLists: async () => ok(null),
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

  private create(
    { grant, events, idempotency, vendsOn, counted, killSwitchPercent }: NewGrant,
    now: Instant,
    gate: number,
  ): Result<null, CreateRefusal> {
    const used = this.used(idempotency);
    if (used !== null) return used;
    if (this.isKeptOut(grant.requester.id, gate)) return suspended(grant);
    if (vendsOn.some((role) => this.isFrozen(role, now, gate))) return FROZEN;
    const full = this.fullSwitch(vendsOn, grant, killSwitchPercent, now);
    if (full !== null) return err(full);
    const limited = this.count(counted, now, gate);
    if (limited !== null) return err(limited);
    this.remember(idempotency, grant.id);
    this.put(grant, events, true);
    return ok(null);
  }

  private recordVend(
    { grant, event, idempotency, vendsOn, counted, killSwitchPercent, now }: NewVend,
    gate: number,
  ): Result<null, VendRefusal> {
    const used = this.keyOf(idempotency);
    if (used !== undefined && used.fingerprint !== idempotency?.fingerprint) {
      return err({ code: 'key-reused' });
    }
    if (this.isKeptOut(grant.requester.id, gate)) return suspended(grant);
    if (vendsOn.some((role) => this.isFrozen(role, now, gate))) return FROZEN;
    const full = this.fullSwitch(vendsOn, grant, killSwitchPercent, now);
    if (full !== null) return err(full);
    const stored = this.grants.get(grant.id);
    if (stored === undefined || !mayVend(stored, grant, now)) return CONFLICT;
    const limited = this.count(counted, now, gate);
    if (limited !== null) return err(limited);
    this.remember(idempotency, grant.id);
    const { keysValidUntil } = grant;
    this.put({ ...stored, status: 'active', keysValidUntil }, [event], false);
    return ok(null);
  }

  /** The limit that the principal of the grant is beyond on one of the roles. */
  fullSwitch(
    roles: readonly string[],
    grant: Pick<Grant, 'principalKey'>,
    most: number | undefined,
    now: Instant,
  ): Limited | null {
    const hash = hashOf(grant);
    const noted = roles.flatMap((role) => this.uses.get(role) ?? []);
    const over = noted.find(
      (use) => most !== undefined && use.hash === hash && use.percent >= most && use.until > now,
    );
    return over === undefined || most === undefined
      ? null
      : limitedByKillSwitch(most, over.until, now);
  }

  /** Counts the uses, all or none, each by the first counter from the gate's on that has room. */
  private count(counted: readonly Counted[], now: Instant, gate: number): Limited | null {
    const rooms = counted.map((one) => ({ one, key: this.counterWithRoom(one, now, gate) }));
    const over = rooms.find(({ key }) => key === undefined);
    if (over !== undefined) return limitedByMinute(over.one, now);
    for (const { key = '' } of rooms) this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    return null;
  }

  private counterWithRoom(one: Counted, now: Instant, gate: number): string | undefined {
    const counters = countersOf(one);
    const nth = Array.from({ length: counters }, (_, at) => (gate + at) % counters);
    const hasRoom = (counter: number): boolean =>
      (this.counts.get(nameOf(countKey(one, minuteOf(now), counter))) ?? 0) < shareOf(one, counter);
    const counter = nth.find(hasRoom);
    return counter === undefined ? undefined : nameOf(countKey(one, minuteOf(now), counter));
  }

  private update(
    { before, grant, events, idempotency, unsuspended }: GrantUpdate,
    gate: number,
  ): Result<null, UpdateRefusal> {
    const used = this.used(idempotency);
    if (used !== null) return used;
    const principal = unsuspended.find((one) => this.isKeptOut(one, gate));
    if (principal !== undefined) return err({ code: 'suspended', principal });
    const stored = this.grants.get(grant.id);
    const same =
      stored?.version === before.version && stored.keysValidUntil === before.keysValidUntil;
    if (!same) return CONFLICT;
    this.remember(idempotency, grant.id);
    this.put(grant, events, false);
    return ok(null);
  }

  principalStore(): PrincipalStore {
    return memoryPrincipalStore({
      ...{ gates: this.gates, transactions: this.transactions },
      isKeptOut: (principal, gate) => this.isKeptOut(principal, gate),
      ...{ grants: this.grants, suspensions: this.suspensions, orders: this.orders },
      ...{ events: this.principalEvents, orderKeys: this.orderKeys },
      keyOf: (idempotency) => this.keyOf(idempotency),
      remember: (idempotency) => this.remember(idempotency, NO_GRANT),
    });
  }

  /** Suspends somebody at once, for tests. */
  suspend(principal: string, suspension: Suspension): void {
    this.suspensions.set(principal, suspension);
    this.gates.move(suspensionKey(principal), true);
  }

  /** Freezes a role at once, for tests. */
  freeze(role: string, freeze: Freeze): void {
    this.freezes.set(role, freeze);
    this.gates.move(freezeKey(role), true, freeze.until);
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

  private hasVoteOf({ id, approvals, extension }: Grant, voter: string): boolean {
    const votes = [...approvals.votes, ...(extension?.approvals.votes ?? [])];
    const now = votes.some(({ approver }) => approver.id === voter);
    return now || this.decidedExtensions.has(`${id} ${voter}`);
  }

  private isKeptOut(principal: string, gate: number): boolean {
    return this.gates.isClosed(suspensionKey(principal), gate, 0);
  }

  /** The refusal of a key that was used. */
  private used(idempotency: Idempotency | null): Err<Repeated | { code: 'key-reused' }> | null {
    const used = this.keyOf(idempotency);
    if (used === undefined) return null;
    const same = used.fingerprint === idempotency?.fingerprint;
    return err(same ? { code: 'repeated', grantId: used.grantId } : { code: 'key-reused' });
  }

  private put(grant: Grant, events: readonly AuditEvent[], isNew: boolean): void {
    const before = this.grants.get(grant.id);
    this.rememberPast(before?.status, grant);
    this.rememberVotes(before, grant);
    if (grant.extension === null) {
      for (const { approver } of before?.extension?.approvals.votes ?? []) {
        this.decidedExtensions.add(`${grant.id} ${approver.id}`);
      }
    }
    this.grants.set(grant.id, grant);
    this.events.push(...events);
    this.written(grant, isNew);
  }

  private rememberPast(before: Grant['status'] | undefined, grant: Grant): void {
    const { id, requester, entitlement, status, startsAt, createdAt, endedAt } = grant;
    if (before === status) return;
    const principal = requester.id;
    if (status === 'active') {
      const at = startsAt ?? createdAt;
      const network = networkOf(grant.sourceIp);
      const { token } = grant.requestedWith;
      const place = token === undefined ? { network } : { network, token };
      this.begun.push({ principal, entitlement, at, grantId: id, ...place });
    }
    if (status === 'denied') this.denied.push({ principal, at: endedAt ?? createdAt });
    else if (endedAt !== null) this.dropped.push({ principal, at: endedAt, status });
  }

  private rememberVotes(before: Grant | undefined, grant: Grant): void {
    const votesOf = (one: Grant | undefined) => [
      ...(one?.approvals.votes ?? []),
      ...(one?.extension?.approvals.votes ?? []),
    ];
    const requestedAt = grant.extension?.requestedAt ?? grant.createdAt;
    const known = votesOf(before).map(({ approver, at }) => `${approver.id} ${at}`);
    for (const { approver, at, vote } of votesOf(grant)) {
      if (known.includes(`${approver.id} ${at}`)) continue;
      const { id: grantId, requester } = grant;
      this.cast.push({
        voter: approver.id,
        at,
        grantId,
        requester: requester.id,
        vote,
        requestedAt,
      });
    }
  }

  private isFrozen(role: string, now: Instant, gate: number): boolean {
    return this.gates.isClosed(freezeKey(role), gate, now);
  }

  /** What the principal used a key for. */
  keyUse(principal: string, key: string): UsedKey | undefined {
    return this.keys.get(`${principal} ${key}`);
  }

  private keyOf(idempotency: Idempotency | null) {
    if (idempotency === null) return undefined;
    return this.keys.get(`${idempotency.principal} ${idempotency.key}`);
  }

  private remember(
    idempotency: Idempotency | null,
    grantId: string,
    decision: Decision | null = null,
  ): void {
    if (idempotency === null) return;
    const { principal, key, fingerprint } = idempotency;
    this.keys.set(`${principal} ${key}`, { fingerprint, grantId, decision });
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

/** The name of the table, which is a part of no key. */
const TABLE = 'table';

/** What a key remembers that an order was given under. */
const NO_GRANT = '';

function suspended({ requester }: Grant) {
  return err({ code: 'suspended', principal: requester.id } as const);
}

const FROZEN = err({ code: 'role-frozen' } as const);
const CONFLICT = err({ code: 'conflict' } as const);
