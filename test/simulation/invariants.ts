import { suspensionKey } from '../../adapters/dynamodb/principal-keys.ts';
import { freezeKey } from '../../adapters/dynamodb/role-keys.ts';
import type { Grant } from '../../core/grant.ts';
import { formatInstant, type Instant } from '../../core/instant.ts';
import type { Overflow } from '../../core/kill/ports.ts';
import type { SessionPlan } from '../../core/session.ts';
import type { Swept } from '../../core/upkeep/sweep.ts';
import type { Aws, Session } from './aws.ts';
import type { CutsKept } from './cuts-kept.ts';
import type { Kernel } from './kernel.ts';
import type { MemoryStore } from './memory-store.ts';

/** A promise of the design that was broken. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** What is observed of a history. */
export type Observed = {
  readonly kernel: Kernel;
  readonly store: MemoryStore;
  readonly aws: Aws;
  readonly count: (what: string) => void;
  readonly cuts: CutsKept;
};

/** Checks the promises from outside: what the store says, and what the keys can really do. */
export class Invariants {
  private readonly observed: Observed;
  private readonly seen = new Map<string, Grant>();
  /** When the suspensions were given that were answered. */
  private readonly answered = new Map<string, Instant>();
  private failure: Violation | null = null;

  constructor(observed: Observed) {
    this.observed = observed;
  }

  check(): void {
    if (this.failure !== null) throw this.failure;
    this.checkSessions();
    this.observed.cuts.check();
    if (this.failure !== null) throw this.failure;
  }

  /** I1: credentials are issued only after the active grant and its event were written. */
  onAssumeRole(plan: SessionPlan): void {
    const grant = this.grantOf(plan);
    const { events } = this.observed.store;
    const recorded = events.some(
      (event) => event.type === 'vended' && event.session.sessionName === plan.sessionName,
    );
    if (grant === undefined || !recorded)
      this.fail('I1', 'keys without a written grant and event', grant);
    const early = grant?.startsAt != null && this.observed.kernel.now < grant.startsAt - 2000;
    if (early) this.fail('section 3', 'keys before the start', grant);
    if (grant !== undefined && grant.keysValidUntil === null)
      this.fail('I1', 'keys without keysValidUntil in the grant', grant);
  }

  /** The version of a grant that was written last. */
  seenBefore(id: string): Grant | undefined {
    return this.seen.get(id);
  }

  /** Checks every version of a grant as it is written. */
  onWrite(grant: Grant): void {
    const before = this.seen.get(grant.id);
    this.seen.set(grant.id, grant);
    const { events } = this.observed.store;
    const step = `${before?.status ?? 'request'} -> ${grant.status}`;
    this.observed.count(step);
    if (!TRANSITIONS.has(step)) this.fail('section 3', `no such transition: ${step}`, grant);
    if (/SECRET/.test(JSON.stringify(grant))) this.fail('I7', 'a secret in the store', grant);
    if (before?.version !== grant.version) {
      const recorded = events.some(
        ({ grantId, status }) => grantId === grant.id && status === grant.status,
      );
      if (!recorded) this.fail('I8', `no event for ${step}`, grant);
    }
    if (
      grant.status === 'active' &&
      before?.status !== 'active' &&
      before?.version !== grant.version
    ) {
      if (this.isKeptOut(grant.requester.id) && before?.status === 'pending') {
        this.fail('section 4', 'a suspended principal got a grant', grant);
      }
    }
    this.checkVend(grant, before);
    this.checkVotes(grant, before);
    this.checkExtension(grant, before);
    if (before === undefined) this.checkHistory(grant);
    const longest = (grant.startsAt ?? 0) + LONGEST;
    if (grant.expiresAt !== null && grant.expiresAt > longest + 2000) {
      this.fail('section 3', 'longer than the entitlement allows', grant);
    }
    if (grant.review?.reviewer?.id === grant.requester.id) {
      this.fail('section 3', 'the requester reviewed their own use', grant);
    }
    const closed = before?.review?.status === 'due' && grant.review?.status === 'done';
    const over = grant.endedAt !== null || this.observed.kernel.now >= (grant.expiresAt ?? 0);
    if (closed && grant.keysValidUntil === null && !over) {
      this.fail('section 3', 'a use was reviewed before it happened', grant);
    }
    if (before?.expiresAt && grant.expiresAt && grant.expiresAt < before.expiresAt) {
      this.fail('section 3', 'expiresAt moved to an earlier time', grant);
    }
    if (before?.keysValidUntil && (grant.keysValidUntil ?? 0) < before.keysValidUntil) {
      this.fail('I5', 'keysValidUntil moved to an earlier time', grant);
    }
    if (grant.status === 'revoked' && grant.keysValidUntil !== null) this.checkDenied(grant);
    if (grant.status === 'expired' && before?.status === 'active') this.checkDenied(grant);
  }

