import { describe, expect, test } from '@jest/globals';
import { expandAction, findAction } from '../../../core/usage/actions.ts';
import { checkedBeside } from '../../../core/usage/checked-beside.ts';
import { recordingOf } from '../../../core/usage/recording-of.ts';
import { BESIDE } from '../../../core/usage/services/beside.ts';
import { DEPENDENTS } from '../../../core/usage/services/dependents.ts';
import { neededBeside } from '../../../core/usage/services/needed-beside.ts';
import { words } from '../../../core/usage/services/service.ts';

test.each([
  ['lambda:CreateFunction', 'lambda:TagResource'],
  ['ec2:RunInstances', 'ec2:CreateTags'],
  ['rds:CreateDBInstance', 'rds:AddTagsToResource'],
  ['S3:PUTOBJECT', 's3:putobjecttagging'],
  ['s3:GetObject', 'kms:Decrypt'],
  ['secretsmanager:GetSecretValue', 'kms:Decrypt'],
  ['cloudformation:CreateStack', 'sqs:CreateQueue'],
  ['athena:StartQueryExecution', 's3:GetObject'],
  ['rds-data:ExecuteStatement', 'secretsmanager:GetSecretValue'],
  ['bedrock:RetrieveAndGenerate', 'bedrock:InvokeModel'],
  ['elasticloadbalancing:CreateLoadBalancer', 'ec2:DescribeSubnets'],
  ['ecs:CreateService', 'iam:CreateServiceLinkedRole'],
  ['cloudformation:UpdateStack', 'cloudformation:DeleteStack'],
  ['cloudformation:CreateChangeSet', 's3:GetObject'],
  ['cloudformation:ContinueUpdateRollback', 'sqs:CreateQueue'],
  ['cloudformation:ValidateTemplate', 's3:GetObject'],
  ['cloudformation:GetTemplateSummary', 'ssm:GetParameters'],
  ['cloudformation:GetResource', 'sqs:GetQueueAttributes'],
  ['cloudformation:DetectStackDrift', 'sqs:GetQueueAttributes'],
  ['sqs:StartMessageMoveTask', 'sqs:ReceiveMessage'],
  ['sqs:StartMessageMoveTask', 'sqs:SendMessage'],
  ['secretsmanager:BatchGetSecretValue', 'secretsmanager:GetSecretValue'],
  ['secretsmanager:BatchGetSecretValue', 'secretsmanager:ListSecrets'],
  ['s3:DeleteObject', 's3:GetObject'],
  ['s3:PutObject', 's3:GetObject'],
  ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'],
  ['athena:StartQueryExecution', 'lambda:InvokeFunction'],
  ['athena:StartQueryExecution', 'athena:GetPreparedStatement'],
  ['athena:StartQueryExecution', 'athena:GetDataCatalog'],
  ['apigateway:POST', 'apigateway:PUT'],
  ['ecr:BatchGetImage', 'ecr:CreateRepository'],
  ['ssm:GetParameter', 'secretsmanager:GetSecretValue'],
  // What the reference names for a call, and what it names for that.
  ['dynamodb:RestoreTableFromBackup', 'dynamodb:BatchWriteItem'],
  ['rds:ModifyDBCluster', 'rds:ModifyDBInstance'],
  ['rds:StopDBInstance', 'rds:CreateDBSnapshot'],
  ['redshift:CreateCluster', 'secretsmanager:CreateSecret'],
  ['ec2:RunInstances', 'ssm:GetParameters'],
  ['ec2:CreateVpcEndpoint', 'route53:AssociateVPCWithHostedZone'],
  ['kms:ReplicateKey', 'kms:CreateKey'],
  ['textract:AnalyzeDocument', 's3:GetObject'],
  ['states:CreateStateMachine', 'states:PublishStateMachineVersion'],
  ['SSO:ListProfiles', 'kms:Decrypt'],
  ['elasticache:CopySnapshot', 's3:PutObject'],
  ['dynamodb:ExportTableToPointInTime', 's3:PutObject'],
  ['lambda:UpdateFunctionCode', 'ecr:BatchGetImage'],
  ['compute-optimizer:PutRecommendationPreferences', 'ec2:DescribeInstances'],
  ['rds:CreateDBCluster', 'kms:Decrypt'],
])('a call of %s may be checked against %s as well', (called, other) => {
  expect(checkedBeside(called, other)).toMatch(/\w/);
});

