import type { Statement } from '../entitlement.ts';

const ASSUME_ROLE = 'sts:assumerole';

/**
 * Whether statements let a session assume further roles, where its session policy would no longer
 * hold. An unconditional Deny of it on every resource settles the matter.
 */
export function allowsRoleChaining(statements: readonly Statement[]): boolean {
  const denied = statements.some(
    (it) =>
      it.Effect === 'Deny' &&
      it.Condition === undefined &&
      it.Resource?.includes('*') === true &&
      coversAssumeRole(it),
  );
  return !denied && statements.some((it) => it.Effect === 'Allow' && coversAssumeRole(it));
}

function coversAssumeRole(statement: Statement): boolean {
  if (statement.Action !== undefined) return statement.Action.some(matchesAssumeRole);
  return !(statement.NotAction ?? []).some(matchesAssumeRole);
}

/** IAM matches actions without regard to case; `*` is any text, `?` any one character. */
function matchesAssumeRole(pattern: string): boolean {
  const expression = pattern
    .toLowerCase()
    .replace(/[.+^$(){}|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(ASSUME_ROLE);
}
