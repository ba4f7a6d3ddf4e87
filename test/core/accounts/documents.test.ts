import { expect, test } from '@jest/globals';
import { boundaryStatements } from '../../../core/accounts/documents.ts';

const ROLE = 'arn:aws:iam::111111111111:role/valetkey/read';

test('a boundary allows everything but changes of what holds the role', () => {
  const [allows, denies] = boundaryStatements([ROLE]);
  expect(allows).toEqual({
    ...{ Sid: 'WhatTheRoleIsAllowed', Effect: 'Allow', Action: ['*'], Resource: ['*'] },
  });
  expect(denies).toMatchObject({ Sid: 'ButNotItsOwnLimits', Effect: 'Deny', Action: ['iam:*'] });
  expect(denies?.Resource).toContain(ROLE);
});
