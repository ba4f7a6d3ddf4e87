import { runSimulation } from '@cloud-copilot/iam-simulate';
import { DEPLOYMENT } from './grants.ts';
import type { Call } from './our-reasoning.ts';

/** The role as the local stack's sample roles are: the session policy alone limits. */
const ROLE_POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

/**
 * What @cloud-copilot/iam-simulate says of a call under a role policy and a session policy. The
 * resource counts as the caller's own account's: a resource policy's part is not in question here.
 *
 * @throws Error where the simulator takes the call or the policy for impossible.
 */
export async function simulate(sessionPolicy: string, call: Call): Promise<boolean> {
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::${DEPLOYMENT.account}:assumed-role/generated/vk_0`,
        action: call.action,
        resource: { resource: call.resource, accountId: DEPLOYMENT.account },
        contextVariables: { ...call.context, 'aws:CurrentTime': new Date(call.now).toISOString() },
      },
      sessionPolicy: JSON.parse(sessionPolicy),
      identityPolicies: [{ name: 'role', policy: ROLE_POLICY }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (answer.resultType !== 'error') return answer.overallResult === 'Allowed';
  throw new Error(`cannot simulate: ${JSON.stringify([answer.errors, call, sessionPolicy])}`);
}
