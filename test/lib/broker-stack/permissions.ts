import { describe, expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import {
  accessReviewKey,
  eventKey,
  grantKey,
  reviewItemKey,
  reviewListKey,
} from '../../../adapters/dynamodb/keys.ts';
import { countKey, principalEventKey } from '../../../adapters/dynamodb/principal-keys.ts';
import { eventOfOrder } from '../../../core/principal-order.ts';
import {
  actionsOf,
  resources,
  type Statement,
  statementsByRole,
} from '../../support/broker-template.ts';
import { activeGrant, requestedEvent } from '../../support/sample-grants.ts';
import { orderOf } from '../../support/sample-orders.ts';

const READ_KEY = ['kms:Decrypt', 'kms:DescribeKey'];
const WRITE_KEY = [...READ_KEY, 'kms:Encrypt', 'kms:GenerateDataKey'];
const CHANGE = [
  'dynamodb:ConditionCheckItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
];
const STREAM = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:SendMessage',
];

const WRITE_POLICIES = ['iam:DeleteRolePolicy', 'iam:GetRolePolicy', 'iam:PutRolePolicy'];

/** What each role of the broker may do: read this before you widen it. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  // Public, and the same for everybody.
  open: ['kms:GetPublicKey'],
  // Public files.
  page: [],
  audit: [
    ...['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', ...READ_KEY],
    ...['s3:GetObject', 's3:GetObjectVersion', 's3:ListBucket', 's3:ListBucketVersions'],
  ],
  // Alone may sign; writes items of its own only, and creates files.
  ledger: [
    ...['dynamodb:BatchGetItem', 'dynamodb:DescribeTable'],
    ...['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    ...WRITE_KEY,
    ...['kms:GetPublicKey', 'kms:Sign'],
    ...['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
    ...['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    ...['sqs:GetQueueUrl', 'sqs:ReceiveMessage'],
  ],
  // Writes items of figures only.
  observe: [
    ...['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    ...WRITE_KEY,
    ...['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    ...['sqs:GetQueueUrl', 'sqs:ReceiveMessage'],
  ],
  // Writes partitions of its own, events and idempotency keys only; changes no grant.
  reviews: [
    ...['dynamodb:ConditionCheckItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    ...WRITE_KEY,
  ],
  read: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', ...READ_KEY],
  // UpdateItem of counters only.
  request: [...CHANGE, 'dynamodb:Query', 'dynamodb:UpdateItem', ...WRITE_KEY],
  // It ends grants in the table and wakes the kill Lambda; it writes no IAM policy.
  revoke: [...CHANGE, 'dynamodb:Query', ...WRITE_KEY, 'lambda:InvokeFunction'],
  // Query, because a policy of the example bundle uses the caller's history.
  vend: [
    'dynamodb:ConditionCheckItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
    ...WRITE_KEY,
    'sts:AssumeRole',
    'sts:SetSourceIdentity',
  ],
  advance: [...CHANGE, ...WRITE_KEY],
  // Each IAM action on the roles of the bundle, and on roles with the broker's tag.
  kill: [
    ...CHANGE,
    'dynamodb:Query',
    'dynamodb:UpdateItem',
    ...WRITE_POLICIES,
    ...WRITE_POLICIES,
    ...WRITE_KEY,
    'sts:AssumeRole',
  ],
  // Scan and UpdateItem, because suspensions and grants of version 0.1 are not in today's lists.
  sweep: [
    ...CHANGE,
    'dynamodb:Query',
    'dynamodb:Scan',
    'dynamodb:UpdateItem',
    ...WRITE_KEY,
    'lambda:InvokeFunction',
  ],
  orchestrate: [
    'dynamodb:GetItem',
    ...STREAM,
    ...READ_KEY,
    'states:SendTaskSuccess',
    'states:StartExecution',
  ],
  // UpdateItem of counters of mails only.
  publish: [
    ...['dynamodb:GetItem', 'dynamodb:UpdateItem', ...STREAM, ...WRITE_KEY],
    ...['events:PutEvents', 'sns:Publish'],
  ],
};

/** The indexes that each role may query. */
const QUERIES: Readonly<Record<string, readonly string[]>> = {
  // byStatus, because Lambdas of the version before answer until they are replaced.
  read: ['byRequester', 'byStatus', 'byStatusShard'],
  // Whether a principal ever requested anything.
  revoke: ['byRequester'],
  // What expires soon.
  audit: ['byDue'],
  // What should be counted by now, and open grants.
  observe: ['byDue', 'byStatusShard'],
  // What should be in the log by now.
  ledger: ['byDue'],
  // byStatus, because grants of the version before are in no other list.
  sweep: ['byDue', 'byStatus', 'byStatusShard'],
};

