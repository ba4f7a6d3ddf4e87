import type { Entitlement } from '../entitlement.ts';
import type { BundleError } from './bundle.ts';
import type { LocatedPolicy } from './policy-file.ts';
import type { Located } from './yaml-file.ts';

/** Everything refers to entitlements by id, so no two may have the same. */
export function duplicates(entitlements: readonly Located<Entitlement>[]): readonly BundleError[] {
  return entitlements.flatMap(({ value: { id }, error }, index) => {
    const first = entitlements.slice(0, index).find(({ value }) => value.id === id);
    if (first === undefined) return [];
    const message = `'${id}' is already used in ${first.file}; choose another id`;
    return [error(['id'], message)];
  });
}

/** Decisions name policies by id, so no two may have the same. */
export function duplicatePolicies(policies: readonly LocatedPolicy[]): readonly BundleError[] {
  return policies.flatMap(({ id, file, line }, index) => {
    const first = policies.slice(0, index).find((other) => other.id === id);
    if (first === undefined) return [];
    const message = `@id("${id}") is already used in ${first.file}; choose another id`;
    return [{ file, line, message }];
  });
}

/** A missing list is an error, never an empty one (I6). */
export function missing(
  folder: 'entitlements' | 'policies',
  count: number,
): readonly BundleError[] {
  if (count > 0) return [];
  const ending = folder === 'policies' ? 'cedar' : 'yaml';
  return [{ file: folder, line: 1, message: `has no .${ending} file; add at least one` }];
}
