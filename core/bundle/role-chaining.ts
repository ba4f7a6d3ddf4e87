import type { Statement } from '../entitlement.ts';

const ASSUME_ROLE = 'sts:assumerole';

/**
 * Whether statements let a session assume further roles, where its session policy would no longer
 * hold. An unconditional Deny of it on every resource settles the matter.
 */
export function allowsRoleChaining(statements: readonly Statement[]): boolean {
  return chaining(statements).length > 0;
}

/** The resources on which statements allow it beside those that are named. */
export function rolesBeyond(
  statements: readonly Statement[],
  named: readonly string[],
): readonly string[] {
  const resources = chaining(statements).flatMap((it) => it.Resource ?? ['NotResource']);
  return [...new Set(resources)].filter((resource) => !named.includes(resource));
}

function chaining(statements: readonly Statement[]): readonly Statement[] {
  const denied = statements.some(
    (it) =>
      it.Effect === 'Deny' &&
      it.Condition === undefined &&
      it.Resource?.includes('*') === true &&
      coversAssumeRole(it),
  );
  return denied ? [] : statements.filter((it) => it.Effect === 'Allow' && coversAssumeRole(it));
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
