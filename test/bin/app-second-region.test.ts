import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { actionsOf, only, resources, statementsByRole } from '../support/broker-template.ts';
import { appSynth, type Synthesis } from '../support/synth.ts';

/** The app of both Regions, and of the second one when it has taken over. */

const ACCOUNT = '222222222222';
const HERE = 'eu-central-1';
const KEY = `arn:aws:kms:${HERE}:${ACCOUNT}:key/mrk-1a2b`;
const table = (name: string) => ({
  name,
  streamArn: `arn:aws:dynamodb:${HERE}:${ACCOUNT}:table/${name}/stream/2026`,
  keyArn: KEY,
});
const state = (name: string) => ({
  table: table(name),
  ledger: { bucket: 'acme-copy', keyArn: KEY },
  roles: ['vend', 'kill', 'ledger'],
});
const ledger = { origin: `${ACCOUNT}.eu-west-1.ValetKey.valetkey` };
const targets = [{ account: '111111111111', roles: [{ name: 'reports' }] }];
const CONFIGS = {
  first: {
    ...{ account: ACCOUNT, region: 'eu-west-1', secondRegion: HERE, targets },
    mails: { security: ['security@acme.example'] },
  },
  standby: { account: ACCOUNT, region: HERE, standby: true, state: state('waiting'), ledger },
  moved: {
    ...{ account: ACCOUNT, region: 'eu-west-1', secondRegion: HERE },
    state: JSON.parse(JSON.stringify(state('old')).replaceAll(HERE, 'eu-west-1')) as object,
  },
  taken: { account: ACCOUNT, region: HERE, state: state('restored'), ledger },
};

/** Who takes over has the resources of the standby. */
const VALIDATED = Object.keys(CONFIGS).filter((name) => name !== 'taken');

const folder = mkdtempSync(join(tmpdir(), 'valetkey-regions-'));
const apps = new Map<string, Synthesis>();
beforeAll(async () => {
  for (const [name, content] of Object.entries(CONFIGS)) {
    const config = join(folder, `${name}.yaml`);
    writeFileSync(config, JSON.stringify(content));
    const recovery = name === 'taken' ? 'on' : 'off';
    const validated = VALIDATED.includes(name);
    apps.set(name, await appSynth({ config, recovery }, { validated }));
  }
}, 720_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const app = (name: string): Synthesis => {
  const found = apps.get(name);
  if (found?.succeeded !== true) throw new Error(found?.output);
  return found;
};
const of = (name: string, stack: string) =>
  Template.fromJSON(JSON.parse(app(name).templates[stack] ?? '') as object);
const environments = (template: Template) =>
  Object.values(resources(template, 'AWS::Lambda::Function')).map(
    ({ Properties }) => (Properties['Environment'] as { readonly Variables: object }).Variables,
  );

test.each(VALIDATED)('the app of %s passes cdk-nag', (name) => {
  const { pluginReports } = JSON.parse(app(name).validation) as {
    readonly pluginReports: object[];
  };
  expect(pluginReports).toMatchObject([{ conclusion: 'success', violations: [] }]);
});

describe('the first Region', () => {
  const copy = { 'Fn::GetStackOutput': { StackName: 'ValetKey-ledger-copy' } };

  test('copies the ledger within a quarter of an hour, and no delete marker', () => {
    const bucket = only(of('first', 'ValetKeyState'), 'AWS::S3::Bucket');
    const time = { Status: 'Enabled', Time: { Minutes: 15 } };
    expect(bucket.Properties['ReplicationConfiguration']).toMatchObject({
      Rules: [
        {
          ...{ Id: 'second-region', Status: 'Enabled' },
          DeleteMarkerReplication: { Status: 'Disabled' },
          Destination: {
            ReplicationTime: time,
            Metrics: { Status: 'Enabled', EventThreshold: { Minutes: 15 } },
          },
        },
      ],
    });
    const { 'Fn::GetStackOutput': output } = copy;
    expect(JSON.stringify(bucket.Properties['ReplicationConfiguration'])).toContain(
      output.StackName,
    );
  });

  test('lets S3 read versions with their retention, and write copies of them, no more', () => {
    const template = of('first', 'ValetKeyState');
    const copier = [...statementsByRole(template).values()].flat();
    expect(actionsOf(copier)).toEqual([
      's3:GetObjectLegalHold',
      's3:GetObjectRetention',
      's3:GetObjectVersionAcl',
      's3:GetObjectVersionForReplication',
      's3:GetObjectVersionTagging',
      's3:GetReplicationConfiguration',
      's3:ListBucket',
      's3:ReplicateObject',
      's3:ReplicateTags',
    ]);
    expect(Object.values(resources(template, 'AWS::IAM::Role'))).toContainEqual(
      expect.objectContaining({
        Properties: expect.objectContaining({ RoleName: 'ValetKey-copy-eu-west-1' }),
      }),
    );
  });

  test('is told to deploy the copy before its state, and the rest after it', () => {
    const manifest = JSON.parse(app('first').manifest) as {
      readonly artifacts: Record<string, { readonly dependencies?: readonly string[] }>;
    };
    const needs = (id: string) => manifest.artifacts[id]?.dependencies ?? [];
    expect(needs('ValetKeyState')).toContain('ValetKeyLedgerCopy');
    expect(needs('ValetKeyStandby')).toContain('ValetKeyState');
    const places = ['ValetKeyLedgerCopy', 'ValetKeyStandby', 'ValetKey'].map(
      (id) => (manifest.artifacts[id] as { readonly environment?: string }).environment,
    );
    expect(places).toEqual([
      `aws://${ACCOUNT}/${HERE}`,
      `aws://${ACCOUNT}/${HERE}`,
      `aws://${ACCOUNT}/eu-west-1`,
    ]);
  });

  test('has a bucket there with the same lock, which keeps every version', () => {
    const [there, here] = ['ValetKeyLedgerCopy', 'ValetKeyState'].map((id) =>
      only(of('first', id), 'AWS::S3::Bucket'),
    );
    for (const name of [
      'ObjectLockEnabled',
      'ObjectLockConfiguration',
      'VersioningConfiguration',
    ]) {
      expect(there?.Properties[name]).toEqual(here?.Properties[name]);
      expect(there?.Properties[name]).toBeDefined();
    }
    expect(there?.DeletionPolicy).toBe('Retain');
    // The standby's stack has it: a bucket has one policy.
    expect(resources(of('first', 'ValetKeyLedgerCopy'), 'AWS::S3::BucketPolicy')).toEqual({});
  });

  test("has a replica of the ledger's key there, with which only the ledger signs", () => {
    const key = only(of('first', 'ValetKeyStandby'), 'AWS::KMS::ReplicaKey');
    expect(key).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        PendingWindowInDays: 30,
        PrimaryKeyArn: {
          'Fn::GetStackOutput': {
            StackName: 'ValetKey-state',
            OutputName: 'LedgerKeyArn',
            Region: 'eu-west-1',
          },
        },
      },
    });
    expect(key.Properties['KeyPolicy']).toMatchObject({
      Statement: [{ Action: 'kms:*' }, { Effect: 'Deny', Action: 'kms:Sign' }],
    });
    expect(JSON.stringify(key.Properties['KeyPolicy'])).toContain(':role/ValetKey-ledger');
  });

  test('tells people there when the copy is late', () => {
    const template = of('first', 'ValetKeyStandby');
    expect(only(template, 'AWS::CloudWatch::Alarm').Properties).toMatchObject({
      ...{ Namespace: 'AWS/S3', MetricName: 'ReplicationLatency', Threshold: 900 },
      AlarmDescription: expect.stringContaining('docs/runbooks/region-lost.md'),
      AlarmActions: [expect.anything()],
    });
    expect(only(template, 'AWS::SNS::Subscription').Properties).toMatchObject({
      Endpoint: 'security@acme.example',
    });
  });

  test('is trusted by targets through roles that serve both Regions', () => {
    const trust = JSON.stringify(
      resources(of('first', 'ValetKeyTargets-111111111111'), 'AWS::IAM::Role'),
    );
    for (const role of ['ValetKey-vend', 'ValetKey-kill']) {
      expect(trust).toContain(`:iam::${ACCOUNT}:role/${role}`);
    }
    expect(trust).not.toContain('eu-');
  });
});

