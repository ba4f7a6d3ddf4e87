import { Validations } from 'aws-cdk-lib';
import type { TargetAccountStack, TargetRole } from './target-account-stack.ts';

/**
 * What target roles are allowed is for whoever writes it down: cdk-nag need not ask again about exactly
 * that. (It takes no pattern, so each finding is named.)
 */
export function acknowledgeRights(stack: TargetAccountStack, roles: readonly TargetRole[]): void {
  const statements = roles.flatMap((role) => role.statements ?? []);
  const findings = [
    ...roles.flatMap(({ policies = [] }) => policies.map((arn) => `IAM4[Policy::${arn}]`)),
    ...wildcards(statements, 'Action').map((it) => `IAM5[Action::${it}]`),
    ...wildcards(statements, 'Resource').map((it) => `IAM5[Resource::${it}]`),
  ];
  for (const finding of new Set(findings)) {
    Validations.of(stack).acknowledge({
      id: `AwsSolutions::AwsSolutions-${finding}`,
      reason:
        'It is asked for by name, and is the most that a role can do: the session policy of each grant limits it.',
    });
  }
}

function wildcards(statements: readonly object[], field: 'Action' | 'Resource'): readonly string[] {
  return statements
    .flatMap((it) => (it as Readonly<Record<string, unknown>>)[field])
    .filter((it) => typeof it === 'string')
    .filter((it) => it.includes('*'));
}
