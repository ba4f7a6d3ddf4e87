import type { Bundle, CompiledPolicy } from '../bundle/bundle.ts';
import type { Question } from '../decision.ts';
import type { Deployment } from '../entitlement.ts';
import type { Condition } from './condition.ts';

/** What is known about an action on a resource before there is a request. */
export type Reach = {
  readonly action: string;
  /** An entitlement's id, or `broker`. */
  readonly resource: string;
  /** The policies that could apply to some request. */
  readonly policies: readonly string[];
  /** Those of them that apply to every request. */
  readonly always: readonly string[];
};

/** Whether a policy applies to a question, and if not, why. */
export type Verdict =
  | { readonly applies: true }
  | { readonly applies: false; readonly why: readonly string[] };

/** The port to Cedar for tools that explain and check bundles; the broker does not need it. */
export type PolicyAnalyst = {
  /** Every action of the schema on every resource of the bundle. */
  readonly reach: (bundle: Bundle, deployment: Deployment) => readonly Reach[];
  /** Evaluates a policy part by part: its head, then each clause. */
  readonly examine: (
    policy: CompiledPolicy,
    action: 'request' | 'autoApprove',
    question: Question,
  ) => Verdict;
  /** The claims that a policy reads as tags of its principal. */
  readonly tagsRead: (policy: CompiledPolicy) => readonly string[];
  /** What a policy asks about its principal. */
  readonly conditionOf: (policy: CompiledPolicy) => Condition;
  /** Whether a policy reads a display name. */
  readonly readsName: (policy: CompiledPolicy) => boolean;
};
