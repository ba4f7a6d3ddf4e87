import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { containsAction } from '../../../core/session-policy/glob.ts';
import {
  actionsOfService,
  expandAction,
  findAction,
  readOnlyOf,
} from '../../../core/usage/actions.ts';

const SERVICES = ['s3', 'sqs', 'kms', 'ebs', 'rds-db'];

describe('a pattern', () => {
  test.each([
    ['s3:GetObject', ['s3:GetObject']],
    ['S3:getobject', ['s3:GetObject']],
    ['sqs:*Message', ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:SendMessage']],
    ['rds-db:*', ['rds-db:connect']],
    ['sqs:ListQueue?', ['sqs:ListQueues']],
  ])('%s stands for %j', (pattern, actions) => {
    expect(expandAction(pattern)).toEqual(actions);
  });

  test.each(['*', 'GetObject', 'nothing:Get*', 's*:Get*', 's3:Invented', ':', '', '*:*'])(
    '%s says nothing',
    (pattern) => {
      expect(expandAction(pattern)).toBeNull();
    },
  );

  test('stands for what it contains, as the policies see it', () => {
    const part = fc.oneof(
      fc.constantFrom('*', '?', 'get', 'Put', 'List', 'object', 'Message', 'Key', 'tag', 'S'),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...SERVICES),
        fc.array(part, { maxLength: 5 }).map((parts) => parts.join('')),
        (service, name) => {
          const pattern = `${service}:${name}`;
          const all = [...(actionsOfService(service)?.values() ?? [])].map(({ action }) => action);
          expect(expandAction(pattern) ?? []).toEqual(
            all.filter((action) => containsAction(pattern, action)),
          );
        },
      ),
    );
  });
});

test('an action is found whatever its case', () => {
  expect(findAction('DYNAMODB:getitem')).toEqual({ action: 'dynamodb:GetItem', reads: true });
  expect(findAction('dynamodb')).toBeNull();
  expect(findAction('s3:Get*')).toBeNull();
});

test.each([
  ['s3:GetObject', true],
  ['ec2:DescribeInstances', true],
  ['s3:PutObject', false],
  ['ec2:RunInstances', false],
  ['redshift:GetClusterCredentials', null],
  ['logs:StartQuery', null],
  ['sqs:ReceiveMessage', null],
  ['kms:Sign', null],
  ['s3:Invented', null],
])('records of %s say readOnly: %j', (action, readOnly) => {
  expect(readOnlyOf(action)).toBe(readOnly);
});
