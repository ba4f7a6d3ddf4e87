import { describe, expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import {
  actionsOf,
  resources,
  type Statement,
  statementsByRole,
} from '../support-api/broker-template.ts';

/** What each role of the broker may do: read this before you widen it. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  open: [],
  read: ['dynamodb:GetItem', 'dynamodb:Query', 'kms:Decrypt', 'kms:DescribeKey'],
  // Query: the example bundle has a policy that asks for the caller's history.
  request: [
    'dynamodb:ConditionCheckItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'kms:Decrypt',
    'kms:DescribeKey',
    'kms:Encrypt',
    'kms:GenerateDataKey',
  ],
  vend: [
    'dynamodb:ConditionCheckItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
    'kms:Decrypt',
    'kms:DescribeKey',
    'kms:Encrypt',
    'kms:GenerateDataKey',
    'sts:AssumeRole',
    'sts:SetSourceIdentity',
  ],
  expire: [
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'kms:Decrypt',
    'kms:DescribeKey',
    'kms:Encrypt',
    'kms:GenerateDataKey',
  ],
  startworkflow: [
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'kms:Decrypt',
    'kms:DescribeKey',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:SendMessage',
    'states:StartExecution',
  ],
};

/** Every Lambda may write to its own log group, besides. */
const LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/** What CDK adds to a state machine that logs and traces; AWS takes no resource for them. */
const DELIVERY = /^(xray|logs):/;

export function permissionTests(template: () => Template): void {
  const roles = (): ReadonlyMap<string, readonly Statement[]> => statementsByRole(template());
  const of = (role: string): readonly Statement[] => roles().get(role) ?? [];

  describe.each(Object.entries(MAY))('the Lambda %s', (role, actions) => {
    test('may do this and nothing else', () => {
      expect(actionsOf(of(role))).toEqual([...actions, ...LOGS].toSorted());
    });

    test('may do it to what it names, and to nothing by a wildcard', () => {
      for (const { Effect, Action, Resource } of of(role)) {
        expect(Effect).toBe('Allow');
        expect(JSON.stringify([Action, Resource])).not.toContain('*');
      }
    });

    test('is trusted by Lambda only, and has no managed policy', () => {
      const found = Object.entries(resources(template(), 'AWS::IAM::Role')).filter(([id]) =>
        id.toLowerCase().startsWith(`${role}role`),
      );
      expect(found).toHaveLength(1);
      expect(found[0]?.[1].Properties).not.toHaveProperty('ManagedPolicyArns');
      expect(found[0]?.[1].Properties['AssumeRolePolicyDocument']).toMatchObject({
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } }],
      });
    });
  });

  test('there are no other roles than these and the workflow’s', () => {
    expect([...roles().keys()].toSorted()).toEqual([...Object.keys(MAY), 'workflow'].toSorted());
    for (const { Properties } of Object.values(resources(template(), 'AWS::IAM::Role'))) {
      expect(Properties).not.toHaveProperty('Policies');
    }
  });

  test('one role may assume roles: exactly the targets of the bundle', () => {
    const assuming = [...roles()].filter(([, statements]) =>
      actionsOf(statements).some((action) => /^(\*|sts:.*)$/i.test(action)),
    );
    expect(assuming.map(([role]) => role)).toEqual(['vend']);
    const arn = (name: string) => ({
      'Fn::Join': ['', ['arn:aws:iam::', { Ref: 'AWS::AccountId' }, `:role/valetkey/${name}`]],
    });
    const statement = of('vend').find(({ Action }) => Action.includes('sts:AssumeRole'));
    expect(statement).toEqual({
      Effect: 'Allow',
      Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
      Resource: ['artifacts', 'break-glass', 'database', 'deploy', 'operate'].map(arn),
    });
  });

  test('nobody may write IAM policies, or pass roles', () => {
    for (const [, statements] of roles()) {
      expect(actionsOf(statements).filter((it) => /^(\*|iam:)/i.test(it))).toEqual([]);
    }
  });

  test('the key is used by way of DynamoDB only', () => {
    const keyed = [...roles().values()]
      .flat()
      .filter((it) => actionsOf([it])[0]?.startsWith('kms:'));
    expect(keyed).toHaveLength(6);
    for (const { Condition } of keyed) {
      const service = ['dynamodb.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }];
      expect(Condition).toEqual({
        StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', service] } },
      });
    }
  });

  describe('the workflow', () => {
    const own = (): readonly Statement[] =>
      of('workflow').filter((it) => !actionsOf([it]).every((action) => DELIVERY.test(action)));

    test('may park its task token, and touch no other attribute of any item', () => {
      const update = own().find(({ Action }) => Action === 'dynamodb:UpdateItem');
      expect(update?.Condition).toEqual({
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['GRANT#*'] },
        'ForAllValues:StringEquals': {
          'dynamodb:Attributes': ['pk', 'sk', 'taskToken', 'waitsFor'],
        },
      });
    });

    test('may do nothing else but invoke the step that ends grants', () => {
      expect(actionsOf(own())).toEqual([
        'dynamodb:UpdateItem',
        'kms:Decrypt',
        'kms:DescribeKey',
        'kms:Encrypt',
        'kms:GenerateDataKey',
        'lambda:InvokeFunction',
      ]);
      expect(JSON.stringify(own().map(({ Resource }) => Resource))).not.toContain('*');
      const invoke = own().find(({ Action }) => Action === 'lambda:InvokeFunction');
      expect(invoke?.Resource).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^expire/), 'Arn'] });
    });
  });
}
