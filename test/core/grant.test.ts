import { describe, expect, test } from '@jest/globals';
import {
  GRANT_STATUSES,
  type GrantStatus,
  isOpen,
  next,
  openRolesOf,
  rolesOf,
  waitsForVotes,
} from '../../core/grant.ts';
import { activeGrant, EXTENSION, NOW, ROLE } from '../support/sample-grants.ts';

const CHAINED = 'arn:aws:iam::000000000000:role/valetkey/chained';
const KILL = { roles: [CHAINED], at: NOW, until: NOW + 1 };

/** The statuses for which something holds. */
const statuses = (holds: (status: GrantStatus) => boolean) => GRANT_STATUSES.filter(holds);

describe('a grant', () => {
  test('is open while credentials may still come of it, or are being killed', () => {
    expect(statuses((status) => isOpen({ status }))).toEqual(
      statuses((status) => ['pending', 'scheduled', 'active', 'revoking'].includes(status)),
    );
  });

  test('waits for votes as a request, or while it runs with an extension', () => {
    const waiting = (extension: typeof EXTENSION | null) =>
      statuses((status) => waitsForVotes({ status, extension })).toSorted();
    expect(waiting(null)).toEqual(['pending']);
    expect(waiting(EXTENSION)).toEqual(['active', 'pending', 'scheduled']);
  });

  test('reaches its target role and the chained ones, each once', () => {
    expect(rolesOf(activeGrant({ targetRole: ROLE, chainedRoles: [] }))).toEqual([ROLE]);
    expect(rolesOf(activeGrant({ targetRole: ROLE, chainedRoles: [CHAINED, ROLE] }))).toEqual([
      ROLE,
      CHAINED,
    ]);
  });

  test('has rightful sessions on its roles while it is open and nothing of it is denied', () => {
    const withRoles = (status: GrantStatus, kill: typeof KILL | null) =>
      openRolesOf(activeGrant({ status, targetRole: ROLE, chainedRoles: [CHAINED], kill }));
    const having = (kill: typeof KILL | null) =>
      statuses((status) => withRoles(status, kill).length > 0).toSorted();
    expect(having(null)).toEqual(['active', 'pending', 'scheduled']);
    expect(having(KILL)).toEqual([]);
    expect(withRoles('active', null)).toEqual([ROLE, CHAINED]);
  });

  test('changes as its next version, and keeps what is not changed', () => {
    const before = activeGrant({ version: 7 });
    const after = next(before, { status: 'expired', endedAt: NOW });
    expect(after).toEqual({ ...before, status: 'expired', endedAt: NOW, version: 8 });
    expect(before.version).toBe(7);
  });
});
