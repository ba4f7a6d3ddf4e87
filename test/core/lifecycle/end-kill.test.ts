import { describe, expect, test } from '@jest/globals';
import { GRANT_STATUSES, type Grant } from '../../../core/grant.ts';
import { awaitsKill, killed, outlived, pruned } from '../../../core/lifecycle/end.ts';
import { activeGrant, NOW, ROLE } from '../../support/sample-grants.ts';

const END = Date.parse('2026-11-23T10:30:00Z');
const WHY = 'a test';

const ACTIVE = activeGrant({ expiresAt: END });
const as = (status: Grant['status'], changes: Partial<Grant> = {}): Grant => ({
  ...ACTIVE,
  status,
  ...changes,
});
const order = { roles: [ROLE], at: NOW, until: END + 60_000 };

describe('a grant that waits for its deny', () => {
  test.each(GRANT_STATUSES)('may be %s only in the midst of its end', (status) => {
    expect(awaitsKill(as(status))).toBe(status === 'revoking');
    const ordered = as(status, { kill: order });
    expect(awaitsKill(ordered)).toBe(status === 'revoking' || status === 'active');
  });

  test('is revoked once the deny was read back', () => {
    const grant = as('revoking', { kill: order, endReason: WHY });
    const at = NOW + 5000;
    expect(killed(grant, at)).toEqual({ ...grant, status: 'revoked', version: 2, endedAt: at });
  });

  test('is expired once the deny on its chained roles was read back', () => {
    const grant = as('active', { kill: order });
    const changes = { status: 'expired', endedAt: END, endReason: 'time is up' };
    expect(killed(grant, END + 5000)).toEqual({ ...grant, ...changes, version: 2 });
  });

  test('is expired, and says why, when its credentials died before they could be denied', () => {
    const keysValidUntil = END;
    const grant = as('revoking', { kill: order, keysValidUntil, endReason: WHY });
    expect(outlived(grant, END - 1)).toBeNull();
    const why = '; the kill switch could not be written, so the keys worked until they ran out';
    const changes = { status: 'expired', endedAt: keysValidUntil, version: 2 };
    expect(outlived(grant, END)).toEqual({ ...grant, ...changes, endReason: `${WHY}${why}` });
    const unexplained = { ...grant, endReason: null };
    expect(outlived(unexplained, END)).toMatchObject({ endReason: `ended${why}` });
  });

  test('is the only one that a deny ends', () => {
    for (const status of GRANT_STATUSES.filter((other) => other !== 'revoking')) {
      expect(killed(as(status), NOW)).toBeNull();
      expect(outlived(as(status), NOW)).toBeNull();
    }
  });
});

describe('a kill order', () => {
  test('goes once the last session is dead', () => {
    const grant = as('revoked', { kill: order });
    expect(pruned(grant, order.until - 1)).toBeNull();
    expect(pruned(grant, order.until)).toEqual({ ...grant, kill: null, version: 2 });
  });

  test('stays while the deny is awaited, and is nothing where there is none', () => {
    expect(pruned(as('revoking', { kill: order }), order.until)).toBeNull();
    expect(pruned(as('revoked'), order.until)).toBeNull();
  });
});
