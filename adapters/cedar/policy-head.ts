import type { EntityUidJson, PolicyJson } from '@cedar-policy/cedar-wasm/web';
import type { PolicyHead } from '../../core/bundle/bundle.ts';

/** The entities that a policy's head names (Cedar's "policy scope"); `is` alone names no entity. */
export function headOf({ principal, action, resource }: PolicyJson): PolicyHead {
  return {
    principal: named(principal),
    actions:
      'entities' in action
        ? action.entities.map(idOf)
        : 'entity' in action
          ? [idOf(action.entity)]
          : null,
    resource: named(resource),
  };
}

export function keyOf({ type, id }: { readonly type: string; readonly id: string }): string {
  return `${type}::${id}`;
}

function named(constraint: PolicyJson['principal'] | PolicyJson['resource']): string | null {
  if ('entity' in constraint) return keyOf(uid(constraint.entity));
  if ('in' in constraint && constraint.in !== undefined && 'entity' in constraint.in) {
    return keyOf(uid(constraint.in.entity));
  }
  return null;
}

function idOf(entity: EntityUidJson): string {
  return uid(entity).id;
}

function uid(entity: EntityUidJson) {
  return '__entity' in entity ? entity.__entity : entity;
}
