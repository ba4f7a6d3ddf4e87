import type { Entitlement } from '../entitlement.ts';
import type { Issuer } from '../issuer.ts';
import type { BundleError } from './bundle.ts';
import type { LocatedPolicy } from './policy-file.ts';
import type { EntityReference } from './policy-language.ts';
import type { Located } from './yaml-file.ts';

/** A policy that names something unknown would never apply, without any error at run time. */
export function checkReferences(
  policies: readonly LocatedPolicy[],
  entitlements: readonly Located<Entitlement>[],
  issuers: readonly Issuer[],
): readonly BundleError[] {
  const known = entitlements.map(({ value }) => value.id);
  const issuerIds = issuers.map(({ id }) => id);
  return policies.flatMap(({ id, file, line, references }) =>
    references.flatMap((reference) => {
      const mistake = mistakeIn(reference, known, issuerIds);
      return mistake === null ? [] : [{ file, line, message: `policy '${id}': ${mistake}` }];
    }),
  );
}

function mistakeIn(
  { type, id }: EntityReference,
  entitlements: readonly string[],
  issuers: readonly string[],
): string | null {
  switch (type) {
    case 'ValetKey::Entitlement':
      return entitlements.includes(id)
        ? null
        : `entitlement '${id}' does not exist; the bundle has: ${entitlements.join(', ')}`;
    case 'ValetKey::Broker':
      return id === 'broker'
        ? null
        : `ValetKey::Broker::"${id}" does not exist; write ValetKey::Broker::"broker"`;
    case 'ValetKey::Group':
    case 'ValetKey::User':
    case 'ValetKey::Workload':
      return issuerMistake(id, issuers);
    default:
      return null;
  }
}

/** @returns null if the text starts with the id of an issuer of the bundle and a colon. */
export function issuerMistake(qualified: string, issuers: readonly string[]): string | null {
  const issuer = qualified.slice(0, Math.max(0, qualified.indexOf(':')));
  if (issuers.includes(issuer)) return null;
  return `'${qualified}' does not start with an issuer id and a colon; the issuers are: ${issuers.join(', ')}`;
}