test('a bucket that an earlier version made gets the role for its replication, and nothing else', () => {
  const { Resources } = of('moved', 'ValetKeyState').toJSON() as { readonly Resources: object };
  expect(Object.values(Resources)).toMatchObject([
    { Type: 'AWS::IAM::Role', Properties: { RoleName: 'ValetKey-copy-eu-west-1' } },
    { Type: 'AWS::IAM::Policy' },
  ]);
  expect(JSON.stringify(Resources)).toContain(':s3:::acme-copy/*');
  const { PrimaryKeyArn } = only(of('moved', 'ValetKeyStandby'), 'AWS::KMS::ReplicaKey').Properties;
  expect(PrimaryKeyArn).toBe(KEY.replace(HERE, 'eu-west-1'));
});

describe('the standby', () => {
  test('is one stack, which makes nothing of the state and no role that others name', () => {
    expect(Object.keys(app('standby').templates)).toEqual(['ValetKey']);
    const template = of('standby', 'ValetKey');
    for (const type of ['AWS::DynamoDB::Table', 'AWS::KMS::Key', 'AWS::S3::Bucket']) {
      expect(resources(template, type)).toEqual({});
    }
    const named = Object.values(resources(template, 'AWS::IAM::Role'));
    expect(named.filter(({ Properties }) => 'RoleName' in Properties)).toEqual([]);
  });

  test('is in quarantine, whatever its table says', () => {
    for (const variables of environments(of('standby', 'ValetKey'))) {
      expect(variables).toMatchObject({ QUARANTINE: 'recovery', TABLE_NAME: 'waiting' });
    }
  });

  test('lets nothing act by itself but the sweep, which writes the quarantine down', () => {
    const template = of('standby', 'ValetKey');
    const scheduled = Object.entries(resources(template, 'AWS::Events::Rule')).filter(
      ([, { Properties }]) => 'ScheduleExpression' in Properties,
    );
    expect(scheduled.length).toBeGreaterThan(1);
    for (const [id, { Properties }] of scheduled) {
      expect([id, Properties['State']]).toEqual([
        id,
        id.startsWith('Sweep') ? 'ENABLED' : 'DISABLED',
      ]);
    }
    const sources = Object.values(resources(template, 'AWS::Lambda::EventSourceMapping'));
    expect(sources.length).toBeGreaterThan(1);
    for (const { Properties } of sources) expect(Properties['Enabled']).toBe(false);
  });

  test('does not ring for what is as it should be', () => {
    const alarms = Object.entries(resources(of('standby', 'ValetKey'), 'AWS::CloudWatch::Alarm'));
    const quiet = alarms.filter(([, { Properties }]) => Properties['ActionsEnabled'] === false);
    expect(quiet.map(([id]) => id.replace(/[0-9A-F]{8}$/, '')).toSorted()).toEqual([
      'AlarmsLedgerSilent',
      'AlarmsQuarantine',
    ]);
  });

  test('keeps the name of the log', () => {
    const origins = environments(of('standby', 'ValetKey')).flatMap((variables) =>
      'LEDGER_ORIGIN' in variables ? [variables['LEDGER_ORIGIN']] : [],
    );
    expect(new Set(origins)).toEqual(new Set([ledger.origin]));
  });
});

