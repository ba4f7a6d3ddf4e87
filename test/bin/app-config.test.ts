import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { verifierKey } from '../../core/signed-note.ts';
import { actionsOf, only, resources, statementsByRole } from '../support/broker-template.ts';
import { appSynth, type Synthesis } from '../support/synth.ts';

/** The app as `valetkey.yaml` configures it, with a bundle whose roles are in two accounts. */

const WITNESS = verifierKey(
  { name: 'witness.example/w1', publicKey: new Uint8Array(32).fill(7) },
  'cosignature',
);
const FULL = `
stackName: Keys
account: '222222222222'
region: ap-southeast-2
keepData: false
logRetentionDays: 30
requestsPerSecond: 50
reservedConcurrency: { revoke: 5 }
mails: { approvers: [platform@acme.example], security: [security@acme.example] }
domain:
  name: keys.acme.example
  certificateArn: arn:aws:acm:ap-southeast-2:222222222222:certificate/1
  hostedZone: { id: Z1, name: acme.example }
delivery: { bucket: acme-siem, ocsf: 1.5.0 }
ledger:
  witnesses:
    - { url: 'https://witness.example/log', vkey: ${WITNESS} }
targets:
  - account: '111111111111'
    roles:
      - name: reports
        statements:
          - { Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::acme-reports/*' }
  - account: '333333333333'
    region: eu-north-1
    roles: [{ name: audit, policies: ['arn:aws:iam::aws:policy/SecurityAudit'] }]
`;

const folder = mkdtempSync(join(tmpdir(), 'valetkey-config-'));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const policy = join(folder, 'policy');

