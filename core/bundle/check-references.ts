import { didYouMean } from '../did-you-mean.ts';
import type { Entitlement } from '../entitlement.ts';
import { type Issuer, subjectClaims, subjectShape } from '../issuer.ts';
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
  return policies.flatMap(({ id, file, line, references }) =>
    references.flatMap((reference) => {
      const mistake = mistakeIn(reference, known, issuers);
      return mistake === null ? [] : [{ file, line, message: `policy '${id}': ${mistake}` }];
    }),
  );
}

function mistakeIn(
  { type, id }: EntityReference,
  entitlements: readonly string[],
  issuers: readonly Issuer[],
): string | null {
  switch (type) {
    case 'ValetKey::Entitlement':
      return entitlements.includes(id)
        ? null
        : `entitlement '${id}' does not exist; the bundle has: ${entitlements.join(', ')}${didYouMean(id, entitlements)}`;
    case 'ValetKey::Broker':
      return id === 'broker'
        ? null
        : `ValetKey::Broker::"${id}" does not exist; write ValetKey::Broker::"broker"`;
    case 'ValetKey::Group':
    case 'ValetKey::User':
    case 'ValetKey::Workload':
      return principalMistake(type, id, issuers);
    default:
      return null;
  }
}

function principalMistake(
  type: 'ValetKey::Group' | 'ValetKey::User' | 'ValetKey::Workload',
  id: string,
  issuers: readonly Issuer[],
): string | null {
  const issuerId = issuerIdIn(id);
  const issuer = issuers.find((one) => one.id === issuerId);
  if (issuer === undefined) {
    return issuerMistake(
      id,
      issuers.map((one) => one.id),
    );
  }
  const named = id.slice(issuerId.length + 1);
  if (type === 'ValetKey::Group') {
    return named === '' ? `'${id}' names no group after the colon` : null;
  }
  if (subjectClaims(issuer, named) !== null) return null;
  return `no principal can have the id '${id}'; the ids of issuer '${issuerId}' are ${issuerId}:${subjectShape(issuer)}`;
}

/** @returns null if the text starts with the id of an issuer of the bundle and a colon. */
export function issuerMistake(qualified: string, issuers: readonly string[]): string | null {
  const issuer = issuerIdIn(qualified);
  if (issuers.includes(issuer)) return null;
  return `'${qualified}' does not start with an issuer id and a colon; the issuers are: ${issuers.join(', ')}${didYouMean(issuer, issuers)}`;
}

function issuerIdIn(qualified: string): string {
  return qualified.slice(0, Math.max(0, qualified.indexOf(':')));
}
