import { Validations } from 'aws-cdk-lib';
import type { TargetAccountStack, TargetRole } from './target-account-stack.ts';

/**
 * Acknowledges cdk-nag's findings about the rights of target roles: the configuration states these
 * rights on purpose. cdk-nag accepts no pattern, so each finding is named.
 */
export function acknowledgeRights(stack: TargetAccountStack, roles: readonly TargetRole[]): void {
  const statements = roles.flatMap((role) => role.statements ?? []);
  const findings = [
    ...roles.flatMap(({ policies = [] }) => policies.map((arn) => `IAM4[Policy::${arn}]`)),
    ...wildcards(statements, 'Action').map((action) => `IAM5[Action::${action}]`),
    ...wildcards(statements, 'Resource').map((resource) => `IAM5[Resource::${resource}]`),
  ];
  for (const finding of new Set(findings)) {
    Validations.of(stack).acknowledge({
      id: `AwsSolutions::AwsSolutions-${finding}`,
      reason:
        'The configuration states this right as the most the role can do; the session policy of each grant narrows it.',
    });
  }
}

function wildcards(statements: readonly object[], field: 'Action' | 'Resource'): readonly string[] {
  return statements
    .flatMap((statement) => (statement as Readonly<Record<string, unknown>>)[field])
    .filter((value) => typeof value === 'string')
    .filter((value) => value.includes('*'));
}
