import type { Bundle, CompiledPolicy } from '../bundle/bundle.ts';
import type { Question } from '../decision.ts';
import type { Deployment } from '../entitlement.ts';

/** What is known of one action on one resource before anybody asks. */
export type Reach = {
  readonly action: string;
  /** An entitlement's id, or `broker`. */
  readonly resource: string;
  /** The policies that some principal, at some time, could make apply. */
  readonly policies: readonly string[];
  /** Of those, the ones that apply to everybody at any time. */
  readonly always: readonly string[];
};

/** Whether a policy applies to a question, and else what stands against it. */
export type Verdict =
  | { readonly applies: true }
  | { readonly applies: false; readonly why: readonly string[] };

/** The tools' port to Cedar: what the broker itself never asks. */
export type PolicyAnalyst = {
  /** Every action of the schema on every resource of the bundle. */
  readonly reach: (bundle: Bundle, deployment: Deployment) => readonly Reach[];
  /** Takes a policy apart: its head, then each clause, as far as the engine says it holds. */
  readonly examine: (
    policy: CompiledPolicy,
    action: 'request' | 'autoApprove',
    question: Question,
  ) => Verdict;
  /** The claims that a policy reads as tags of its principal. */
  readonly tagsRead: (policy: CompiledPolicy) => readonly string[];
};