test.each([
  ['lambda:GetFunction', 'lambda:TagResource'],
  ['lambda:CreateFunction', 'lambda:UntagResource'],
  ['lambda:CreateFunction', 'sqs:TagQueue'],
  ['kms:Decrypt', 'kms:Encrypt'],
  ['iam:GetUser', 'kms:Decrypt'],
  ['cloudformation:CreateStack', 'cloudformation:ListImports'],
  ['elasticloadbalancing:CreateRule', 'elasticloadbalancing:DeleteRule'],
  ['sqs:SendMessage', 'iam:CreateServiceLinkedRole'],
  ['s3:GetObject', 's3:PutObjectAcl'],
  ['cloudformation:DescribeStacks', 'sqs:CreateQueue'],
  ['s3:GetObject', 's3:DeleteObject'],
  ['s3:GetObject', 's3:GetObject'],
  ['sqs:SendMessage', 'dynamodb:GetItem'],
  ['ssm:PutParameter', 's3:DeleteObject'],
  ['logs:PutLogEvents', 's3:PutObject'],
  ['lambda:InvokeFunction', 'ec2:CreateNetworkInterface'],
])('records of calls of %s would show %s', (called, other) => {
  expect(checkedBeside(called, other)).toBeNull();
});

test('calls on data lead to keys alone, and not to other services', () => {
  const services = ['cloudwatch', 'dynamodb', 'kinesis', 'lambda', 's3', 'sns', 'sqs', 'states'];
  const calls = services
    .flatMap((service) => expandAction(`${service}:*`) ?? [])
    .filter((action) => recordingOf(action).kind === 'data');
  expect(calls.length).toBeGreaterThan(30);
  const others = ['s3:DeleteObject', 'ec2:CreateTags', 'dynamodb:GetItem', 'sqs:SendMessage'];
  for (const called of calls) {
    const service = called.split(':')[0] ?? '';
    for (const other of others.filter((one) => !one.startsWith(`${service}:`))) {
      expect([called, other, checkedBeside(called, other)]).toEqual([called, other, null]);
    }
  }
});

describe('the rows of what calls need besides', () => {
  const rows = DEPENDENTS.flatMap(({ service, needs }) =>
    needs
      .trim()
      .split(/\n(?! )/)
      .map((row) => {
        const [called = '', others = '', ...rest] = row.split(/\s->\s/);
        const names = words(called).map((name) => `${service}:${name}`);
        return { names, others: words(others), rest };
      }),
  );
  const named = rows.flatMap(({ names }) => names).filter((name) => !name.endsWith(':*'));

  test('are one for each service, in order, and each says what page it rests on', () => {
    const services = DEPENDENTS.map(({ service }) => service);
    expect(services).toEqual([...new Set(services)].toSorted());
    for (const { source } of DEPENDENTS) {
      expect(source).toMatch(
        /^https:\/\/docs\.aws\.amazon\.com\/service-authorization\/latest\/reference\/list_\w+\.html$/,
      );
    }
    for (const { source } of BESIDE) expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  });

  test('name actions that exist, each called one once', () => {
    expect(rows.length).toBeGreaterThan(200);
    expect(named).toEqual([...new Set(named)]);
    for (const { names, others, rest } of rows) {
      expect([names, others.length > 0, rest]).toEqual([names, true, []]);
      for (const name of [...names, ...others]) {
        if (!name.endsWith(':*')) expect([name, findAction(name)?.action]).toEqual([name, name]);
      }
    }
  });

  test('name nothing that no record ever shows', () => {
    for (const other of rows.flatMap(({ others }) => others)) {
      expect([other, recordingOf(other).kind]).not.toEqual([other, 'none']);
    }
  });

  test('count also where one leads to another', () => {
    for (const called of named) {
      for (const other of neededBeside(called.toLowerCase())) {
        for (const further of [other, ...neededBeside(other.toLowerCase())]) {
          const why = further === called ? 'itself' : checkedBeside(called, further);
          expect([called, further, why]).toEqual([called, further, expect.any(String)]);
        }
      }
    }
  });

  test('of all services name patterns that match an action', () => {
    for (const { called, other } of BESIDE) {
      for (const pattern of [...words(called), ...words(other)]) {
        if (pattern.startsWith('*:')) continue;
        expect([pattern, expandAction(pattern)]).toEqual([pattern, expect.any(Array)]);
      }
    }
  });
});
