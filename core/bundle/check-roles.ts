import { type Entitlement, targetPartition } from '../entitlement.ts';
import { parseRoleArn } from '../role-arn.ts';
import type { BundleError } from './bundle.ts';
import { allowsRoleChaining, rolesBeyond } from './role-chaining.ts';
import type { Located } from './yaml-file.ts';

/** The target and the chained roles of an entitlement. */
export function checkRoles(entitlement: Located<Entitlement>): readonly BundleError[] {
  const { value, error } = entitlement;
  const target = isRole(value.target) ? [] : [error(['target'], mistakeInTarget(value.target))];
  const chained = value.chainedRoles.flatMap((role, index) =>
    isRole(role.replaceAll('{{partition}}', targetPartition(value)))
      ? []
      : [error(['chainedRoles', index], NOT_A_ROLE)],
  );
  return [...target, ...chained, ...checkChaining(entitlement)];
}

const NOT_A_ROLE =
  'is not the ARN of one IAM role; write one such as arn:aws:iam::{{account}}:role/valetkey/name, with no placeholders except {{account}} and {{region}}';

function mistakeInTarget(target: string): string {
  return target.includes('{{partition}}')
    ? 'names no partition, and {{partition}} is what it names; write aws, or another one'
    : NOT_A_ROLE;
}

/** The deployment's placeholders have values by the time the ARN is used. */
function isRole(arn: string): boolean {
  const filled = arn.replaceAll('{{account}}', '0'.repeat(12)).replaceAll('{{region}}', 'r');
  return parseRoleArn(filled) !== null;
}

/** A session may go on only to listed roles, because the kill switch must reach it there as well. */
function checkChaining({ value, error }: Located<Entitlement>): readonly BundleError[] {
  const beyond = rolesBeyond(value.statements, value.chainedRoles);
  if (beyond.length > 0) {
    const hint =
      'list the roles under chainedRoles and in Resource, or add { Effect: Deny, Action: "sts:AssumeRole", Resource: "*" }';
    const message = `allow sts:AssumeRole on ${beyond.join(', ')}, where the kill switch has no effect; ${hint}`;
    return [error(['statements'], message)];
  }
  if (value.chainedRoles.length === 0 || allowsRoleChaining(value.statements)) return [];
  const message =
    'lists roles that no statement allows the session to assume; allow sts:AssumeRole on them, or remove them';
  return [error(['chainedRoles'], message)];
}
