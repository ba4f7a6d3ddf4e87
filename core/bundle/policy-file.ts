import { err, ok, type Result } from '../result.ts';
import { readAnnotation } from './acknowledgement.ts';
import type { BundleError, CompiledPolicy, Mentions } from './bundle.ts';
import { lineAt } from './line-at.ts';
import type { EntityReference, ParsedPolicy, PolicyLanguage } from './policy-language.ts';

/** A policy, and where it is in its file. */
export type LocatedPolicy = CompiledPolicy & {
  readonly file: string;
  readonly line: number;
  readonly references: readonly EntityReference[];
  readonly mentions: Mentions;
  /** Why the author accepts warnings about it, by their rules. */
  readonly acknowledged: Readonly<Record<string, string>>;
};

const POLICY_ID = /^[a-z][a-z0-9-]{0,62}$/;

/** Reads one `policies/*.cedar`; every policy needs an `@id`, every forbid an `@advice`. */
export function readPolicies(
  file: string,
  text: string,
  cedar: PolicyLanguage,
): Result<readonly LocatedPolicy[], readonly BundleError[]> {
  const parsed = cedar.parse(text);
  if (!parsed.ok) {
    return err(
      parsed.error.map(({ offset, message }) => ({ file, line: lineAt(text, offset), message })),
    );
  }
  const errors: BundleError[] = [];
  const policies: LocatedPolicy[] = [];
  const ends = new Map<string, number>();
  for (const policy of parsed.value) {
    // A file may contain the same text twice.
    const start = text.indexOf(policy.text, ends.get(policy.text));
    ends.set(policy.text, start + policy.text.length);
    const line = lineAt(text, start);
    const mistake = mistakeIn(policy);
    if (mistake !== null) errors.push({ file, line, message: mistake });
    else policies.push(locate(policy, file, line));
  }
  return errors.length === 0 ? ok(policies) : err(errors);
}

function mistakeIn({ annotations, effect }: ParsedPolicy): string | null {
  const id = annotations['id'];
  if (id === undefined || id === '') {
    const what = id === '' ? 'an @id without a value' : 'no @id';
    return `a ${effect} has ${what}; write @id("a-short-name") above it`;
  }
  if (!POLICY_ID.test(id)) {
    return `@id("${id}") is not a valid id; use at most 63 lower-case letters, digits and hyphens, starting with a letter`;
  }
  if (effect === 'forbid' && (annotations['advice'] ?? '') === '') {
    return `the forbid '${id}' has no @advice; write @advice("what to do instead") below its @id`;
  }
  const { acknowledged } = annotations;
  const read = acknowledged === undefined ? null : readAnnotation(acknowledged);
  return read === null || read.ok ? null : `the @acknowledged of '${id}' ${read.error}`;
}

function locate(policy: ParsedPolicy, file: string, line: number): LocatedPolicy {
  const { id = '', advice, acknowledged = null } = policy.annotations;
  const read = acknowledged === null ? null : readAnnotation(acknowledged);
  const { effect, text, references, mentions, head } = policy;
  return {
    ...{ id, effect, text, references, mentions, head, file, line },
    advice: advice ?? null,
    acknowledged: read?.ok ? read.value : {},
  };
}
