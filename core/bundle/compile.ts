import type { Entitlement } from '../entitlement.ts';
import { sha256 } from '../ids.ts';
import type { Issuer } from '../issuer.ts';
import { err, ok, type Result } from '../result.ts';
import type { Bundle, BundleError, BundleFiles, CompiledPolicy } from './bundle.ts';
import { CEDAR_SCHEMA } from './cedar-schema.ts';
import { checkEntitlement } from './check-entitlement.ts';
import { checkIssuers } from './check-issuers.ts';
import { checkReferences } from './check-references.ts';
import { checkSize } from './check-size.ts';
import { entitlementFile } from './entitlement-file.ts';
import { issuersFile } from './issuers-file.ts';
import { samplesOf } from './pattern.ts';
import { type LocatedPolicy, lineAt, readPolicies } from './policy-file.ts';
import type { Mentions, PolicyLanguage } from './policy-language.ts';
import { type Located, readYaml } from './yaml-file.ts';

const ISSUERS = 'issuers.yaml';

/**
 * Compiles a policy bundle: reads every file, checks it alone and against the others, and hashes it.
 *
 * @returns the bundle, or every mistake that was found, with file and line.
 */
export function compileBundle(
  files: BundleFiles,
  cedar: PolicyLanguage,
): Result<Bundle, readonly BundleError[]> {
  const errors: BundleError[] = [];
  const keep = <T>(result: Result<T, readonly BundleError[]>): T | null => {
    if (result.ok) return result.value;
    errors.push(...result.error);
    return null;
  };

  const issuers = keep(readIssuers(files));
  const entitlements: Located<Entitlement>[] = [];
  const policies: LocatedPolicy[] = [];
  for (const [file, text] of files) {
    if (/^entitlements\/[^/]+\.ya?ml$/.test(file)) {
      const entitlement = keep(readYaml(file, text, entitlementFile));
      if (entitlement !== null) entitlements.push(entitlement);
    } else if (/^policies\/[^/]+\.cedar$/.test(file)) {
      policies.push(...(keep(readPolicies(file, text, cedar)) ?? []));
    }
  }
  if (errors.length > 0 || issuers === null) return err(errors);

  errors.push(
    ...checkIssuers(issuers),
    ...entitlements.flatMap((it) => {
      const mistakes = checkEntitlement(it, issuers.value);
      // What does not render cannot be measured.
      return mistakes.length > 0 ? mistakes : checkSize(it);
    }),
    ...duplicates(entitlements),
    ...duplicatePolicies(policies),
    ...validate(policies, files, cedar),
    ...checkReferences(policies, entitlements, issuers.value),
    ...missing('entitlements', entitlements.length),
    ...missing('policies', policies.length),
  );
  return errors.length > 0
    ? err(errors)
    : ok(assemble(files, entitlements, policies, issuers.value));
}

function readIssuers(
  files: BundleFiles,
): Result<Located<readonly Issuer[]>, readonly BundleError[]> {
  const text = files.get(ISSUERS);
  if (text === undefined) {
    const message = 'is missing: it says whose tokens are trusted';
    return err([{ file: ISSUERS, line: 1, message }]);
  }
  const read = readYaml(ISSUERS, text, issuersFile);
  return read.ok ? ok({ ...read.value, value: read.value.value.issuers }) : read;
}

function assemble(
  files: BundleFiles,
  entitlements: readonly Located<Entitlement>[],
  policies: readonly LocatedPolicy[],
  issuers: readonly Issuer[],
): Bundle {
  const byId = <T extends { readonly id: string }>(items: readonly T[]): Record<string, T> =>
    Object.fromEntries(items.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((it) => [it.id, it]));
  return {
    hash: hashOf(files),
    entitlements: byId(
      entitlements.map(({ value }) => ({
        ...value,
        hash: sha256(JSON.stringify(value)),
        samples: samplesOf(value),
        readsHistory: policies.some((policy) => readsHistoryOf(policy, value.id)),
      })),
    ),
    policies: byId(policies.map(withoutPlace)),
    issuers,
    mentions: allMentions(policies),
  };
}

function readsHistoryOf({ mentions, head }: LocatedPolicy, entitlement: string): boolean {
  const couldApply =
    head.resource === null || head.resource === `ValetKey::Entitlement::${entitlement}`;
  return couldApply && mentions.attributes.includes('history');
}

function allMentions(policies: readonly LocatedPolicy[]): Mentions {
  const all = (field: keyof Mentions): readonly string[] =>
    [...new Set(policies.flatMap(({ mentions }) => mentions[field]))].sort();
  return { attributes: all('attributes'), networks: all('networks'), tickets: all('tickets') };
}

function withoutPlace({ id, effect, advice, head, text }: LocatedPolicy): CompiledPolicy {
  return { id, effect, advice, head, text };
}

/** Over the schema and every file that decides, in the order of their names. */
function hashOf(files: BundleFiles): string {
  const deciding = [...files].filter(([file]) => !file.startsWith('cases/'));
  const sorted = deciding.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sha256(JSON.stringify([CEDAR_SCHEMA, ...sorted]));
}

function validate(
  policies: readonly LocatedPolicy[],
  files: BundleFiles,
  cedar: PolicyLanguage,
): readonly BundleError[] {
  const texts = Object.fromEntries(policies.map((policy) => [policy.id, policy.text]));
  return cedar.validate(CEDAR_SCHEMA, texts).map(({ policyId, offset, message }) => {
    const policy = policies.find(({ id }) => id === policyId);
    if (policy === undefined) return { file: 'policies', line: 1, message };
    const source = files.get(policy.file) ?? '';
    const start = source.indexOf(policy.text);
    const line = start < 0 ? policy.line : lineAt(source, start + offset);
    return { file: policy.file, line, message: `policy '${policyId}': ${message}` };
  });
}

function duplicates(entitlements: readonly Located<Entitlement>[]): readonly BundleError[] {
  return entitlements.flatMap((it, index) => {
    const first = entitlements.findIndex(({ value }) => value.id === it.value.id);
    if (first === index) return [];
    return [
      it.error(['id'], `'${it.value.id}' is taken by ${entitlements[first]?.file}; choose another`),
    ];
  });
}

function duplicatePolicies(policies: readonly LocatedPolicy[]): readonly BundleError[] {
  return policies.flatMap(({ id, file, line }, index) => {
    const first = policies.findIndex((other) => other.id === id);
    if (first === index) return [];
    const message = `@id("${id}") is taken in ${policies[first]?.file}; choose another`;
    return [{ file, line, message }];
  });
}

/** A missing list is an error, never an empty one (I6). */
function missing(folder: 'entitlements' | 'policies', count: number): readonly BundleError[] {
  if (count > 0) return [];
  const ending = folder === 'policies' ? 'cedar' : 'yaml';
  return [{ file: folder, line: 1, message: `holds no .${ending} file; write at least one` }];
}
