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

/** `offset` counts characters from the start of the text that was given. */
export type PolicyMistake = { readonly offset: number; readonly message: string };

/** Policies that could not be evaluated: a fault of the bundle. */
export type PolicyFault = { readonly policyIds: readonly string[]; readonly message: string };

/** The engine that will decide under a bundle, for trying it before it is deployed. */
export type EngineFor = (bundle: Bundle, report: (fault: PolicyFault) => void) => PolicyEngine;

/** The compiler's port to Cedar. */
export type PolicyLanguage = {
  /** Splits one file into its policies, in the order in which they stand. */
  readonly parse: (text: string) => Result<readonly ParsedPolicy[], readonly PolicyMistake[]>;
  /** Checks policies, by id, strictly against the schema. */
  readonly validate: (
    schema: string,
    policies: Readonly<Record<string, string>>,
  ) => readonly (PolicyMistake & { readonly policyId: string })[];
  /** What the validator finds odd, though not wrong: policies that no request could satisfy. */
  readonly warnings: (
    schema: string,
    policies: Readonly<Record<string, string>>,
  ) => readonly (PolicyMistake & { readonly policyId: string })[];
  readonly engineFor: EngineFor;
};
