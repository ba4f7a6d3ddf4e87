import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { audienceOf, bucketName, type Run, roleArn, roleName, stackName } from './names.ts';

/** What a deployment of the run differs in. */
export type Variant = {
  /** Without it, the entitlement `doomed` is gone. */
  readonly doomed: boolean;
  /** With a role whose policy IAM refuses, so that CloudFormation fails. */
  readonly broken: boolean;
};

export type Subject = { readonly issuerUrl: string; readonly principal: string };

/** Writes the policy bundle and `valetkey.yaml` of a deployment. One principal may use it: the caller. */
export function writeBundle(run: Run, subject: Subject, variant: Variant): void {
  const policy = join(run.folder, 'policy');
  rmSync(policy, { recursive: true, force: true });
  const write = (file: string, content: object | string): void => {
    mkdirSync(join(policy, file, '..'), { recursive: true });
    writeFileSync(
      join(policy, file),
      typeof content === 'string' ? content : stringify(content, { aliasDuplicateObjects: false }),
    );
  };
  write('issuers.yaml', { issuers: [issuer(run, subject)] });
  write('policies/accept.cedar', cedar(subject.principal));
  for (const entitlement of entitlements(run, variant)) {
    write(`entitlements/${entitlement.id}.yaml`, entitlement);
  }
  writeFileSync(join(run.folder, 'valetkey.yaml'), stringify(config(run, policy, variant)));
}

function issuer(run: Run, { issuerUrl }: Subject) {
  const audience = audienceOf(run);
  return { id: 'aws', type: 'Workload', url: issuerUrl, audience, subject: ['sub'], name: 'sub' };
}

function cedar(principal: string): string {
  return `@id("the-run-may-use-what-it-made")
permit (
  principal == ValetKey::Workload::${JSON.stringify(`aws:${principal}`)},
  action in [ValetKey::Action::"request", ValetKey::Action::"autoApprove"],
  resource
);
`;
}

function entitlements(run: Run, { doomed }: Variant) {
  const objects = `arn:${run.partition}:s3:::${bucketName(run)}`;
  const common = { risk: 'low', maxDuration: '1h', justification: 'optional' };
  const read = (path: string) => [
    { Effect: 'Allow', Action: 's3:GetObject', Resource: `${objects}/${path}/*` },
  ];
  const removed = {
    ...{ id: 'doomed', title: 'Removed by the second deployment', ...common },
    ...{ target: roleArn(run, 'reader'), statements: read('one') },
  };
  return [
    {
      ...{ id: 'read', title: 'Read a prefix', ...common, target: roleArn(run, 'reader') },
      parameters: { prefix: { pattern: '[a-z]{1,20}', description: 'Key prefix' } },
      statements: read('{{prefix}}'),
    },
    {
      ...{ id: 'chained', title: 'Assume another role', ...common },
      ...{ target: roleArn(run, 'start'), statements: [assumeEnd(run)] },
      chainedRoles: [roleArn(run, 'end')],
    },
    ...(doomed ? [removed] : []),
  ];
}

function assumeEnd(run: Run) {
  const Action = ['sts:AssumeRole', 'sts:SetSourceIdentity'];
  return { Effect: 'Allow', Action, Resource: roleArn(run, 'end') };
}

function config(run: Run, policy: string, { broken }: Variant) {
  const objects = `arn:${run.partition}:s3:::${bucketName(run)}/*`;
  const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: objects };
  const roles = [
    { name: roleName(run, 'reader'), statements: [read] },
    { name: roleName(run, 'start'), statements: [assumeEnd(run)] },
    {
      ...{ name: roleName(run, 'end'), statements: [read] },
      ...{ vended: false, chainedFrom: [roleArn(run, 'start')] },
    },
    ...(broken
      ? [{ name: roleName(run, 'broken'), statements: [{ ...read, Effect: 'Perhaps' }] }]
      : []),
  ];
  const { account, region } = run;
  return {
    ...{ stackName: stackName(run), account, region, policy },
    // What the run made goes with it.
    ...{ keepData: false, logRetentionDays: 1, targets: [{ account, roles }] },
  };
}
