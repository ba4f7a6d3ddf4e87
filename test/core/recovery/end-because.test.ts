import { expect, test } from '@jest/globals';
import { endAsDenied } from '../../../core/recovery/end-because.ts';
import { activeGrant, NOW } from '../../support/sample-grants.ts';

const REASON = 'recovery: the kill switch of its role denies it';

test('a grant that its role denies is ended, and denied for as long as any of its credentials can live', () => {
  const open = activeGrant();
  const ended = endAsDenied(open, REASON, NOW);
  expect(ended?.grant).toMatchObject({ status: 'revoking', endReason: REASON });
  expect(ended?.grant.kill?.until).toBeGreaterThanOrEqual(open.expiresAt ?? 0);
  expect(ended?.happening).toEqual({ type: 'revoking', reason: REASON });
});

test('also one that the table takes for a request: its approval and its vends are lost', () => {
  const pending = activeGrant({ status: 'pending', startsAt: null, expiresAt: null });
  const { grant } = endAsDenied(pending, REASON, NOW) ?? {};
  expect(grant).toMatchObject({ status: 'cancelled', kill: { roles: [pending.targetRole] } });
  expect(grant?.kill?.until).toBeGreaterThanOrEqual(NOW + 3_600_000);
});

test('what has ended, or is ending, stays as it is', () => {
  expect(endAsDenied(activeGrant({ status: 'revoked' }), REASON, NOW)).toBeNull();
  expect(endAsDenied(activeGrant({ status: 'revoking' }), REASON, NOW)).toBeNull();
});