/** Every Lambda may also write to its own log group. */
const LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/**
 * What CDK adds to a state machine that logs and traces; AWS has no resources for these actions.
 */
const DELIVERY = /^(xray|logs):/;

export function permissionTests(template: () => Template, state: () => Template): void {
  const roles = (): ReadonlyMap<string, readonly Statement[]> => statementsByRole(template());
  const of = (role: string): readonly Statement[] => roles().get(role) ?? [];

  describe.each(Object.entries(MAY))('the Lambda %s', (role, actions) => {
    test('may do what is listed and nothing else', () => {
      expect(actionsOf(of(role))).toEqual([...actions, ...LOGS].toSorted());
    });

    test('may query the indexes that are listed and no others', () => {
      const named = JSON.stringify(of(role)).matchAll(/\/index\/(\w+)/g);
      const found = Array.from(named, ([, index]) => index).toSorted();
      expect(found).toEqual(QUERIES[role] ?? []);
    });

    test('has permissions on named resources only, never by a wildcard', () => {
      for (const { Effect, Action, Resource, Condition } of of(role)) {
        expect(Effect).toBe('Allow');
        if (isLimitedElsewhere(Action, Condition)) continue;
        expect(JSON.stringify([Action, Resource])).not.toContain('*');
      }
    });

    test('is trusted by Lambda only, and has no managed policy', () => {
      const all = [template(), state()].flatMap((one) =>
        Object.entries(resources(one, 'AWS::IAM::Role')),
      );
      const found = all.filter(([id]) => id.toLowerCase().startsWith(`${role}role`));
      expect(found).toHaveLength(1);
      expect(found[0]?.[1].Properties).not.toHaveProperty('ManagedPolicyArns');
      expect(found[0]?.[1].Properties['AssumeRolePolicyDocument']).toMatchObject({
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } }],
      });
    });
  });

  test('there are no roles but those of the Lambdas and of the workflow', () => {
    expect([...roles().keys()].toSorted()).toEqual([...Object.keys(MAY), 'workflow'].toSorted());
    for (const { Properties } of Object.values(resources(template(), 'AWS::IAM::Role'))) {
      expect(Properties).not.toHaveProperty('Policies');
    }
  });

  test('the roles that others name have fixed names, outlive both stacks, and have no rights by themselves', () => {
    expect(resources(state(), 'AWS::IAM::Policy')).toEqual({});
    expect(Object.values(resources(state(), 'AWS::IAM::Role'))).toMatchObject(
      ['ValetKey-vend', 'ValetKey-kill', 'ValetKey-ledger'].map((RoleName) => ({
        Properties: { RoleName },
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      })),
    );
    template().hasOutput('VendRoleArn', {
      Value: {
        'Fn::Join': [
          '',
          [
            'arn:',
            { Ref: 'AWS::Partition' },
            ':iam::',
            { Ref: 'AWS::AccountId' },
            ':role/ValetKey-vend',
          ],
        ],
      },
    });
  });

  test('the rights of such a role are named after the Region, so that those of another stay', () => {
    const policies = Object.values(resources(template(), 'AWS::IAM::Policy'));
    const named = policies.filter(({ Properties }) =>
      [Properties['Roles']].flat().some((role) => typeof role === 'string'),
    );
    expect(named.map(({ Properties }) => Properties['Roles'])).toEqual([
      ...[['ValetKey-vend'], ['ValetKey-kill'], ['ValetKey-ledger']],
    ]);
    for (const { Properties } of named) {
      const name = { 'Fn::Join': ['', ['ValetKey-', { Ref: 'AWS::Region' }]] };
      expect(Properties['PolicyName']).toEqual(name);
    }
  });

  test('only the vend role may assume target roles, exactly those of the bundle', () => {
    const assuming = [...roles()].filter(([, statements]) =>
      actionsOf(statements).some((action) => /^(\*|sts:.*)$/i.test(action)),
    );
    expect(assuming.map(([role]) => role)).toEqual(['vend', 'kill']);
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

  test('the kill role may assume nothing but kill roles, in whatever account', () => {
    const statement = of('kill').find(({ Action }) => Action.includes('sts:AssumeRole'));
    expect(statement).toEqual({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Resource: {
        'Fn::Join': [
          '',
          ['arn:', { Ref: 'AWS::Partition' }, ':iam::*:role/valetkey/ValetKey-kill'],
        ],
      },
    });
  });

  test('only the kill role may write IAM policies, inline on roles of the bundle and of its tag', () => {
    const writing = [...roles()].filter(([, statements]) =>
      actionsOf(statements).some((action) => /^(\*|iam:)/i.test(action)),
    );
    expect(writing.map(([role]) => role)).toEqual(['kill']);
    const statement = of('kill').find(({ Action }) => Action.includes('iam:PutRolePolicy'));
    const targets = of('vend').find(({ Action }) => Action.includes('sts:AssumeRole'));
    // The example bundle has no chained roles.
    expect(statement?.Resource).toEqual(targets?.Resource);
    const tagged = of('kill')
      .filter(({ Action }) => Action.includes('iam:PutRolePolicy'))
      .at(1);
    const here = ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }];
    expect(tagged).toMatchObject({
      Resource: { 'Fn::Join': ['', [...here, ':role/*']] },
      Condition: { StringEquals: { 'aws:ResourceTag/valetkey:ValetKey': 'vendable' } },
    });
  });

  test('nobody may delete grants or the audit trail', () => {
    const deleting = [...roles().values()]
      .flat()
      .filter((statement) =>
        actionsOf([statement]).some((action) =>
          /^(\*|dynamodb:(\*|Delete|Batch|Partiql))/i.test(action),
        ),
      );
    // Reading many items at once deletes none.
    const writing = deleting.filter((one) => !actionsOf([one]).includes('dynamodb:BatchGetItem'));
    expect(writing).toHaveLength(5);
    for (const statement of writing) {
      expect(statement.Action).toBe('dynamodb:DeleteItem');
      expect(statement.Condition).toEqual({
        'ForAllValues:StringNotLike': {
          'dynamodb:LeadingKeys': [
            ...['GRANT#*', 'TRAIL#*', 'LEDGER', 'LEDGER#*'],
            ...['ACCESSREVIEWS', 'ACCESSREVIEW#*'],
          ],
        },
      });
    }
    // The partitions of everything that says what happened.
    const grant = activeGrant();
    expect(grantKey(grant.id).pk).toMatch(/^GRANT#/);
    expect(eventKey(requestedEvent(grant)).pk).toMatch(/^GRANT#/);
    expect(principalEventKey(eventOfOrder(orderOf('people:ana').order)).pk).toMatch(/^TRAIL#/);
  });

  test('requests may update the counters of limits, mails their own, and no other item', () => {
    const [updating, ...others] = of('request').filter(({ Action }) =>
      Action.includes('dynamodb:UpdateItem'),
    );
    expect(others).toEqual([]);
    expect(updating?.Action).toBe('dynamodb:UpdateItem');
    expect(updating?.Condition).toEqual({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['COUNT#*'] },
    });
    const [crowds] = of('publish').filter(({ Action }) => Action.includes('dynamodb:UpdateItem'));
    expect(crowds?.Condition).toEqual({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['CROWD#*'] },
    });
    const use = { limit: 'requestsPerMinute', of: 'people:ana', most: 30 } as const;
    expect(countKey(use, 1, 0).pk).toMatch(/^COUNT#/);
  });

  test('access reviews are written to their own partitions, events and idempotency keys only', () => {
    const [writing, ...others] = of('reviews').filter(({ Action }) =>
      Action.includes('dynamodb:PutItem'),
    );
    expect(others).toEqual([]);
    expect(writing?.Condition).toEqual({
      'ForAllValues:StringLike': {
        'dynamodb:LeadingKeys': ['ACCESSREVIEWS', 'ACCESSREVIEW#*', 'PRINCIPAL#*', 'TRAIL#*'],
      },
    });
    expect(accessReviewKey('ar_1').pk).toMatch(/^ACCESSREVIEW#/);
    expect(reviewItemKey('ar_1', 1).pk).toBe(accessReviewKey('ar_1').pk);
    expect(reviewListKey({ at: 0, id: 'ar_1' }).pk).toBe('ACCESSREVIEWS');
  });

  test('the key of the table can be used through DynamoDB only', () => {
    const keyed = [...roles().values()]
      .flat()
      .filter((statement) => actionsOf([statement]).includes('kms:Decrypt'));
    expect(keyed).toHaveLength(14);
    for (const { Condition } of keyed) {
      const service = ['dynamodb.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }];
      expect(Condition).toEqual({
        StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', service] } },
      });
    }
  });

  describe('the workflow', () => {
    const own = (): readonly Statement[] =>
      of('workflow').filter(
        (statement) => !actionsOf([statement]).every((action) => DELIVERY.test(action)),
      );

    test('may park its task token and write no other attribute of any item', () => {
      const grants = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['GRANT#*'] } };
      const check = own().find(({ Action }) => Action === 'dynamodb:ConditionCheckItem');
      expect(check?.Condition).toEqual(grants);
      const put = own().find(({ Action }) => Action === 'dynamodb:PutItem');
      expect(put?.Condition).toEqual({
        ...grants,
        'ForAllValues:StringEquals': {
          'dynamodb:Attributes': ['pk', 'sk', 'taskToken', 'version', 'waitsFor', 'until'],
        },
      });
    });

    test('may otherwise only invoke the two Lambdas that move grants on', () => {
      expect(actionsOf(own())).toEqual([
        'dynamodb:ConditionCheckItem',
        'dynamodb:PutItem',
        ...WRITE_KEY.toSorted(),
        'lambda:InvokeFunction',
      ]);
      expect(JSON.stringify(own().map(({ Resource }) => Resource))).not.toContain('*');
      const invoke = own().find(({ Action }) => Action === 'lambda:InvokeFunction');
      expect(invoke?.Resource).toEqual([
        { 'Fn::GetAtt': [expect.stringMatching(/^advance/), 'Arn'] },
        { 'Fn::GetAtt': [expect.stringMatching(/^kill/), 'Arn'] },
      ]);
    });
  });
}

/**
 * Tags decide on IAM's actions, and the trust policies of other accounts on kill roles. The list of streams
 * has no resource to name.
 */
const FILES: ReadonlySet<string> = new Set(['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject']);

function isLimitedElsewhere(action: Statement['Action'], condition: unknown): boolean {
  if (action === 'sts:AssumeRole' || action === 'dynamodb:ListStreams') return true;
  // The objects of the only bucket.
  if ([action].flat().every((one) => FILES.has(one))) return true;
  return JSON.stringify(condition ?? '').includes('aws:ResourceTag/');
}
