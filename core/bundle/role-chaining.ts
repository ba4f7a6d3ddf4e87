import type { Statement } from '../entitlement.ts';
import { allowedActions } from './allowed-actions.ts';

/** Whether statements let a session assume further roles, where its session policy does not apply. */
export function allowsRoleChaining(statements: readonly Statement[]): boolean {
  return chaining(statements).length > 0;
}

/** The resources on which statements allow it, except those that are named. */
export function rolesBeyond(
  statements: readonly Statement[],
  named: readonly string[],
): readonly string[] {
  const resources = chaining(statements).flatMap(({ Resource }) => Resource ?? ['NotResource']);
  return [...new Set(resources)].filter((resource) => !named.includes(resource));
}

function chaining(statements: readonly Statement[]): readonly Statement[] {
  return statements.filter(
    (statement) => allowedActions(statement, ['sts:AssumeRole'], statements).length > 0,
  );
}
