import {
  chainedRoleArns,
  type Deployment,
  type Entitlement,
  type Parameters,
  targetRoleArn,
} from '../entitlement.ts';
import { parseRoleArn } from '../role-arn.ts';
import { renderStatements } from '../session-policy/template.ts';
import type { Judging } from './judge.ts';

/**
 * What it takes to judge the use of an entitlement as it is now.
 *
 * @param parameters of a grant; those that it has none for stand for any value, as they all do for several grants
 */
export function judgingOf(
  entitlement: Entitlement,
  deployment: Deployment,
  parameters: Parameters,
  rest: Pick<Judging, 'meaning' | 'logs'>,
): Judging {
  const names = Object.keys(entitlement.parameters);
  const open = Object.fromEntries(names.map((name) => [name, `{{${name}}}`]));
  const roles = [
    targetRoleArn(entitlement, deployment),
    ...chainedRoleArns(entitlement, deployment),
  ];
  const accounts = roles.flatMap((role) => parseRoleArn(role)?.account ?? []);
  return {
    ...rest,
    statements: renderStatements(entitlement, { ...open, ...parameters }, deployment),
    accounts: [...new Set(accounts)],
  };
}
