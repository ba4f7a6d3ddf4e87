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

type Version = { readonly at: number; readonly document: string | null };

type Parsed = { readonly text: string; readonly statements: readonly Statement[] };

export class Aws {
  readonly sessions: Session[] = [];
  /** The kill-switch policies, by role. */
  readonly policies = new Map<string, string>();
  /** Roles whose policies IAM refuses to read and write. */
  readonly broken = new Set<string>();
  /** Roles whose policies IAM refuses to read. */
  readonly unreadable = new Set<string>();
  /** Roles with room for a short policy only. */
  readonly small = new Set<string>();
  /** How often the answer to a write is lost and the write takes effect late, from 0 to 1. */
  late = 0;
  /** How often IAM refuses a call because there are too many, from 0 to 1. */
  throttles = 0;
  /** How long a read may lag behind the writes, in milliseconds. */
  lag = 0;
  putCalls = 0;
  /** When IAM last failed on a role. Reads that lag and throttling are no failures. */
  readonly failedAt = new Map<string, number>();
  /** The length of the longest policy that was written, in characters. */
  longest = 0;
  /** Called with the texts of a role's policy before and after each change. */
  onChange: (role: string, before: string | null, after: string | null) => void = () => undefined;
  private readonly kernel: Kernel;
  private parsed: Parsed = { text: '', statements: [] };
  private readonly versions = new Map<string, readonly Version[]>();

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
    const refusal = (role: string) => {
      if (this.broken.has(role)) {
        this.fail(role);
        return err({ code: 'refused', reason: 'broken' } as const);
      }
      const throttled = this.kernel.chance() < this.throttles;
      return throttled ? err({ code: 'throttled', reason: 'Throttling' } as const) : null;
    };
    return {
      put: async (role, document) => {
        const refused = refusal(role);
        if (refused !== null) return refused;
        const length = document.replaceAll(/\s/g, '').length;
        if (length > (this.small.has(role) ? 300 : 10_240)) {
          this.fail(role);
          return err({ code: 'too-long', reason: 'LimitExceeded' });
        }
        this.putCalls += 1;
        this.longest = Math.max(this.longest, length);
        if (this.kernel.chance() < this.late) {
          this.fail(role);
          // The connection breaks, and IAM still carries out the write a little later.
          this.kernel.spawn(async () => {
            await this.kernel.sleep(this.kernel.between(1000, 4000));
            this.fail(role);
            this.change(role, document);
          });
          await this.kernel.sleep(3000);
          return err({ code: 'unavailable', reason: 'TimeoutError' });
        }
        this.change(role, document);
        return ok(null);
      },
      remove: async (role) => {
        const refused = refusal(role);
        if (refused !== null) return refused;
        this.change(role, null);
        return ok(null);
      },
      read: async (role) => {
        if (this.unreadable.has(role)) {
          this.fail(role);
          return err({ code: 'refused', reason: 'unreadable' });
        }
        return refusal(role) ?? ok(this.seen(role));
      },
    };
  }

  /** Something is wrong with IAM on the role: it refuses, or nobody knows what became of a call. */
  fail(role: string): void {
    this.failedAt.set(role, this.kernel.now);
  }

  private change(role: string, document: string | null): void {
    this.onChange(role, this.policies.get(role) ?? null, document);
    if (document === null) this.policies.delete(role);
    else this.policies.set(role, document);
    const versions = this.versions.get(role) ?? [];
    this.versions.set(role, [...versions.slice(-20), { at: this.kernel.now, document }]);
  }

  /** A read is answered by a server that may not have the latest version yet. */
  private seen(role: string): string | null {
    const until = this.kernel.now - this.kernel.chance() * this.lag;
    const versions = this.versions.get(role) ?? [];
    return versions.findLast(({ at }) => at <= until)?.document ?? null;
  }

  /** Whether a call with the session's keys would be allowed now. */
  works(session: Session): boolean {
    const { now } = this.kernel;
    if (now >= session.endsAt || now >= session.policyEndsAt) return false;
    return !this.denied(session);
  }

  /** How the session is denied: by name, by time of issue, or not at all. */
  denied(session: Session): 'named' | 'issued-before' | null {
    return this.deniedBy(this.policies.get(session.role) ?? null, session);
  }

  /** The same, where the policy of the session's role has this text. */
  deniedBy(text: string | null, { plan, issuedAt }: Session): 'named' | 'issued-before' | null {
    if (text === null) return null;
    const identity = plan.sourceIdentity;
    // AWS keeps whole seconds.
    const second = Math.floor(issuedAt / 1000) * 1000;
    for (const { Effect, Condition = {} } of this.statementsOf(text)) {
      if (Effect !== 'Deny') continue;
      const valuesOf = (operator: string, key: string) => [Condition[operator]?.[key] ?? []].flat();
      const like = valuesOf('StringLike', 'aws:SourceIdentity');
      const unlike = valuesOf('StringNotLike', 'aws:SourceIdentity');
      const [before] = valuesOf('DateLessThan', 'aws:TokenIssueTime');
      if (like.length > 0 && !like.some((pattern) => isLike(identity, pattern))) continue;
      if (unlike.some((pattern) => isLike(identity, pattern))) continue;
      if (before === undefined && like.length > 0) return 'named';
      if (before !== undefined && second < Date.parse(before)) return 'issued-before';
    }
    return null;
  }

  /** Most questions are about one policy, which is long. */
  private statementsOf(text: string): readonly Statement[] {
    if (this.parsed.text !== text) {
      const { Statement } = JSON.parse(text) as { Statement: readonly Statement[] };
      this.parsed = { text, statements: Statement };
    }
    return this.parsed.statements;
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

/** Compares as IAM's StringLike does, for the one wildcard that the broker uses. */
function isLike(text: string, pattern: string): boolean {
  const [start = '', ...parts] = pattern.split('*');
  if (parts.length === 0) return text === pattern;
  const end = parts.pop() ?? '';
  if (!text.startsWith(start) || !text.endsWith(end)) return false;
  let at = start.length;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - end.length >= at;
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