  /** Checks what a suspension promises when it is answered; grants may be left to the sweep. */
  onAnswered(principal: string, at: Instant, finished: boolean): void {
    if (this.observed.store.suspensions.get(principal)?.at !== at) return;
    this.answered.set(principal, at);
    if (!this.isKeptOut(principal)) {
      this.fail('section 4', `a suspension was answered while ${principal} could vend`);
    }
    if (finished) this.onSuspended(principal);
  }

  /** Once its suspension was answered, a principal vends nothing until it is resumed. */
  private checkVend(grant: Grant, before: Grant | undefined): void {
    const vends = grant.status === 'active' && grant.keysValidUntil !== null;
    if (!vends || grant.keysValidUntil === before?.keysValidUntil) return;
    const { id } = grant.requester;
    const at = this.answered.get(id);
    if (at !== undefined && this.observed.store.suspensions.get(id)?.at === at) {
      this.fail('section 4', 'a suspended principal vended', grant);
    }
  }

  /** Whether no request or vend of the principal gets through, whichever gate it checks. */
  private isKeptOut(principal: string): boolean {
    const { store, kernel } = this.observed;
    return store.gates.countClosed(suspensionKey(principal), kernel.now) === GATES;
  }

  onSuspended(principal: string): void {
    if (!this.observed.store.suspensions.has(principal)) return;
    for (const grant of this.observed.store.grants.values()) {
      const open = ['pending', 'scheduled', 'active'].includes(grant.status);
      const ended = grant.expiresAt !== null && this.observed.kernel.now > grant.expiresAt - 2000;
      if (grant.requester.id === principal && open && !ended) {
        this.fail('section 4', 'a suspended principal has an open grant', grant);
      }
    }
  }

  /** Checks what a freeze promises when it is answered: no vend gets through. */
  onFrozen(role: string): void {
    const { store, kernel } = this.observed;
    const freeze = store.freezes.get(role);
    if (freeze === undefined || (freeze.until ?? Number.POSITIVE_INFINITY) <= kernel.now) return;
    if (store.gates.countClosed(freezeKey(role), kernel.now) < GATES) {
      this.fail('section 7', `a freeze was answered while ${role} could vend`);
    }
  }

  /** A role is frozen, or people are told that its kill switch failed: only because IAM failed there. */
  onTakenForFault(role: string, what: string): void {
    const { kernel, aws } = this.observed;
    const failedAt = aws.failedAt.get(role) ?? Number.NEGATIVE_INFINITY;
    if (kernel.now - failedAt > FAULT_MS) {
      this.fail('section 7', `${what} of ${role}, where IAM did nothing but lag and throttle`);
    }
  }

  /** Sessions are denied by time of issue, which rings an alarm: only where there is no room for names. */
  onOverflow({ role }: Overflow): void {
    if (!this.observed.aws.small.has(role)) {
      this.fail('section 7', `an overflow of ${role}, which has room`);
    }
  }

  /** The sweep's alarm rings for what it finds: nothing, as long as nothing but IAM's manners happened. */
  onSwept(swept: Swept): void {
    const { repaired, overdueKills, frozenRoles, failed, finishedOrders, unfinishedOrders } = swept;
    const found = { repaired, overdueKills, frozenRoles, failed, finishedOrders, unfinishedOrders };
    for (const [what, { length }] of Object.entries(found)) {
      if (length > 0) this.fail('section 7', `the sweep found ${length} ${what} without a fault`);
    }
  }