describe('both Regions', () => {
  const rights = (name: string) =>
    Object.values(resources(of(name, 'ValetKey'), 'AWS::IAM::Policy')).filter(
      ({ Properties }) => typeof (Properties['Roles'] as readonly unknown[])[0] === 'string',
    );

  test('give the three roles rights under names of their own, each for its own table, bucket and key', () => {
    const [first, second] = ['first', 'standby'].map((name) =>
      rights(name).map(({ Properties }) => [
        ...(Properties['Roles'] as string[]),
        Properties['PolicyName'],
      ]),
    );
    const named = (region: string) =>
      ['vend', 'kill', 'ledger'].map((role) => [`ValetKey-${role}`, `ValetKey-${region}`]);
    expect(first).toEqual(named('eu-west-1'));
    expect(second).toEqual(named(HERE));
    const [vend, , log] = rights('standby').map(({ Properties }) => JSON.stringify(Properties));
    expect(vend).toContain(`:${HERE}:${ACCOUNT}:table/waiting`);
    expect(vend).toContain('"sts:AssumeRole"');
    expect(vend).toContain(KEY);
    expect(log).toContain(':s3:::acme-copy/*');
    expect(log).toContain('"kms:Sign"');
    expect(JSON.stringify(rights('standby'))).not.toContain('eu-west-1');
  });

  test('share no name that is global', () => {
    const names = ['first', 'standby'].map((name) =>
      Object.values(resources(of(name, 'ValetKey'), 'AWS::CloudWatch::Dashboard')).map(
        ({ Properties }) => Properties['DashboardName'],
      ),
    );
    expect(names).toEqual([['ValetKey-eu-west-1'], [`ValetKey-${HERE}`]]);
  });
});

describe('the copy of the ledger', () => {
  const statement = (name: string, sid: string) => {
    const { Properties } = only(of(name, 'ValetKey'), 'AWS::S3::BucketPolicy');
    const { Statement } = Properties['PolicyDocument'] as {
      readonly Statement: readonly { readonly Sid?: string }[];
    };
    return Statement.find(({ Sid }) => Sid === sid);
  };

  test('takes files of the first Region while it waits, and none when it has taken over', () => {
    const [waiting, taken] = ['standby', 'taken'].map((name) =>
      statement(name, 'OnlyAStandbyTakesCopies'),
    );
    const denied = { Effect: 'Deny', Action: ['s3:ReplicateObject', 's3:ReplicateTags'] };
    expect(waiting).toMatchObject(denied);
    expect(JSON.stringify(waiting)).toContain(':role/ValetKey-copy-*');
    expect(taken).toMatchObject(denied);
    expect(taken).not.toHaveProperty('Condition');
  });

  test('loses nothing, in either', () => {
    for (const name of ['standby', 'taken']) {
      expect(statement(name, 'NobodyDeletes')).toMatchObject({
        Action: expect.arrayContaining(['s3:DeleteObjectVersion', 's3:ReplicateDelete']),
      });
    }
  });
});

test('who takes over acts again, on the restored table, and is in quarantine until it is recovered', () => {
  const template = of('taken', 'ValetKey');
  for (const variables of environments(template)) {
    expect(variables).toMatchObject({ QUARANTINE: 'recovery', TABLE_NAME: 'restored' });
  }
  for (const { Properties } of Object.values(resources(template, 'AWS::Events::Rule'))) {
    expect(Properties['State']).toBe('ENABLED');
  }
  for (const { Properties } of Object.values(
    resources(template, 'AWS::Lambda::EventSourceMapping'),
  )) {
    expect(Properties['Enabled']).not.toBe(false);
  }
});
