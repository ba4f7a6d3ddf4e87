import { runSimulation } from '@cloud-copilot/iam-simulate';
import { DEPLOYMENT } from './grants.ts';
import type { Call } from './our-reasoning.ts';

/** A role with all permissions, as on the local stack: only the session policy limits. */
const ROLE_POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

/**
 * Whether @cloud-copilot/iam-simulate allows a call under the role policy and a session policy. The
 * resource is in the caller's own account, so that no resource policy is needed.
 *
 * @throws Error if the simulator rejects the call or the policy as invalid.
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

/** Whether the simulator's copy of the Service Authorization Reference has an action. */
export async function isKnownAction(action: string): Promise<boolean> {
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::${DEPLOYMENT.account}:assumed-role/generated/vk_0`,
        action,
        resource: { resource: '*', accountId: DEPLOYMENT.account },
        contextVariables: {},
      },
      identityPolicies: [],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (answer.resultType !== 'error') return true;
  if (/^invalid\.(action|service)$/.test(answer.errors.message)) return false;
  throw new Error(`cannot look up ${action}: ${JSON.stringify(answer.errors)}`);
}

/** Whether the simulator denies a session of a role everything, under the text of the role's kill switch. */
export async function deniesSession(
  killSwitch: string | null,
  { sourceIdentity, issuedAt }: { readonly sourceIdentity: string; readonly issuedAt: number },
): Promise<boolean> {
  const policies = [
    { name: 'role', policy: ROLE_POLICY },
    ...(killSwitch === null ? [] : [{ name: 'kill', policy: JSON.parse(killSwitch) }]),
  ];
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::${DEPLOYMENT.account}:assumed-role/generated/vk_0`,
        action: 's3:GetObject',
        resource: { resource: 'arn:aws:s3:::artifacts/a', accountId: DEPLOYMENT.account },
        contextVariables: {
          'aws:SourceIdentity': sourceIdentity,
          // AWS keeps whole seconds.
          'aws:TokenIssueTime': `${new Date(issuedAt).toISOString().slice(0, 19)}Z`,
        },
      },
      identityPolicies: policies,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (answer.resultType !== 'error') return answer.overallResult === 'ExplicitlyDenied';
  throw new Error(`cannot simulate: ${JSON.stringify([answer.errors, killSwitch])}`);
}
