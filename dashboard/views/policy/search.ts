import type { Bundle, CompiledEntitlement, CompiledPolicy } from '../../../core/bundle/bundle.ts';
import type { Statement } from '../../../core/entitlement.ts';

/** What is found in a bundle by the words that somebody types: all of them have to occur. */

export function entitlementsWith(bundle: Bundle, words: string): readonly CompiledEntitlement[] {
  return Object.values(bundle.entitlements).filter((entitlement) =>
    hasAll(textOf(entitlement), words),
  );
}

export function policiesWith(bundle: Bundle, words: string): readonly CompiledPolicy[] {
  return allPolicies(bundle).filter(({ id, text, place = '' }) =>
    hasAll(`${id} ${text} ${place}`, words),
  );
}

/** Those that were written, and those that were made of the approvers of entitlements. */
export function allPolicies(bundle: Bundle): readonly CompiledPolicy[] {
  return [...Object.values(bundle.policies), ...bundle.approverPolicies];
}

/** The policies whose text or head names an entitlement, and those about all of them. */
export function policiesAbout(bundle: Bundle, id: string): readonly CompiledPolicy[] {
  return Object.values(bundle.policies).filter(
    ({ head, text }) =>
      head.resource === `ValetKey::Entitlement::${id}` ||
      (head.resource === null && text.includes(`"${id}"`)),
  );
}

export function actionsOf(statements: readonly Statement[]): readonly string[] {
  return [
    ...new Set(statements.flatMap(({ Action = [], NotAction = [] }) => [...Action, ...NotAction])),
  ];
}

function textOf(entitlement: CompiledEntitlement): string {
  const { id, title, description = '', risk, labels, target, statements, approval } = entitlement;
  const people = [...(approval?.approvers ?? []), ...(approval?.escalateTo ?? [])];
  return [
    id,
    title,
    description,
    risk,
    target,
    ...labels,
    ...people,
    JSON.stringify(statements),
  ].join(' ');
}

function hasAll(text: string, words: string): boolean {
  const lower = text.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}
