import type { AuditEvent } from '../../core/audit.ts';
import type { Grant } from '../../core/grant.ts';
import type { Instant } from '../../core/instant.ts';
import type { Quarantine } from '../../core/quarantine.ts';
import type { Aws, Session } from './aws.ts';
import type { Kernel } from './kernel.ts';
import type { Fail } from './limits-kept.ts';
import type { MemoryStore } from './memory-store.ts';

/** What is observed of a history. */
type Observed = {
  readonly kernel: Kernel;
  readonly store: MemoryStore;
  readonly aws: Aws;
  readonly count: (what: string) => void;
};

/** How long what was under way may take: a read of two seconds ago, and then calls of some seconds each. */
const UNDER_WAY_MS = 60_000;
/** After the last fault, what waits for its deny has it. */
const SETTLED_MS = 1_800_000;
const FAULT_MS = 600_000;

/**
 * Checks a quarantine from outside, without asking what the broker believes: nothing is given, nothing starts, ends or is
 * pruned by itself, and what people end is denied. What is overdue afterwards is checked with everything else.
 */
export class QuarantineKept {
  private readonly observed: Observed;
  private readonly fail: Fail;
  private since: Instant | null = null;
  private calmSince: Instant | null = null;
  /** Who asked to end the one that stands. */
  private asking: string | null = null;
  private denied: readonly Session[] = [];
  private roles: readonly string[] = [];

  constructor(observed: Observed, fail: Fail) {
    this.observed = observed;
    this.fail = fail;
  }

  /** Whatever was under way when it began is done. */
  private holds(): boolean {
    return this.since !== null && this.observed.kernel.now > this.since + UNDER_WAY_MS;
  }

  /** @param by who gave the order */
  onRecord(record: Quarantine | null, by: string): void {
    if (this.since !== null && record === null) {
      if (this.asking === null || this.asking === by) {
        this.fail('section 10', 'a quarantine ended without a second person');
      }
      this.observed.count('quarantine released');
      Object.assign(this, { since: null, denied: [], roles: [] });
    }
    if (this.since === null && record !== null) this.since = this.observed.kernel.now;
    this.asking = record?.release?.by.id ?? null;
  }

  onCalm(): void {
    this.calmSince = this.observed.kernel.now;
  }

  onAssumeRole(): void {
    if (this.holds()) this.fail('section 10', 'keys were vended in a quarantine');
  }

  /** @param events those that were written with it */
  onWrite(grant: Grant, before: Grant | undefined, events: readonly AuditEvent[]): void {
    if (!this.holds()) return;
    const what = wrong(grant, before, events);
    if (what !== null) this.fail('section 10', `${what} in a quarantine`, grant);
    else this.observed.count(`in quarantine: ${before?.status} -> ${grant.status}`);
  }

  check(): void {
    if (!this.holds()) return;
    const { store, aws, kernel } = this.observed;
    const ended = (session: Session) => store.grants.get(grantOf(session))?.kill != null;
    const faulty = ({ role }: Session) => kernel.now < (aws.failedAt.get(role) ?? 0) + FAULT_MS;
    const freed = this.denied.find((session) => !faulty(session) && aws.denied(session) === null);
    if (freed !== undefined) {
      this.fail(
        'section 10',
        'a deny was taken back in a quarantine',
        store.grants.get(grantOf(freed)),
      );
    }
    this.denied = aws.sessions.filter((one) => ended(one) && aws.denied(one) !== null);
    if (this.roles.some((role) => !store.switches.has(role))) {
      this.fail('section 10', 'a role was forgotten in a quarantine');
    }
    this.roles = [...store.switches.keys()];
    this.checkRevoked();
  }

  /** People's orders end in a deny, however long it lasts. */
  private checkRevoked(): void {
    const { store, kernel } = this.observed;
    if (this.calmSince === null || kernel.now < this.calmSince + SETTLED_MS) return;
    const waiting = [...store.grants.values()].find(
      ({ status, kill }) => status === 'revoking' && kernel.now > (kill?.at ?? 0) + SETTLED_MS,
    );
    if (waiting !== undefined) {
      this.fail('section 10', 'what was revoked waits for the end of a quarantine', waiting);
    }
  }
}

/** What a write did that nothing may do meanwhile; null where people ended something. */
function wrong(
  grant: Grant,
  before: Grant | undefined,
  events: readonly AuditEvent[],
): string | null {
  if (before === undefined) return 'a request was taken';
  const [from, to] = [before.status, grant.status];
  if (from === 'pending' && !['pending', 'cancelled'].includes(to)) return `a request was ${to}`;
  if (from === 'scheduled' && ['active', 'expired'].includes(to)) return `a grant became ${to}`;
  if (from === 'active' && to === 'expired' && before.kill === null) return 'a grant expired';
  if (from === 'active' && to === 'active' && before.kill === null && grant.kill !== null) {
    return 'a grant was ended by time';
  }
  if (before.kill !== null && grant.kill === null) return 'an order to deny was forgotten';
  if ((grant.keysValidUntil ?? 0) > (before.keysValidUntil ?? 0)) return 'a vend was written';
  if ((grant.expiresAt ?? 0) > (before.expiresAt ?? 0)) return 'a grant was extended';
  if (grant.extension !== null && before.extension === null) return 'an extension was requested';
  const votes = ({ approvals, extension }: Grant) =>
    approvals.votes.length + (extension?.approvals.votes.length ?? 0);
  if (votes(grant) > votes(before)) return 'a vote was counted';
  const told = events.find(({ type }) => BY_TIME.includes(type));
  if (told !== undefined) return `${told.type} was told`;
  const byPolicy = events.some((event) => 'reason' in event && BY_BUNDLE.test(event.reason ?? ''));
  return byPolicy ? 'a new bundle ended a grant' : null;
}

const BY_TIME: readonly string[] = [
  'reminded',
  'escalated',
  'lapsed',
  'started',
  'review-reminded',
];
/** The reasons of a grant that a new bundle ends. */
const BY_BUNDLE = /^(policy (no longer|now)|what .* has changed)/;

function grantOf({ plan }: Session): string {
  return plan.sourceIdentity.split('.').at(-1) ?? '';
}
