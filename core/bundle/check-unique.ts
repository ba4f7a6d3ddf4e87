import type { Entitlement } from '../entitlement.ts';
import type { BundleError } from './bundle.ts';
import type { LocatedPolicy } from './policy-file.ts';
import type { Located } from './yaml-file.ts';

/** Ids are how everything else is named, so two of the same are a mistake. */
export function duplicates(entitlements: readonly Located<Entitlement>[]): readonly BundleError[] {
  return entitlements.flatMap((it, index) => {
    const first = entitlements.findIndex(({ value }) => value.id === it.value.id);
    if (first === index) return [];
    return [
      it.error(['id'], `'${it.value.id}' is taken by ${entitlements[first]?.file}; choose another`),
    ];
  });
}

export function duplicatePolicies(policies: readonly LocatedPolicy[]): readonly BundleError[] {
  return policies.flatMap(({ id, file, line }, index) => {
    const first = policies.findIndex((other) => other.id === id);
    if (first === index) return [];
    const message = `@id("${id}") is taken in ${policies[first]?.file}; choose another`;
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
  return [{ file: folder, line: 1, message: `holds no .${ending} file; write at least one` }];
}
