import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { eventItem, grantItem, principalEventItem } from '../../adapters/dynamodb/items.ts';
import { episodeKey } from '../../adapters/dynamodb/principal-keys.ts';
import { dueUsageKey, USAGE_BEGUN_KEY, usageKey } from '../../adapters/dynamodb/usage-keys.ts';
import { recordsQuery } from '../../core/usage/athena-query.ts';
import {
  actionsOf,
  only,
  resources,
  type Statement,
  statementsByRole,
} from '../support/broker-template.ts';
import { activeGrant, expiredEvent } from '../support/sample-grants.ts';
import { appSynth, type Synthesis } from '../support/synth.ts';
import { columnsOfQuery, pathsOf } from '../support/table-columns.ts';

/** The app that reads what was called under grants. */

const KEY = 'arn:aws:kms:eu-central-1:222222222222:key/0a1b2c3d';
const logs = { bucket: 'acme-logs', prefix: 'org', organization: 'o-0a1b2c3d4e', keyArn: KEY };

const folder = mkdtempSync(join(tmpdir(), 'valetkey-usage-'));
let made: Synthesis;
let template: Template;
let plain: Template;
let without: Template;
beforeAll(async () => {
  const synth = async (name: string, usage: object | null, validated = false) => {
    const config = join(folder, `${name}.yaml`);
    writeFileSync(config, JSON.stringify(usage === null ? {} : { usage }));
    const synthesis = await appSynth({ config }, { validated });
    if (!synthesis.succeeded) throw new Error(synthesis.output);
    return synthesis;
  };
  const of = ({ template: text }: Synthesis) => Template.fromJSON(JSON.parse(text) as object);
  const accounts = Array.from({ length: 300 }, (_, index) => String(111111111111 + index));
  const regions = ['eu-central-1', 'us-east-1'];
  made = await synth('all', { logs, accounts, regions, athena: { scanLimitGb: 3 } }, true);
  template = of(made);
  plain = of(await synth('plain', { logs: { bucket: 'acme-logs' } }));
  without = of(await synth('none', null));
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const usage = (of = template) => statementsByRole(of).get('usage') ?? [];
const statementOf = (action: string, of = template): Statement | undefined =>
  usage(of).find((statement) => actionsOf([statement]).includes(action));

type Rule = {
  readonly ScheduleExpression?: string;
  readonly Targets?: readonly { readonly Arn?: { readonly 'Fn::GetAtt'?: readonly string[] } }[];
};
type Column = { readonly Name: string; readonly Type: string };
type Environment = { readonly Variables: Readonly<Record<string, string>> };

const TABLE = [
  ...['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
  ...['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
  ...['logs:CreateLogStream', 'logs:PutLogEvents'],
  ...['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  ...['sqs:GetQueueUrl', 'sqs:ReceiveMessage'],
];
const READS = [
  ...['cloudtrail:DescribeTrails', 'cloudtrail:GetEventSelectors', 'cloudtrail:GetTrailStatus'],
  ...['s3:GetObject', 's3:ListBucket'],
];

test('passes cdk-nag', () => {
  const { pluginReports } = JSON.parse(made.validation) as { readonly pluginReports: object[] };
  expect(pluginReports).toMatchObject([{ conclusion: 'success', violations: [] }]);
});

describe('the Lambda that reads logs', () => {
  test('may read logs and trails, and write the table, and nothing else', () => {
    expect(actionsOf(usage(plain))).toEqual([...TABLE, ...READS].toSorted());
  });

  test('reads the files of CloudTrail, and no others of the bucket', () => {
    const list = statementOf('s3:ListBucket');
    expect(list).toMatchObject({ Action: 's3:ListBucket' });
    expect(list?.Condition).toEqual({ StringLike: { 's3:prefix': 'org/AWSLogs/*' } });
    expect(JSON.stringify(list?.Resource)).toMatch(/:s3:::acme-logs"\]/);
    expect(JSON.stringify(statementOf('s3:GetObject')?.Resource)).toMatch(
      /:s3:::acme-logs\/org\/AWSLogs\/\*\/CloudTrail\/\*"\]/,
    );
    expect(JSON.stringify(statementOf('s3:GetObject', plain)?.Resource)).toMatch(
      /:s3:::acme-logs\/AWSLogs\/\*\/CloudTrail\/\*"\]/,
    );
  });

  test('uses the key of the files through S3 only, in the Region of the key', () => {
    const keyed = usage().filter(({ Resource }) => Resource === KEY);
    expect(keyed).toEqual([
      {
        ...{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: KEY },
        Condition: {
          StringEquals: {
            'kms:ViaService': { 'Fn::Join': ['', ['s3.eu-central-1.', { Ref: 'AWS::URLSuffix' }]] },
          },
        },
      },
    ]);
  });

  test('lists trails, and reads the settings of each', () => {
    expect(statementOf('cloudtrail:DescribeTrails')).toMatchObject({ Resource: '*' });
    const settings = statementOf('cloudtrail:GetEventSelectors');
    expect(settings?.Action).toEqual(['cloudtrail:GetEventSelectors', 'cloudtrail:GetTrailStatus']);
    expect(JSON.stringify(settings?.Resource)).toContain(':cloudtrail:*:*:trail/*');
  });

  test('has the time and the processor for it', () => {
    const functions = Object.entries(resources(template, 'AWS::Lambda::Function'));
    const [, fn] = functions.find(([id]) => id.startsWith('usage')) ?? [];
    expect(fn?.Properties).toMatchObject({ Timeout: 900, MemorySize: 1769 });
  });

  test('runs every quarter of an hour, and hears of ends over a queue of its own', () => {
    const rules = Object.values(resources(template, 'AWS::Events::Rule'));
    const mine = rules.filter(({ Properties }) =>
      /"usageFunction|UsageNotices/.test(JSON.stringify(Properties)),
    );
    expect(mine.map(({ Properties }) => Properties)).toMatchObject([
      {
        EventPattern: {
          source: ['valetkey'],
          'detail-type': ['expired', 'revoked', 'outlived'].map((type) => `valetkey.grant.${type}`),
        },
      },
      { ScheduleExpression: 'rate(15 minutes)' },
    ]);
  });
});

test('a run of a schedule that fails is not run again: the next one does the same work', () => {
  const rules = Object.values(resources(template, 'AWS::Events::Rule'));
  const scheduled = rules.flatMap(({ Properties }) => {
    const { ScheduleExpression = '', Targets = [] } = Properties as unknown as Rule;
    const ids = Targets.map(({ Arn }) => Arn?.['Fn::GetAtt']?.[0] ?? 'no Lambda');
    return ScheduleExpression === '' ? [] : ids;
  });
  const names = scheduled.map((id) => id.replace(/Function.*/, ''));
  expect(names.toSorted()).toEqual(['ledger', 'observe', 'sweep', 'usage']);
  const settings = Object.values(resources(template, 'AWS::Lambda::EventInvokeConfig'));
  expect(settings.map(({ Properties }) => Properties)).toEqual(
    expect.arrayContaining(
      scheduled.map((id) => ({
        ...{ FunctionName: { Ref: id }, Qualifier: '$LATEST', MaximumRetryAttempts: 0 },
      })),
    ),
  );
});

describe('what the Lambda may write', () => {
  const conditionsOf = (action: string) =>
    (statementOf(action)?.Condition ?? {}) as Record<string, Record<string, readonly string[]>>;

  test('is usage, signals and events', () => {
    const { 'ForAllValues:StringLike': like } = conditionsOf('dynamodb:PutItem');
    const patterns = like?.['dynamodb:LeadingKeys'] ?? [];
    expect(patterns).toEqual(['USAGE', 'USAGE#*', 'GRANT#*', 'SIGNALS#*', 'TRAIL#*']);
    const place = { createdAt: 0, id: 'gr_1' };
    expect(dueUsageKey({ dueAt: 0, grantId: 'gr_1' }).pk).toBe('USAGE');
    expect(USAGE_BEGUN_KEY.pk).toBe('USAGE');
    expect(usageKey('artifacts-read', place).pk).toBe('USAGE#artifacts-read');
    expect(episodeKey('people:ana', 'x').pk).toMatch(/^SIGNALS#/);
  });

  test('has the attributes of these, and cannot be a grant that anybody could use', () => {
    const { 'ForAllValues:StringEquals': equal } = conditionsOf('dynamodb:PutItem');
    const attributes = equal?.['dynamodb:Attributes'] ?? [];
    const grant = activeGrant();
    for (const name of Object.keys(eventItem(expiredEvent(grant))))
      expect(attributes).toContain(name);
    const signal = principalEventItem({
      ...{
        id: 'ev_1',
        type: 'signal-raised',
        at: 0,
        requestId: 'r',
        actor: 'broker',
        sourceIp: null,
      },
      ...{ principalId: 'people:ana', principal: grant.requester, kind: 'new-network', count: 1 },
      ...{ story: [], reason: '', role: 'r', percent: 1 },
    });
    for (const name of Object.keys(signal)) expect(attributes).toContain(name);
    const missing = Object.keys(grantItem(grant)).filter((name) => !attributes.includes(name));
    expect(missing).toEqual(
      expect.arrayContaining([
        'requester',
        'approvals',
        'expiresAt',
        'keysValidUntil',
        'targetRole',
      ]),
    );
  });

  test('can be deleted only where it says what is due', () => {
    expect(conditionsOf('dynamodb:DeleteItem')).toEqual({
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['USAGE'] },
    });
  });
});

describe('with Athena', () => {
  test('a table has the files, whose partitions a query names', () => {
    const { TableInput } = only(template, 'AWS::Glue::Table').Properties as {
      readonly TableInput: Readonly<Record<string, unknown>>;
    };
    expect(TableInput).toMatchObject({
      Name: 'cloudtrail',
      Parameters: {
        'projection.enabled': 'true',
        'projection.account.type': 'injected',
        'projection.region.values': expect.stringMatching(/eu-central-1,.*eu-west-1,.*us-east-1,/),
        'projection.day.format': 'yyyy/MM/dd',
        'storage.location.template':
          's3://acme-logs/org/AWSLogs/o-0a1b2c3d4e/${account}/CloudTrail/${region}/${day}',
      },
    });
  });

  test('the query names columns and partitions of that table, and there are no others', () => {
    const { TableInput } = only(template, 'AWS::Glue::Table').Properties as {
      readonly TableInput: {
        readonly PartitionKeys: readonly Column[];
        readonly StorageDescriptor: { readonly Columns: readonly Column[] };
      };
    };
    const { PartitionKeys, StorageDescriptor } = TableInput;
    const inTable = [...PartitionKeys, ...StorageDescriptor.Columns].flatMap(({ Name, Type }) =>
      pathsOf(Name, Type),
    );
    const places = { accounts: ['111111111111'], regions: ['eu-central-1'] };
    const window = { from: 0, until: 1000, ...places };
    const query = recordsQuery({ database: 'a', table: 'b' }, window, [activeGrant().id]);
    expect(columnsOfQuery(query.ok ? query.value : query.error)).toEqual(inTable.toSorted());
  });

  test('a workgroup limits what a query reads, and where its results go for a day', () => {
    expect(only(template, 'AWS::Athena::WorkGroup').Properties).toMatchObject({
      Name: 'ValetKey-usage',
      WorkGroupConfiguration: {
        EnforceWorkGroupConfiguration: true,
        BytesScannedCutoffPerQuery: 3_000_000_000,
        ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'SSE_S3' } },
      },
    });
    const buckets = Object.values(resources(template, 'AWS::S3::Bucket'));
    expect(buckets.map(({ Properties }) => Properties)).toContainEqual(
      expect.objectContaining({
        LifecycleConfiguration: { Rules: [expect.objectContaining({ ExpirationInDays: 1 })] },
      }),
    );
  });

  test('the Lambda may query that table in that workgroup, and hears their names', () => {
    const more = [
      'GetQueryExecution',
      'GetQueryResults',
      'StartQueryExecution',
      'StopQueryExecution',
    ];
    expect(actionsOf(usage())).toEqual(
      [
        ...[...TABLE, ...READS, 'kms:Decrypt', ...more.map((name) => `athena:${name}`)],
        ...['glue:GetDatabase', 'glue:GetPartitions', 'glue:GetTable'],
        ...['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:GetBucketLocation'],
        ...['s3:GetObject', 's3:ListBucket'],
        ...['s3:ListBucketMultipartUploads', 's3:ListMultipartUploadParts', 's3:PutObject'],
      ].toSorted(),
    );
    const queries = JSON.stringify(statementOf('athena:StartQueryExecution')?.Resource);
    expect(queries).toContain(':workgroup/ValetKey-usage');
    expect(JSON.stringify(statementOf('glue:GetTable')?.Resource)).toContain(
      ':table/valetkey_usage/cloudtrail',
    );
    const functions = Object.values(resources(template, 'AWS::Lambda::Function'));
    const [names] = functions.flatMap(({ Properties }) => {
      const { Variables } = Properties['Environment'] as Environment;
      return Variables['USAGE_ATHENA'] ?? [];
    });
    expect(JSON.parse(names ?? '')).toEqual({
      ...{ workgroup: 'ValetKey-usage', database: 'valetkey_usage', table: 'cloudtrail' },
    });
  });

  test('only where the configuration says so', () => {
    for (const type of ['AWS::Glue::Table', 'AWS::Athena::WorkGroup']) {
      expect(resources(plain, type)).toEqual({});
    }
  });
});

test('without logs there is no such Lambda', () => {
  expect(usage(without)).toEqual([]);
});

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
test('the environment of each Lambda has room, however many accounts there are', () => {
  for (const { Properties } of Object.values(resources(template, 'AWS::Lambda::Function'))) {
    expect(JSON.stringify(Properties['Environment']).length).toBeLessThan(4000);
  }
});
