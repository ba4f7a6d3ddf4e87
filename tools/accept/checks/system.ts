import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { writeBundle } from '../write-bundle.ts';
import { type Check, must, seconds } from './checks.ts';

/** What happens behind the calls, and what deployments do to it. */

const PATIENCE_MS = 60_000;

export const WORKFLOW: Check = {
  title: 'starts the workflow from the stream, and ends it with the grant',
  run: async ({ broker, run, outputs }) => {
    const vended = await broker.vend('read');
    const sfn = new SFNClient({ region: run.region });
    const machine = outputs.stateMachineArn.replace(':stateMachine:', ':execution:');
    const command = new DescribeExecutionCommand({ executionArn: `${machine}:${vended.grant.id}` });
    const execution = () => sfn.send(command).catch(() => null);
    let started = 0;
    const running = async (): Promise<boolean> => {
      started = (await execution())?.startDate?.getTime() ?? 0;
      return started > 0;
    };
    await broker.until('the workflow to start', running, PATIENCE_MS);
    await broker.revoke(vended);
    const ended = async (): Promise<boolean> => (await execution())?.status === 'SUCCEEDED';
    const status = async (): Promise<boolean> => (await broker.statusOf(vended)) === 'revoked';
    const revoked = await broker.until('the grant to be revoked', status, PATIENCE_MS);
    const { body } = await broker.call('GET', `/v1/grants/${vended.grant.id}/events`);
    const types = (body['events'] as readonly { readonly type: string }[]).map(({ type }) => type);
    must(
      types.includes('vended') && types.includes('revoked'),
      `its events are ${types.join(', ')}`,
    );
    const lag = started - Date.parse(vended.grant.createdAt);
    const over = await ended();
    return [
      `started ${seconds(lag)} after the grant; the grant was revoked ${seconds(revoked)} after the call`,
      `its events: ${types.join(', ')}`,
      over ? 'the workflow is over' : 'the workflow waits for the last key, to prune the deny',
    ];
  },
};

export const FAILED_DEPLOYMENT: Check = {
  title: 'goes on through a deployment that fails',
  run: async ({ broker, cdk, run, subject }) => {
    const before = await broker.vend('read');
    writeBundle(run, subject, { doomed: true, broken: true });
    const failed = await cdk.deploy().then(
      () => null,
      (error: unknown) => String(error),
    );
    must(failed !== null, 'the deployment did not fail, although IAM refuses the policy of a role');
    must(await broker.reads(before.credentials), 'keys from before died');
    const after = await broker.vend('read');
    must(await broker.reads(after.credentials), 'new keys do not work');
    return ['CloudFormation rolled back; keys from before and new keys work'];
  },
};

export const SECOND_DEPLOYMENT: Check = {
  title: 'takes another bundle, and ends what it no longer allows',
  run: async ({ broker, cdk, run, subject }) => {
    const [kept, doomed] = [await broker.vend('read'), await broker.vend('doomed')];
    must(await broker.reads(doomed.credentials), 'the keys do not work');
    writeBundle(run, subject, { doomed: false, broken: false });
    await cdk.deploy();
    const begun = Date.now();
    const refused = (await broker.call('POST', `/v1/grants/${doomed.grant.id}/credentials`)).status;
    must(refused !== 200, 'the removed entitlement still vends');
    const dead = async (): Promise<boolean> => !(await broker.reads(doomed.credentials));
    await broker.until('the keys of the removed entitlement to die', dead, 6 * PATIENCE_MS);
    must(await broker.reads(kept.credentials), 'the keys of the other entitlement died');
    return [
      `keys of the removed entitlement were dead ${seconds(Date.now() - begun)} after the deployment; others work`,
    ];
  },
};