let full: Synthesis;
let again: Synthesis;
let broken: Synthesis;
let absent: Synthesis;
let bare: Synthesis;
beforeAll(async () => {
  cpSync('policy', policy, { recursive: true });
  cpSync(join('test', 'e2e', 'policy'), policy, { recursive: true });
  const config = file('full.yaml', FULL);
  const wrong = FULL.replace('stackName: Keys', 'stakName: Keys').replace(': 30', ': 31');
  [full, again, broken, absent, bare] = await Promise.all([
    appSynth({ config, policy }, { validated: true }),
    appSynth({ config, policy }),
    appSynth({ config: file('wrong.yaml', wrong) }),
    appSynth({ config: '/nowhere.yaml' }),
    appSynth({ policy }),
  ]);
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const templateOf = ({ output, templates }: Synthesis, id: string): Template => {
  const text = templates[id];
  if (text === undefined) throw new Error(`no template ${id}: ${output}`);
  return Template.fromJSON(JSON.parse(text) as object);
};
const broker = () => templateOf(full, 'ValetKey');
const kept = () => templateOf(full, 'ValetKeyState');

describe('valetkey.yaml', () => {
  test('makes a stack for the broker, one for its state and one for each target account', () => {
    expect(Object.keys(full.templates).toSorted()).toEqual([
      'ValetKey',
      'ValetKeyState',
      'ValetKeyTargets-111111111111',
      'ValetKeyTargets-333333333333',
    ]);
  });

  test('passes cdk-nag with all of them', () => {
    const { pluginReports } = JSON.parse(full.validation) as { readonly pluginReports: object[] };
    expect(pluginReports).toMatchObject([{ conclusion: 'success', violations: [] }]);
    expect(full.output).not.toMatch(/error|warning/i);
  });

  test('gives the same templates at every synthesis, so that cdk diff is empty', () => {
    expect(again.templates).toEqual(full.templates);
  });

  test('reserves concurrency for the Lambdas that it names, and for no others', () => {
    const functions = Object.entries(resources(broker(), 'AWS::Lambda::Function'));
    const reserved = functions.filter(
      ([, { Properties }]) => Properties['ReservedConcurrentExecutions'] !== undefined,
    );
    expect(reserved).toMatchObject([
      [
        expect.stringMatching(/^revokeFunction/),
        { Properties: { ReservedConcurrentExecutions: 5 } },
      ],
    ]);
  });

  test('names the roles that other accounts trust after the stack', () => {
    const names = Object.values(resources(kept(), 'AWS::IAM::Role')).flatMap(
      ({ Properties }) => Properties['RoleName'] ?? [],
    );
    expect(names).toEqual(['Keys-vend', 'Keys-kill', 'Keys-ledger']);
    const targets = JSON.stringify(templateOf(full, 'ValetKeyTargets-111111111111'));
    expect(targets).toContain('222222222222:role/Keys-vend');
    expect(targets).toContain('222222222222:role/Keys-kill');
  });

  test('deletes the data with the stack if keepData is false', () => {
    expect(only(kept(), 'AWS::DynamoDB::Table')).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: { DeletionProtectionEnabled: false },
    });
    expect(JSON.stringify([broker(), kept()])).not.toContain('"Retain"');
  });

  test('sets how long logs are kept and how many requests per second are accepted', () => {
    for (const { Properties } of Object.values(resources(broker(), 'AWS::Logs::LogGroup'))) {
      expect(Properties['RetentionInDays']).toBe(30);
    }
    expect(only(broker(), 'AWS::ApiGatewayV2::Stage').Properties).toMatchObject({
      DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 50 },
    });
  });

  test('gives the API its own domain name and a record for it', () => {
    expect(only(broker(), 'AWS::ApiGatewayV2::DomainName').Properties).toMatchObject({
      DomainName: 'keys.acme.example',
      DomainNameConfigurations: [{ SecurityPolicy: 'TLS_1_2' }],
    });
    expect(only(broker(), 'AWS::ApiGatewayV2::ApiMapping')).toBeDefined();
    expect(only(broker(), 'AWS::Route53::RecordSet').Properties).toMatchObject({
      Name: 'keys.acme.example.',
      HostedZoneId: 'Z1',
    });
    broker().hasOutput('ApiUrl', { Value: 'https://keys.acme.example' });
  });

  test('subscribes mailboxes to the two topics', () => {
    const found = Object.values(resources(broker(), 'AWS::SNS::Subscription'));
    expect(found.map(({ Properties }) => Properties)).toMatchObject([
      { Protocol: 'email', Endpoint: 'platform@acme.example' },
      { Protocol: 'email', Endpoint: 'security@acme.example' },
    ]);
  });

  describe('delivers events to a SIEM', () => {
    const roleOf = (name: string) => statementsByRole(broker()).get(name) ?? [];

    test('as files of a day, gathered by an encrypted stream and written in OCSF by a Lambda', () => {
      const { Properties } = only(broker(), 'AWS::KinesisFirehose::DeliveryStream');
      expect(Properties).toMatchObject({
        DeliveryStreamEncryptionConfigurationInput: { KeyType: 'AWS_OWNED_CMK' },
        ExtendedS3DestinationConfiguration: {
          BucketARN: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::acme-siem']] },
          Prefix: 'valetkey/day=!{timestamp:yyyy-MM-dd}/',
          ErrorOutputPrefix:
            'valetkey-failed/!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/',
          CompressionFormat: 'GZIP',
          FileExtension: '.jsonl.gz',
          ProcessingConfiguration: { Enabled: true, Processors: [{ Type: 'Lambda' }] },
        },
      });
      const functions = resources(broker(), 'AWS::Lambda::Function');
      const [, deliver] = Object.entries(functions).find(([id]) => id.startsWith('deliver')) ?? [];
      expect(deliver?.Properties['Environment']).toMatchObject({
        Variables: { OCSF_VERSION: '1.5.0' },
      });
    });

    test('with every event of the bus', () => {
      const rules = Object.values(resources(broker(), 'AWS::Events::Rule'));
      expect(rules.map(({ Properties }) => Properties)).toContainEqual(
        expect.objectContaining({
          EventPattern: { source: ['valetkey'] },
          Targets: [
            expect.objectContaining({
              Arn: { 'Fn::GetAtt': [expect.stringMatching(/^DeliveryStream/), 'Arn'] },
            }),
          ],
        }),
      );
    });

    test('with the rights that this takes, on named things', () => {
      expect(actionsOf(roleOf('deliver'))).toEqual([
        ...['dynamodb:GetItem', 'dynamodb:Query', 'kms:Decrypt', 'kms:DescribeKey'],
        ...['logs:CreateLogStream', 'logs:PutLogEvents'],
      ]);
      expect(actionsOf(roleOf('deliverysender'))).toEqual([
        'firehose:PutRecord',
        'firehose:PutRecordBatch',
      ]);
      expect(actionsOf(roleOf('delivery'))).toEqual([
        ...['lambda:InvokeFunction', 'logs:PutLogEvents', 's3:AbortMultipartUpload'],
        ...['s3:GetBucketLocation', 's3:GetObject', 's3:ListBucket'],
        ...['s3:ListBucketMultipartUploads', 's3:PutObject'],
      ]);
      const objects = roleOf('delivery').find(({ Action }) => Action.includes('s3:PutObject'));
      expect(JSON.stringify(objects?.Resource)).toMatch(/acme-siem\/valetkey\/\*/);
    });

    test('with alarms that name the runbook', () => {
      const alarms = Object.values(resources(broker(), 'AWS::CloudWatch::Alarm'));
      const about = alarms.filter(({ Properties }) =>
        String(Properties['AlarmDescription']).includes('docs/runbooks/delivery.md'),
      );
      expect(about.map(({ Properties }) => Properties['MetricName']).toSorted()).toEqual([
        ...['DeliveryGaveUp', 'DeliveryToS3.DataFreshness', 'Errors'],
      ]);
    });

    test('and witnesses, with an alarm where they do not cosign', () => {
      const [{ Properties } = { Properties: {} }] = Object.values(
        resources(broker(), 'AWS::CloudWatch::Alarm'),
      ).filter((alarm) => alarm.Properties['MetricName'] === 'LedgerUnwitnessed');
      expect(Properties).toMatchObject({ Threshold: 6, Period: 3600 });
      expect(JSON.stringify(broker())).toContain(WITNESS);
      const told = Object.values(resources(broker(), 'AWS::Lambda::Function')).filter((one) =>
        JSON.stringify(one.Properties['Environment'] ?? null).includes('LEDGER_WITNESSES'),
      );
      // Those who ask them, and those who name them to everybody.
      expect(told).toHaveLength(2);
      expect(JSON.stringify(templateOf(bare, 'ValetKey'))).not.toContain('LEDGER_WITNESSES');
    });

    test('only if the configuration says so', () => {
      const template = templateOf(bare, 'ValetKey');
      expect(resources(template, 'AWS::KinesisFirehose::DeliveryStream')).toEqual({});
      expect(JSON.stringify(template)).not.toContain('DeliveryBucketName');
    });
  });

  test('with mistakes does not synthesise, and every mistake is reported with its line', () => {
    expect(broken).toMatchObject({ succeeded: false, templates: {} });
    expect(broken.output).toContain('The configuration has 2 mistakes:');
    expect(broken.output).toMatch(/wrong\.yaml:2: stakName: is not a known field/);
    expect(broken.output).toMatch(/wrong\.yaml:6: logRetentionDays: write one of: 1, 3, 5/);
  });

  test('is an error if it is named and missing', () => {
    expect(absent).toMatchObject({ succeeded: false, templates: {} });
    expect(absent.output).toContain('/nowhere.yaml:1: does not exist');
  });
});

