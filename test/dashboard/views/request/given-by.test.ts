import { expect, test } from '@jest/globals';
import { givenBy } from '../../../../dashboard/views/request/given-by.ts';

test('what a policy allows is listed, and what it denies is not', () => {
  const Statement = [
    { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/*' },
    { Effect: 'Allow', Action: ['s3:Get*', 's3:List*'], Resource: ['arn:1', 'arn:2'] },
    { Effect: 'Deny', Action: '*', Resource: '*' },
  ];
  expect(givenBy({ Statement })).toEqual([
    { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::a/*'] },
    { actions: ['s3:Get*', 's3:List*'], resources: ['arn:1', 'arn:2'] },
  ]);
  expect(givenBy({})).toEqual([]);
});
