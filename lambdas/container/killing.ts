import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { STSClient } from '@aws-sdk/client-sts';
import { killRoleCredentials } from '../../adapters/iam/kill-role.ts';
import { type IamClients, iamRolePolicies } from '../../adapters/iam/role-policies.ts';
import { lambdaWaker, type Wake } from '../../adapters/lambda/waker.ts';
import { sfnWorkflow, type Workflow } from '../../adapters/sfn/workflow.ts';
import type { KillPorts } from '../../core/kill/ports.ts';
import type { RoleArn } from '../../core/role-arn.ts';
import { raisePressure } from '../../core/signals/raise-pressure.ts';
import { logger } from '../logger.ts';
import { reportSignal } from '../report-signal.ts';
import { AWS_CALL, IAM_CALL, reportFailure } from './aws-calls.ts';
import { clock, env, pause, random, recovering } from './environment.ts';
import { kills, quarantine, signals, store } from './stores.ts';

/** The part of the composition root that ends grants. */

export function killSwitch(): Omit<KillPorts, 'holder'> {
  const told = { store: store(), signals: signals(), random, clock };
  return {
    quarantine,
    kills: kills(),
    policies: iamRolePolicies(iamClients()),
    clock,
    pause,
    // The alarm Overflow counts this line.
    reportOverflow: (overflow) => logger.warn('kill switch overflow', overflow),
    reportPressure: async (pressure, holder) => {
      const raised = await raisePressure(told, pressure, holder.split(' ')[0] ?? holder);
      if (raised.ok && raised.value !== null) reportSignal(raised.value);
    },
    recovering: recovering(),
    jitter: Math.random,
  };
}

/** One client per account. Other accounts are reached through their kill role, whose name they share. */
function iamClients(): IamClients {
  const own = env('ACCOUNT_ID');
  const clients = new Map([[own, new IAMClient(IAM_CALL)]]);
  const sts = new STSClient(IAM_CALL);
  const killRole = env('KILL_ROLE');
  const of = ({ partition, account }: RoleArn): IAMClient => {
    const known = clients.get(account);
    if (known !== undefined) return known;
    const credentials = killRoleCredentials(
      sts,
      `arn:${partition}:iam::${account}:role${killRole}`,
    );
    const client = new IAMClient({ ...IAM_CALL, credentials });
    clients.set(account, client);
    return client;
  };
  return { of, forget: ({ account }) => account !== own && clients.delete(account) };
}

/** Asks the kill switch to look at grants or a role, without waiting for it. */
export function killSwitchWaker(): (what: Wake) => Promise<void> {
  return lambdaWaker(new LambdaClient(AWS_CALL), env('KILL_FUNCTION'), reportFailure);
}

export function workflow(): Workflow {
  return sfnWorkflow(new SFNClient(AWS_CALL), env('STATE_MACHINE_ARN'));
}