describe('the kill Lambda of a bundle with two accounts', () => {
  const kill = (template: Template) => statementsByRole(template).get('kill') ?? [];
  const assume = (template: Template) =>
    kill(template).filter((statement) =>
      actionsOf([statement]).some((action) => action.startsWith('sts:')),
    );
  const writes = (template: Template) =>
    kill(template).find(({ Action }) => Action.includes('iam:PutRolePolicy'))?.Resource;

  test('may assume the kill role of any account, because keys outlive their entitlement, and no other role', () => {
    const killRoles = ['arn:', { Ref: 'AWS::Partition' }, ':iam::*:role/valetkey/Keys-kill'];
    expect(assume(broker())).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Resource: { 'Fn::Join': ['', killRoles] },
      },
    ]);
    const vend = statementsByRole(broker()).get('vend') ?? [];
    expect(JSON.stringify(vend)).not.toContain('-kill');
  });

  test('may write policies directly on roles of its own account only', () => {
    expect(JSON.stringify(writes(broker()))).not.toContain('111111111111');
    expect(JSON.stringify(writes(broker()))).toContain('role/valetkey/chain-end');
  });

  test('may do both if its own account is known only at deployment', () => {
    const template = templateOf(bare, 'ValetKey');
    expect(JSON.stringify(assume(template))).toContain(':iam::*:role/valetkey/ValetKey-kill');
    expect(writes(template)).toContain('arn:aws:iam::111111111111:role/valetkey/reports');
  });

  test('is, besides vend, the only Lambda that may assume roles', () => {
    const assuming = [...statementsByRole(broker())].filter(([, statements]) =>
      actionsOf(statements).some((action) => /^(\*|sts:.*)$/i.test(action)),
    );
    expect(assuming.map(([role]) => role).toSorted()).toEqual(['kill', 'vend']);
  });
});
