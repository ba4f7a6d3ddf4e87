import type { Entitlement } from '../entitlement.ts';
import type { Issuer } from '../issuer.ts';
import type { Limits } from '../limits.ts';

/** The context attributes that a policy reads, and some literals that it compares them with. */
export type Mentions = {
  readonly attributes: readonly string[];
  readonly networks: readonly string[];
  readonly tickets: readonly string[];
};

/** The entities that a policy's head names, as `Type::id`; null where it names none. */
export type PolicyHead = {
  readonly principal: string | null;
  readonly actions: readonly string[] | null;
  readonly resource: string | null;
};

export type CompiledEntitlement = Entitlement & {
  /** Changes with what is granted (`definition.ts`): a grant is valid only for the definition of its request. */
  readonly hash: string;
  /** A value that each parameter accepts, by its name; listings evaluate policies with these. */
  readonly samples: Readonly<Record<string, string>>;
  /** Whether a policy that could apply reads the caller's history, which costs a table read. */
  readonly readsHistory: boolean;
  /** The same of the signals. */
  readonly readsSignals: boolean;
};

export type CompiledPolicy = {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  /** Shown to callers whom a forbid stops. */
  readonly advice: string | null;
  readonly head: PolicyHead;
  readonly text: string;
  /** Where it is in the files of the bundle, such as `policies/deploy.cedar:12`; bundles of earlier versions do not say. */
  readonly place?: string;
};

/** A policy bundle, validated as a whole: plain data that the Lambdas carry as JSON. */
export type Bundle = {
  /** `sha256:…` over every source file; recorded with every decision. */
  readonly hash: string;
  readonly entitlements: Readonly<Record<string, CompiledEntitlement>>;
  readonly policies: Readonly<Record<string, CompiledPolicy>>;
  /** Permits for `vote`, compiled from `approvers` and `escalateTo` of the entitlements. */
  readonly approverPolicies: readonly CompiledPolicy[];
  readonly issuers: readonly Issuer[];
  readonly limits: Limits;
  /** What all policies together read of the context; nothing else has to be looked up or tried. */
  readonly mentions: Mentions;
};

/** @returns null if the bundle has no entitlement with that id. */
export function findEntitlement(bundle: Bundle, id: string): CompiledEntitlement | null {
  return Object.hasOwn(bundle.entitlements, id) ? (bundle.entitlements[id] ?? null) : null;
}

/** The text of a bundle's files, by path relative to its folder, with `/` as the separator. */
export type BundleFiles = ReadonlyMap<string, string>;

/** A mistake in a bundle or in `valetkey.yaml`: where it is, what is wrong, and what to write instead. */
export type BundleError = {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
};

/** In the order of files and lines, each once. */
export function inOrder<E extends BundleError>(errors: readonly E[]): readonly E[] {
  const told = errors.filter(
    ({ file, line, message }, index) =>
      errors.findIndex(
        (one) => one.file === file && one.line === line && one.message === message,
      ) === index,
  );
  return told.toSorted((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

/** @returns several lines: a heading, then one mistake per line, its place first. */
export function formatBundleErrors(errors: readonly BundleError[], what = 'policy bundle'): string {
  const lines = errors.map((error) => `  ${error.file}:${error.line}: ${error.message}`);
  const count = errors.length === 1 ? '1 mistake' : `${errors.length} mistakes`;
  return [`The ${what} has ${count}:`, ...lines].join('\n');
}
