import type { Deployment, Entitlement, Parameters, Scope } from './entitlement.ts';
import { targetAccount } from './entitlement.ts';
import { type Instant, secondsBetween } from './instant.ts';
import type { Caller } from './principal.ts';
import type { RequestSignals } from './request-signals.ts';

export type Outcome = 'allow' | 'approve' | 'deny';

/** What policy said, and why. */
export type Decision = {
  readonly outcome: Outcome;
  /** The ids of the policies that determined the outcome; empty when none permitted. */
  readonly policies: readonly string[];
  readonly advice: readonly string[];
  /** The hash of the bundle that decided. */
  readonly bundle: string;
};

/** The facts of a request that policies see as Cedar's `context`. */
export type RequestFacts = {
  readonly now: Instant;
  readonly durationSeconds: number;
  readonly startsInSeconds: number;
  readonly sourceIp: string;
  readonly mfa: boolean;
  readonly mfaAgeSeconds: number | null;
  readonly ticket: string | null;
  readonly justification: string;
  /** Whether the caller narrowed the entitlement. */
  readonly scoped: boolean;
  readonly parameters: Parameters;
  /** Null where no policy reads it, because it costs a read of the store. */
  readonly history: History | null;
  /** Absent where no policy reads it. */
  readonly signals?: RequestSignals;
};

/** What policies can know of the principal's past. */
export type History = {
  /** Denied requests of the last 24 hours. */
  readonly recentDenials: number;
  /** Whether the principal never had a grant of this entitlement. */
  readonly firstUse: boolean;
};

/** A question to the policy engine, in the words of the Cedar schema. */
export type Question = {
  readonly caller: Pick<Caller, 'principal'>;
  readonly entitlement: Entitlement;
  readonly account: string;
  readonly facts: RequestFacts;
};

/** One answer of the engine; `advice` is that of the forbids among `policies`. */
export type Answer = {
  readonly permitted: boolean;
  readonly policies: readonly string[];
  readonly advice: readonly string[];
};

/** The question with every fact that the engine sees, as it is recorded with the decision. */
export function question(
  caller: Caller,
  entitlement: Entitlement,
  deployment: Deployment,
  asked: {
    readonly now: Instant;
    readonly durationSeconds: number;
    readonly startsInSeconds: number;
    readonly sourceIp: string;
    readonly ticket: string | null;
    readonly justification: string;
    readonly parameters: Parameters;
    readonly scope: Scope | null;
    readonly history: History | null;
    readonly signals?: RequestSignals | undefined;
  },
): Question {
  const { scope, signals, ...facts } = asked;
  const { mfa } = caller.authentication;
  return {
    caller: { principal: caller.principal },
    entitlement,
    account: targetAccount(entitlement, deployment),
    facts: {
      ...facts,
      scoped: scope !== null,
      mfa,
      mfaAgeSeconds: mfaAge(caller, asked.now),
      ...(signals !== undefined && { signals }),
    },
  };
}

/** How long ago the caller signed in with a second factor, in seconds; null where the token does not say. */
export function mfaAge({ authentication }: Caller, now: Instant): number | null {
  const { mfa, signedInAt } = authentication;
  return mfa && signedInAt !== null ? Math.max(0, secondsBetween(signedInAt, now)) : null;
}

/** The fixed rule behind a denial where policy asks for an approval that the entitlement does not have. */
export const NO_APPROVAL = 'valetkey.no-approval';

/**
 * Permitted to request and to auto-approve: `allow`. Only permitted to request: `approve`, if the entitlement
 * has an approval. Otherwise: `deny`.
 */
export function combine(
  request: Answer,
  autoApprove: Answer,
  entitlement: Pick<Entitlement, 'id' | 'approval'>,
  bundle: string,
): Decision {
  if (!request.permitted) return decision('deny', [request], bundle);
  const both = [request, autoApprove];
  if (autoApprove.permitted) return decision('allow', both, bundle);
  if (entitlement.approval !== undefined) return decision('approve', both, bundle);
  const advice = `Policy requires an approval for this request, and ${entitlement.id} has none. Ask the authors of the policy bundle to add one.`;
  const rule = { policies: [NO_APPROVAL], advice: [advice] };
  return decision('deny', [rule, autoApprove], bundle);
}

function decision(
  outcome: Outcome,
  answers: readonly Omit<Answer, 'permitted'>[],
  bundle: string,
): Decision {
  return {
    outcome,
    policies: [...new Set(answers.flatMap((answer) => answer.policies))].sort(),
    advice: [...new Set(answers.flatMap((answer) => answer.advice))],
    bundle,
  };
}
