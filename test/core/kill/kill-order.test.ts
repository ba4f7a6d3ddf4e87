import { describe, expect, test } from '@jest/globals';
import { openRolesOf } from '../../../core/grant.ts';
import { deniedGrantOf } from '../../../core/kill/kill-order.ts';
import { activeGrant, NOW, ROLE } from '../../support/sample-grants.ts';

const CHAINED = 'arn:aws:iam::000000000000:role/valetkey/chained';
const until = NOW + 3_600_000;
const kill = { roles: [ROLE, CHAINED], at: NOW, until };

describe('what a role denies of a grant', () => {
  const revoking = activeGrant({ status: 'revoking', chainedRoles: [CHAINED], kill });
  const { id: grantId, principalKey } = revoking;
  const row = { grantId, principalKey, at: NOW, until };

  test('begins with its end on the target role, where nothing is vended since', () => {
    expect(deniedGrantOf(revoking, ROLE)).toEqual({ ...row, begins: false });
  });

  test('is still to come on a chained role, until every deny was read back', () => {
    expect(deniedGrantOf(revoking, CHAINED)).toEqual({ ...row, begins: true });
    const revoked = { ...revoking, status: 'revoked', endedAt: NOW + 9000 } as const;
    expect(deniedGrantOf(revoked, CHAINED)).toEqual({ ...row, at: NOW + 9000, begins: false });
  });

  test('that expired ended at the order, which came after', () => {
    const expired = { ...revoking, status: 'expired', endedAt: NOW - 9000 } as const;
    expect(deniedGrantOf(expired, CHAINED)).toEqual({ ...row, begins: false });
  });

  test('is nothing on other roles, and without an order', () => {
    expect(deniedGrantOf(revoking, 'arn:aws:iam::000000000000:role/other')).toBeNull();
    expect(deniedGrantOf({ ...revoking, kill: null }, ROLE)).toBeNull();
  });
});

describe('a grant is open on its roles', () => {
  test.each(['pending', 'scheduled', 'active'] as const)('while it is %s', (status) => {
    const grant = activeGrant({ status, chainedRoles: [CHAINED] });
    expect(openRolesOf(grant)).toEqual([ROLE, CHAINED]);
    expect(openRolesOf({ ...grant, kill })).toEqual([]);
  });

  test.each(['denied', 'cancelled', 'lapsed', 'expired', 'revoking', 'revoked'] as const)(
    'and not once it is %s',
    (status) => expect(openRolesOf(activeGrant({ status }))).toEqual([]),
  );
});
