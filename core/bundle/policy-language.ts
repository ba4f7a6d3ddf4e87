import type { PolicyEngine } from '../ports.ts';
import type { Result } from '../result.ts';
import type { Bundle, Mentions, PolicyHead } from './bundle.ts';

/** An entity that a policy names, such as `ValetKey::Group::"people:platform"`. */
export type EntityReference = { readonly type: string; readonly id: string };

export type ParsedPolicy = {
  readonly effect: 'permit' | 'forbid';
  readonly annotations: Readonly<Record<string, string>>;
  readonly references: readonly EntityReference[];
  readonly mentions: Mentions;
  readonly head: PolicyHead;
  readonly text: string;
};

/** `offset` counts characters from the start of the parsed text. */
export type PolicyMistake = { readonly offset: number; readonly message: string };

/** Policies that could not be evaluated, because the bundle has a fault. */
export type PolicyFault = { readonly policyIds: readonly string[]; readonly message: string };

/** Makes the engine that decides by a bundle, to try the bundle before it is deployed. */
export type EngineFor = (bundle: Bundle, report: (fault: PolicyFault) => void) => PolicyEngine;

/** The compiler's port to Cedar. */
export type PolicyLanguage = {
  /** Splits a file into its policies, in their order. */
  readonly parse: (text: string) => Result<readonly ParsedPolicy[], readonly PolicyMistake[]>;
  /** Checks policies strictly against the schema. */
  readonly validate: (
    schema: string,
    policies: Readonly<Record<string, string>>,
  ) => readonly (PolicyMistake & { readonly policyId: string })[];
  /** Finds policies that are valid but suspicious; `never`: no request can satisfy it. */
  readonly warnings: (
    schema: string,
    policies: Readonly<Record<string, string>>,
  ) => readonly (PolicyMistake & { readonly policyId: string; readonly never: boolean })[];
  readonly engineFor: EngineFor;
};
