import {
  DeleteRolePolicyCommand,
  NoSuchEntityException,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import type { Target } from './fault.ts';

/** Takes rights from roles of the broker with a policy of its own, so that what was deployed stays as it is. */

const PolicyName = 'Fault';

export async function deny(
  { root }: Target,
  roleNames: readonly string[],
  actions: readonly string[],
): Promise<void> {
  const statement = { Effect: 'Deny', Action: actions, Resource: '*' };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  for (const RoleName of roleNames) {
    await root.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  }
}

export async function allowAgain({ root }: Target, roleNames: readonly string[]): Promise<void> {
  for (const RoleName of roleNames) {
    await root.iam
      .send(new DeleteRolePolicyCommand({ RoleName, PolicyName }))
      .catch((error: unknown) => {
        if (!(error instanceof NoSuchEntityException)) throw error;
      });
  }
}