  /** Checks the end of a history, when nothing fails any more and all times have passed. */
  checkEnd(): void {
    const { store, aws, kernel } = this.observed;
    for (const grant of store.grants.values()) {
      const ended = !['pending', 'scheduled', 'active', 'revoking'].includes(grant.status);
      if (!ended) this.fail('I10', 'the grant never ended', grant);
      if (grant.kill !== null) this.fail('section 7', 'its deny was never removed', grant);
      const started = store.events.filter(
        ({ grantId, type }) => grantId === grant.id && type === 'requested',
      );
      if (started.length !== 1) this.fail('I8', `${started.length} events of its request`, grant);
    }
    for (const { order } of store.orders.values()) {
      this.fail('I10', `the order to ${order.what} ${order.principal} was never finished`);
    }
    for (const [role, freeze] of store.freezes) {
      if (freeze.until === null || freeze.until > kernel.now) {
        this.fail('section 7', `${role} never thawed: ${freeze.reason}`);
      }
    }
    this.checkGates();
    for (const [role, text] of aws.policies) {
      if (text.includes('EndedGrants'))
        this.fail('section 7', `the policy of ${role} names sessions that have expired`);
    }
    if (aws.longest > 10_240) this.fail('section 7', 'a policy of more than 10,240 characters');
    if (/SECRET/.test(JSON.stringify(store.events))) this.fail('I7', 'a secret in the audit trail');
    if (this.failure !== null) throw this.failure;
  }

  /** Every gate is as its record says: nobody is half kept out, and no role half frozen. */
  private checkGates(): void {
    const { store, kernel } = this.observed;
    for (const { pk, sk } of store.gates.records()) {
      const name = pk.slice(pk.indexOf('#') + 1);
      const until = store.freezes.get(name)?.until ?? Number.POSITIVE_INFINITY;
      const frozen = store.freezes.has(name) && until > kernel.now;
      const closes = sk === 'SUSPENSION' ? store.suspensions.has(name) : frozen;
      const closed = store.gates.countClosed({ pk, sk }, kernel.now);
      if (closed !== (closes ? GATES : 0)) {
        this.fail('I10', `${closed} of ${GATES} gates of ${name} are closed for good`);
      }
    }
  }

  /** Policy lets this entitlement be used without an approval only after a use that began. */
  private checkHistory(grant: Grant): void {
    if (grant.entitlement !== 'known' || grant.decision.outcome !== 'allow') return;
    const { store } = this.observed;
    const earlier = [...store.grants.values()].filter(
      ({ id, requester, entitlement }) =>
        id !== grant.id && requester.id === grant.requester.id && entitlement === 'known',
    );
    const began = earlier.some(({ id }) =>
      store.events.some(({ grantId, status }) => grantId === id && status === 'active'),
    );
    if (!began) this.fail('section 5', 'a use that never began counted as history', grant);
  }

  private checkVotes(grant: Grant, before: Grant | undefined): void {
    const { votes, required } = grant.approvals;
    for (const [index, vote] of votes.entries()) {
      if (isSamePerson(vote.marks, grant.marks)) this.fail('I9', 'the requester voted', grant);
      if (votes.slice(0, index).some(({ marks }) => isSamePerson(marks, vote.marks))) {
        this.fail('I9', 'one person voted twice', grant);
      }
    }
    const begins = before?.status === 'pending' && ['active', 'scheduled'].includes(grant.status);
    const yes = votes.filter(({ vote }) => vote === 'approve').length;
    if (begins && yes < required) this.fail('I9', `${yes} of ${required} approvals`, grant);
    if (begins && votes.some(({ approver }) => this.isKeptOut(approver.id))) {
      this.fail('I9', 'a suspended approver decided', grant);
    }
  }

  /** Of this entitlement, every extension needs two people who vote for it after it was requested. */
  private checkExtension(grant: Grant, before: Grant | undefined): void {
    if (grant.extension !== null && !['active', 'scheduled'].includes(grant.status)) {
      this.fail('section 3', 'an extension of a grant that does not run', grant);
    }
    if (grant.entitlement !== 'asked' || !before?.expiresAt) return;
    if (grant.expiresAt === before.expiresAt) return;
    const { events } = this.observed.store;
    const own = events.filter(({ grantId }) => grantId === grant.id);
    const since = own.slice(own.findLastIndex(({ type }) => type === 'extension-requested'));
    const votes = new Map<string, { readonly id: string; readonly yes: boolean }>();
    for (const event of since) {
      const voter = event.type === 'vote-voided' ? event.approver : event.actor;
      if (voter === 'broker') continue;
      if (event.type === 'vote-voided' || event.type === 'vote-withdrawn') {
        votes.delete(employeeOf(voter.id));
      }
      if (event.type !== 'voted') continue;
      votes.set(employeeOf(voter.id), { id: voter.id, yes: event.vote === 'approve' });
    }
    const yes = [...votes.entries()].filter(([, vote]) => vote.yes);
    if (yes.length < 2) this.fail('I9', `extended by ${yes.length} of 2 approvals`, grant);
    if (votes.has(employeeOf(grant.requester.id))) {
      this.fail('I9', 'the requester voted on the extension', grant);
    }
    if (yes.some(([, { id }]) => this.isKeptOut(id))) {
      this.fail('I9', 'a suspended approver extended the grant', grant);
    }
  }

