import type { RolePolicies } from '../../core/kill/ports.ts';
import type { SessionIssuer } from '../../core/ports.ts';
import { err, ok } from '../../core/result.ts';
import type { SessionPlan } from '../../core/session.ts';
import type { Kernel } from './kernel.ts';

/**
 * IAM and STS as far as the broker uses them: which sessions exist, and whether their keys work.
 */

export type Session = {
  readonly plan: SessionPlan;
  readonly role: string;
  readonly issuedAt: number;
  readonly endsAt: number;
  /** From the session policy; a chained session has none. */
  readonly policyEndsAt: number;
  readonly chained: boolean;
};

type Statement = {
  readonly Effect: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;
};

export class Aws {
  readonly sessions: Session[] = [];
  /** The kill-switch policies, by role. */
  readonly policies = new Map<string, string>();
  /** Roles whose policies IAM refuses to read and write. */
  readonly broken = new Set<string>();
  /** Roles with room for a short policy only. */
  readonly small = new Set<string>();
  /** How often the answer to a write is lost and the write takes effect late, from 0 to 1. */
  late = 0;
  putCalls = 0;
  /** The length of the longest policy that was written, in characters. */
  longest = 0;
  private readonly kernel: Kernel;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  /**
   * STS: the session exists as soon as the call is carried out, even if its answer is lost or late.
   */
  issuer(): SessionIssuer {
    return async (plan) => {
      const issuedAt = this.kernel.now;
      const endsAt = issuedAt + plan.durationSeconds * 1000;
      const policyEndsAt = endOf(plan.policy);
      this.sessions.push({
        plan,
        role: plan.roleArn,
        issuedAt,
        endsAt,
        policyEndsAt,
        chained: false,
      });
      return ok({
        accessKeyId: 'ASIASECRET',
        secretAccessKey: 'SECRET',
        sessionToken: 'SECRET',
        expiration: endsAt,
      });
    };
  }

  rolePolicies(): RolePolicies {
    const broken = (role: string) =>
      this.broken.has(role) ? err({ code: 'refused', reason: 'broken' } as const) : null;
    return {
      put: async (role, document) => {
        const refused = broken(role);
        if (refused !== null) return refused;
        const length = document.replaceAll(/\s/g, '').length;
        if (length > (this.small.has(role) ? 160 : 10_240)) {
          return err({ code: 'too-long', reason: 'LimitExceeded' });
        }
        this.putCalls += 1;
        this.longest = Math.max(this.longest, length);
        if (this.kernel.chance() < this.late) {
          // The connection breaks, and IAM still carries out the write a little later.
          this.kernel.spawn(async () => {
            await this.kernel.sleep(this.kernel.between(1000, 4000));
            this.policies.set(role, document);
          });
          await this.kernel.sleep(3000);
          return err({ code: 'unavailable', reason: 'TimeoutError' });
        }
        this.policies.set(role, document);
        return ok(null);
      },
      remove: async (role) => {
        const refused = broken(role);
        if (refused !== null) return refused;
        this.policies.delete(role);
        return ok(null);
      },
      read: async (role) => broken(role) ?? ok(this.policies.get(role) ?? null),
    };
  }

  /** Whether a call with the session's keys would be allowed now. */
  works(session: Session): boolean {
    const { now } = this.kernel;
    if (now >= session.endsAt || now >= session.policyEndsAt) return false;
    return !this.denied(session);
  }

  /** How the session is denied: by name, by time of issue, or not at all. */
  denied({ role, plan, issuedAt }: Session): 'named' | 'issued-before' | null {
    const text = this.policies.get(role);
    if (text === undefined) return null;
    const { Statement: statements } = JSON.parse(text) as { Statement: readonly Statement[] };
    for (const { Effect, Condition = {} } of statements) {
      if (Effect !== 'Deny') continue;
      const patterns = [Condition['StringLike']?.['aws:SourceIdentity'] ?? []].flat();
      if (patterns.some((pattern) => plan.sourceIdentity.endsWith(pattern.slice(1))))
        return 'named';
      const before = Condition['DateLessThan']?.['aws:TokenIssueTime'];
      // AWS keeps whole seconds.
      const second = Math.floor(issuedAt / 1000) * 1000;
      if (typeof before === 'string' && second < Date.parse(before)) return 'issued-before';
    }
    return null;
  }

  /** Assumes a chained role with the session, if its keys still work. */
  chain(session: Session, role: string): void {
    if (!this.works(session)) return;
    const { now } = this.kernel;
    const next = { plan: session.plan, role, issuedAt: now, endsAt: now + 3_600_000 };
    const chained = { ...next, policyEndsAt: Number.POSITIVE_INFINITY, chained: true };
    if (this.denied(chained) === null) this.sessions.push(chained);
  }
}

/** The time from which the session policy itself denies everything. */
function endOf(policy: string): number {
  const { Statement: statements } = JSON.parse(policy) as { Statement: readonly Statement[] };
  const ends = statements.flatMap(({ Effect, Condition }) => {
    const at = Condition?.['DateGreaterThanEquals']?.['aws:CurrentTime'];
    return Effect === 'Deny' && typeof at === 'string' ? [Date.parse(at)] : [];
  });
  return Math.min(Number.POSITIVE_INFINITY, ...ends);
}
