import { expect, test } from '@jest/globals';
import type { Grant, Me } from '../../../../dashboard/api/types.ts';
import { actionsFor } from '../../../../dashboard/views/grant/actions.ts';

const NOW = Date.parse('2026-11-27T10:00:00Z');

const grant = (changes: Partial<Grant>): Grant =>
  ({
    ...{ requester: { id: 'people:ana' }, status: 'active', keysValidUntil: null },
    ...{ extension: null, review: null, createdAt: '2026-11-27T09:00:00Z' },
    ...{ approvals: { required: 1, votes: [], escalated: false, lapsesAt: null } },
    ...changes,
  }) as unknown as Grant;

const me = (id: string, may: Me['may'] = []): Me => ({ id, type: 'User', may }) as unknown as Me;
const ANA = me('people:ana');
const APPROVER = me('people:bo');
const AUDITOR = me('people:cy', ['audit']);
const SECURITY = me('people:di', ['audit', 'administer']);

test('requesters end, extend and use what is active, and can say that it was not them', () => {
  expect(actionsFor(grant({}), ANA, NOW)).toEqual(['release', 'extend', 'command', 'not-me']);
});

test('requesters cancel what has not begun, and release it once it was used', () => {
  expect(actionsFor(grant({ status: 'pending' }), ANA, NOW)).toEqual(['cancel', 'not-me']);
  const used = grant({ status: 'scheduled', keysValidUntil: '2026-11-27T11:00:00Z' });
  expect(actionsFor(used, ANA, NOW)).toEqual(['release', 'extend', 'not-me']);
});

test('nobody votes on, revokes or reviews their own', () => {
  const review = { status: 'due' } as Grant['review'];
  const offered = actionsFor(
    grant({ status: 'pending', review }),
    me('people:ana', ['administer']),
    NOW,
  );
  expect(offered).not.toEqual(expect.arrayContaining(['vote']));
  expect(offered).not.toEqual(expect.arrayContaining(['review']));
});

test('others vote on what waits, and administrators may end it, too', () => {
  const pending = grant({ status: 'pending' });
  expect(actionsFor(pending, APPROVER, NOW)).toEqual(['vote']);
  expect(actionsFor(pending, SECURITY, NOW)).toEqual(['vote', 'revoke']);
});

test('who only audits is not offered to revoke, unless they voted', () => {
  expect(actionsFor(grant({}), AUDITOR, NOW)).toEqual([]);
  expect(actionsFor(grant({}), APPROVER, NOW)).toEqual(['revoke']);
  const votes = [{ approver: { id: AUDITOR.id } }] as Grant['approvals']['votes'];
  const voted = grant({ approvals: { ...grant({}).approvals, votes } });
  expect(actionsFor(voted, AUDITOR, NOW)).toEqual(['revoke']);
});

test('what has ended offers nothing but a review that is due', () => {
  expect(actionsFor(grant({ status: 'expired' }), SECURITY, NOW)).toEqual([]);
  const review = { status: 'due' } as Grant['review'];
  expect(actionsFor(grant({ status: 'expired', review }), SECURITY, NOW)).toEqual(['review']);
});
