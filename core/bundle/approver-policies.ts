import type { Entitlement } from '../entitlement.ts';
import type { CompiledPolicy } from './bundle.ts';

/**
 * Compiles `approvers` and `escalateTo` to permits for `vote`, so that the engine stays the only judge
 * and forbids apply to votes as well. Their ids contain a dot, which no author's id can.
 */
export function approverPolicies({ id, approval }: Entitlement): readonly CompiledPolicy[] {
  if (approval === undefined) return [];
  const first = approval.approvers.map((group, index) => permit(id, group, `approvers.${index}`));
  const second = approval.escalateTo.map((group, index) =>
    permit(id, group, `escalateTo.${index}`, ' when { context.escalated }'),
  );
  return [...first, ...second];
}

function permit(entitlement: string, group: string, name: string, when = ''): CompiledPolicy {
  const principal = `ValetKey::Group::${JSON.stringify(group)}`;
  const resource = `ValetKey::Entitlement::${JSON.stringify(entitlement)}`;
  return {
    id: `${entitlement}.${name}`,
    effect: 'permit',
    advice: null,
    head: {
      principal: `ValetKey::Group::${group}`,
      actions: ['vote'],
      resource: `ValetKey::Entitlement::${entitlement}`,
    },
    text: `permit (principal in ${principal}, action == ValetKey::Action::"vote", resource == ${resource})${when};`,
  };
}
