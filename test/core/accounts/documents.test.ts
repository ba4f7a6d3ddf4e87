import { expect, test } from '@jest/globals';
import {
  boundaryStatements,
  heldByBoundary,
  KILL_ACTIONS,
  killPermissions,
} from '../../../core/accounts/documents.ts';

const ROLE = 'arn:aws:iam::111111111111:role/valetkey/read';

test('a boundary allows everything but changes of what holds the role', () => {
  const [allows, denies] = boundaryStatements([ROLE]);
  expect(allows).toEqual({
    ...{ Sid: 'WhatTheRoleIsAllowed', Effect: 'Allow', Action: ['*'], Resource: ['*'] },
  });
  expect(denies).toMatchObject({ Sid: 'ButNotItsOwnLimits', Effect: 'Deny', Action: ['iam:*'] });
  expect(denies?.Resource).toContain(ROLE);
});

const place = { partition: 'aws', account: '111111111111' };
const stackName = 'ValetKey';

test('a boundary holds the roles below the path as one, those elsewhere by name, and itself', () => {
  const elsewhere = 'arn:aws:iam::111111111111:role/other/valetkey/read';
  const held = [
    'arn:aws:iam::111111111111:role/valetkey/*',
    elsewhere,
    'arn:aws:iam::111111111111:policy/valetkey/ValetKey-boundary',
  ];
  const of = (isBroker: boolean) =>
    heldByBoundary([ROLE, elsewhere], { place, stackName, isBroker });
  expect(of(false)).toEqual(held);
  expect(of(true)).toEqual([...held, 'arn:aws:iam::111111111111:role/ValetKey-*']);
});

test('a kill switch is written on the roles that are named, if any, and on those with the tag', () => {
  const tagged = {
    ...{ Effect: 'Allow', Action: KILL_ACTIONS, Resource: ['arn:aws:iam::111111111111:role/*'] },
    Condition: { StringEquals: { 'aws:ResourceTag/valetkey:ValetKey': 'vendable' } },
  };
  const named = { Effect: 'Allow', Action: KILL_ACTIONS, Resource: [ROLE] };
  expect(killPermissions([ROLE], { place, stackName })).toEqual([named, tagged]);
  expect(killPermissions([], { place, stackName })).toEqual([tagged]);
});