  /** I5: a reported status is true for every existing session. */
  private checkDenied(grant: Grant): void {
    for (const session of this.sessionsOf(grant)) {
      if (this.observed.aws.works(session) && !(grant.status === 'expired' && outlived(grant))) {
        this.fail('I5', `the status is ${grant.status}, and its keys work`, grant);
      }
    }
  }

  private checkSessions(): void {
    const { aws, kernel } = this.observed;
    for (const session of aws.sessions) {
      const grant = this.grantOf(session.plan);
      if (grant === undefined) continue;
      const works = aws.works(session);
      if (works && grant.status === 'revoked')
        this.fail('I4', 'keys of a revoked grant work', grant);
      if (works && grant.status === 'expired')
        this.fail('I3', 'keys of an expired grant work', grant);
      if (works && ['pending', 'denied', 'cancelled', 'lapsed'].includes(grant.status)) {
        this.fail('I1', `keys of a grant that is ${grant.status} work`, grant);
      }
      if (works && kernel.now >= (grant.keysValidUntil ?? 0)) {
        this.fail('I5', 'keys work longer than keysValidUntil says', grant);
      }
      if (works && !session.chained && kernel.now >= (grant.expiresAt ?? 0)) {
        this.fail('I3', 'keys work after the end of their grant', grant);
      }
      const alive = grant.status === 'active' && grant.kill === null && kernel.now < session.endsAt;
      if (alive && aws.denied(session) === 'named')
        this.fail('I4', 'keys of an active grant were denied', grant);
      const byTime = alive && aws.denied(session) === 'issued-before';
      if (byTime && !aws.small.has(session.role) && !this.observed.cuts.explains(session)) {
        this.fail('I4', 'all keys of a role were denied although there was room for names', grant);
      }
    }
  }

  private sessionsOf({ id }: Grant): readonly Session[] {
    return this.observed.aws.sessions.filter(({ plan }) => plan.sourceIdentity.endsWith(id));
  }

  private grantOf({ sourceIdentity }: SessionPlan): Grant | undefined {
    return this.observed.store.grants.get(sourceIdentity.split('.').at(-1) ?? '');
  }

  fail(promise: string, what: string, grant?: Grant): void {
    const { now } = this.observed.kernel;
    const which =
      grant === undefined
        ? ''
        : ` (${grant.id} ${grant.entitlement}, ${grant.status} v${grant.version})`;
    this.failure ??= new Violation(`${promise}: ${what}${which} at ${formatInstant(now)}`);
  }
}

/** Written again, independently of the broker's own code. */
function isSamePerson(a: readonly string[], b: readonly string[]): boolean {
  const marks = [...a, ...b].map((mark) => mark.toLowerCase().trim());
  return new Set(marks).size < a.length + b.length;
}

/** `ana` and `ana2` are one person. */
function employeeOf(id: string): string {
  return id.replace(/\d+$/, '');
}

function outlived({ endReason }: Grant): boolean {
  return endReason?.includes('the keys worked until they ran out') ?? false;
}

/** From a failure of IAM until a process that saw it has said so. */
const FAULT_MS = 60_000;

/** Written again, so that fewer gates than this are noticed. */
const GATES = 32;

/** `maxDuration` of every entitlement. */
const LONGEST = 7_200_000;

const NEXT: Readonly<Record<string, readonly string[]>> = {
  request: ['denied', 'pending', 'scheduled', 'active'],
  pending: ['pending', 'denied', 'lapsed', 'cancelled', 'active', 'scheduled'],
  scheduled: ['scheduled', 'active', 'cancelled', 'revoked', 'revoking', 'expired'],
  active: ['active', 'expired', 'revoking', 'revoked'],
  revoking: ['revoking', 'revoked', 'expired'],
  // Pruned, or reviewed after the end.
  expired: ['expired'],
  revoked: ['revoked'],
  cancelled: ['cancelled'],
};

const TRANSITIONS = new Set(
  Object.entries(NEXT).flatMap(([from, all]) => all.map((to) => `${from} -> ${to}`)),
);
