import { assemble } from '../bundle/assemble.ts';
import { type Bundle, type BundleError, type BundleFiles, inOrder } from '../bundle/bundle.ts';
import { CEDAR_SCHEMA } from '../bundle/cedar-schema.ts';
import { checkEntitlement } from '../bundle/check-entitlement.ts';
import { checkIssuers } from '../bundle/check-issuers.ts';
import { checkLimits } from '../bundle/check-limits.ts';
import { checkReferences } from '../bundle/check-references.ts';
import { checkSize } from '../bundle/check-size.ts';
import { duplicatePolicies, duplicates, missing } from '../bundle/check-unique.ts';
import { entitlementFile } from '../bundle/entitlement-file.ts';
import { issuersFile } from '../bundle/issuers-file.ts';
import { limitsFile } from '../bundle/limits-file.ts';
import { lineAt } from '../bundle/line-at.ts';
import { withStatements } from '../bundle/pasted-policy.ts';
import { type LocatedPolicy, readPolicies } from '../bundle/policy-file.ts';
import type { PolicyLanguage } from '../bundle/policy-language.ts';
import { type Located, readYaml } from '../bundle/yaml-file.ts';
import type { Entitlement } from '../entitlement.ts';
import type { Issuer } from '../issuer.ts';
import type { Limits } from '../limits.ts';
import { err, ok, type Result } from '../result.ts';
import type { LocatedCase } from './cases-file.ts';
import { checkCases } from './check-cases.ts';
import { readCases } from './read-cases.ts';

const ISSUERS = 'issuers.yaml';
const LIMITS = 'limits.yaml';

/** A bundle, and where each part of it is in its files. */
export type BundleSources = {
  readonly bundle: Bundle;
  readonly files: BundleFiles;
  readonly entitlements: readonly Located<Entitlement>[];
  readonly policies: readonly LocatedPolicy[];
  readonly issuers: Located<readonly Issuer[]>;
  readonly cases: readonly LocatedCase[];
};

/**
 * Reads the files of a policy bundle, checks each alone and against the others, and makes the hash. The
 * cases are read, not run.
 *
 * @returns the bundle, or every mistake found, with file and line.
 */
export function readBundle(
  files: BundleFiles,
  cedar: PolicyLanguage,
): Result<BundleSources, readonly BundleError[]> {
  const errors: BundleError[] = [];
  const keep = <T>(result: Result<T, readonly BundleError[]>): T | null => {
    if (result.ok) return result.value;
    errors.push(...result.error);
    return null;
  };

  const issuers = keep(readIssuers(files));
  const limits = keep(readLimits(files));
  const entitlements: Located<Entitlement>[] = [];
  const policies: LocatedPolicy[] = [];
  const cases: LocatedCase[] = [];
  for (const [file, text] of files) {
    if (/^entitlements\/[^/]+\.ya?ml$/.test(file)) {
      const entitlement = keep(readYaml(file, text, entitlementFile, withStatements));
      if (entitlement !== null) entitlements.push(entitlement);
    } else if (/^policies\/[^/]+\.cedar$/.test(file)) {
      policies.push(...(keep(readPolicies(file, text, cedar)) ?? []));
    } else if (/^cases\/[^/]+\.ya?ml$/.test(file)) {
      cases.push(...(keep(readCases(file, text)) ?? []));
    }
  }
  if (errors.length > 0 || issuers === null || limits === null) return err(inOrder(errors));

  errors.push(
    ...checkIssuers(issuers),
    ...entitlements.flatMap((entitlement) => {
      const mistakes = checkEntitlement(entitlement, issuers.value);
      // The size is known only once the statements render.
      return mistakes.length > 0 ? mistakes : checkSize(entitlement);
    }),
    ...duplicates(entitlements),
    ...duplicatePolicies(policies),
    ...validate(policies, files, cedar),
    ...checkReferences(policies, entitlements, issuers.value),
    ...checkLimits(limits, entitlements),
    ...missing('entitlements', entitlements.length),
    ...missing('policies', policies.length),
    ...checkCases(cases, policies),
  );
  if (errors.length > 0) return err(inOrder(errors));
  const bundle = assemble(files, entitlements, policies, issuers.value, limits.value);
  return ok({ bundle, files, entitlements, policies, issuers, cases });
}

function readIssuers(
  files: BundleFiles,
): Result<Located<readonly Issuer[]>, readonly BundleError[]> {
  const text = files.get(ISSUERS);
  if (text === undefined) {
    const message = 'is missing; create it, with the OIDC issuers whose tokens the broker accepts';
    return err([{ file: ISSUERS, line: 1, message }]);
  }
  const read = readYaml(ISSUERS, text, issuersFile);
  return read.ok ? ok({ ...read.value, value: read.value.value.issuers }) : read;
}

/** A bundle without the file has the limits that everybody has by default. */
function readLimits(files: BundleFiles): Result<Located<Limits>, readonly BundleError[]> {
  return readYaml(LIMITS, files.get(LIMITS) ?? '{}', limitsFile);
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
    const line = lineAt(source, source.indexOf(policy.text) + offset);
    return { file: policy.file, line, message: `policy '${policyId}': ${message}` };
  });
}
