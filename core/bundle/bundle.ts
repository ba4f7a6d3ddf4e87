import type { Entitlement } from '../entitlement.ts';
import type { Issuer } from '../issuer.ts';

/** What a policy reads of the context, and the literals that it compares some of it with. */
export type Mentions = {
  readonly attributes: readonly string[];
  readonly networks: readonly string[];
  readonly tickets: readonly string[];
};

/** Whom and what a policy's head names; null where it is open to all. Entities as `Type::id`. */
export type PolicyHead = {
  readonly principal: string | null;
  readonly actions: readonly string[] | null;
  readonly resource: string | null;
};

/** `hash` changes with anything in the definition: a grant holds only for the one it was judged by. */
export type CompiledEntitlement = Entitlement & {
  readonly hash: string;
  /** Some value that each parameter accepts: what listings ask policy with. */
  readonly samples: Readonly<Record<string, string>>;
  /** Whether a policy that could apply asks for the caller's history, which costs a read. */
  readonly readsHistory: boolean;
};

export type CompiledPolicy = {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  /** What a forbid tells those whom it stops. */
  readonly advice: string | null;
  readonly head: PolicyHead;
  readonly text: string;
};

/** A policy bundle, validated as a whole; plain data that travels with the Lambdas as JSON. */
export type Bundle = {
  /** `sha256:…` over every source file; recorded with every decision. */
  readonly hash: string;
  readonly entitlements: Readonly<Record<string, CompiledEntitlement>>;
  readonly policies: Readonly<Record<string, CompiledPolicy>>;
  /** What `approvers` and `escalateTo` of the entitlements mean, as permits for `vote`. */
  readonly approverPolicies: readonly CompiledPolicy[];
  readonly issuers: readonly Issuer[];
  /** What all policies together read of the context: nothing else needs to be looked up or tried. */
  readonly mentions: Mentions;
};

/** @returns null where the bundle has no entitlement of that id. */
export function findEntitlement(bundle: Bundle, id: string): CompiledEntitlement | null {
  return Object.hasOwn(bundle.entitlements, id) ? (bundle.entitlements[id] ?? null) : null;
}

/** The bundle's files by path relative to its folder, with `/` between the parts. */
export type BundleFiles = ReadonlyMap<string, string>;

/** A mistake of the bundle's author: where it is, what is wrong, and what to write instead. */
export type BundleError = {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
};

export function formatBundleErrors(errors: readonly BundleError[], what = 'policy bundle'): string {
  const lines = errors.map((error) => `  ${error.file}:${error.line}: ${error.message}`);
  const count = errors.length === 1 ? '1 mistake' : `${errors.length} mistakes`;
  return [`The ${what} has ${count}:`, ...lines].join('\n');
}
