import { describe, expect, test } from '@jest/globals';
import type { Decision, Outcome } from '../../../core/decision.ts';
import { GRANT_STATUSES, type Grant } from '../../../core/grant.ts';
import { GRANT_ID } from '../../../core/ids.ts';
import { vendUnder } from '../../../core/lifecycle/active.ts';
import { expire } from '../../../core/lifecycle/end.ts';
import { newGrant } from '../../../core/lifecycle/new-grant.ts';
import { principalKey } from '../../../core/principal.ts';
import { entitlement } from '../../support/entitlements.ts';
import { ANA, NOW } from '../../support/memory-ports.ts';

const END = Date.parse('2026-11-23T10:30:00Z');

const decision = (outcome: Outcome): Decision => ({
  outcome,
  policies: ['p'],
  advice: [],
  bundle: 'sha256:b',
});

const NO_APPROVALS = {
  ...{ required: 0, refusals: 0, votes: [], escalated: false },
  ...{ remindAt: null, escalateAt: null, lapseAt: null },
};

function requested(outcome: Outcome, required = 1): Grant {
  const terms = { approvers: ['people:b'], escalateTo: [], lapseAfterSeconds: 60 };
  const approval = { ...terms, required, refusals: 1, samePerson: [] };
  return newGrant({
    principal: ANA.principal,
    entitlement: entitlement({ approval }),
    deployment: { account: '111122223333', region: 'eu-central-1' },
    startsAt: null,
    parameters: { p: 'x' },
    scope: { actions: ['s3:GetObject'] },
    durationSeconds: 1800,
    justification: 'why',
    ticket: 'OPS-1',
    sourceIp: '10.0.0.1',
    decision: decision(outcome),
    now: NOW,
    random: (length) => new Uint8Array(length),
  });
}

const ACTIVE = requested('allow');
/** A scheduled grant whose start has come is as good as an active one. */
const OTHERS = GRANT_STATUSES.filter((status) => !['active', 'scheduled'].includes(status));
const as = (status: Grant['status'], changes: Partial<Grant> = {}): Grant => ({
  ...ACTIVE,
  status,
  ...changes,
});

describe('a request', () => {
  test('that is allowed is active at once, from now to a whole second', () => {
    expect(ACTIVE).toEqual({
      id: expect.stringMatching(GRANT_ID),
      status: 'active',
      version: 1,
      requester: { type: 'User', id: 'people:ana', name: 'ana@acme.example' },
      marks: ['people:ana'],
      principalKey: principalKey(ANA.principal),
      entitlement: 'e',
      definition: 'sha256:e',
      targetRole: 'arn:aws:iam::111122223333:role/e',
      chainedRoles: [],
      breakGlass: false,
      parameters: { p: 'x' },
      scope: { actions: ['s3:GetObject'] },
      justification: 'why',
      ticket: 'OPS-1',
      job: null,
      sourceIp: '10.0.0.1',
      durationSeconds: 1800,
      createdAt: NOW,
      startsAt: NOW,
      expiresAt: END,
      endedAt: null,
      endReason: null,
      keysValidUntil: null,
      kill: null,
      approvals: NO_APPROVALS,
      review: null,
      decision: decision('allow'),
    });
  });

  test('that a human must approve is pending, and has no time yet', () => {
    expect(requested('approve', 2)).toMatchObject({
      ...{ status: 'pending', startsAt: null, expiresAt: null, endedAt: null },
      approvals: { required: 2, refusals: 1, votes: [], lapseAt: NOW + 60_000 },
    });
  });

  test('that is denied has ended as it begins', () => {
    expect(requested('deny', 2)).toMatchObject({
      ...{ status: 'denied', startsAt: null, expiresAt: null, approvals: NO_APPROVALS },
      ...{ endedAt: NOW, endReason: 'policy' },
    });
  });
});

describe('vending under a grant', () => {
  test('notes until when the keys may work, and changes nothing else', () => {
    expect(vendUnder(ACTIVE, NOW)).toEqual({ ok: true, value: { ...ACTIVE, keysValidUntil: END } });
  });

  test('never brings the end of keys forward that were vended before', () => {
    const later = END + 3_600_000;
    const vended = vendUnder(as('active', { keysValidUntil: later }), NOW);
    expect(vended.ok && vended.value.keysValidUntil).toBe(later);
  });

  test.each(OTHERS)('is impossible while it is %s', (status) => {
    const refused = vendUnder(as(status), NOW);
    const detail = expect.stringContaining(status);
    expect(refused).toEqual({ ok: false, error: { code: 'wrong-state', detail } });
  });

  test('ends at the very millisecond, and the answer says when that was', () => {
    expect(vendUnder(ACTIVE, END - 1).ok).toBe(true);
    for (const now of [END, END + 1]) {
      expect(vendUnder(ACTIVE, now)).toMatchObject({
        error: { code: 'wrong-state', detail: expect.stringContaining('2026-11-23T10:30:00Z') },
      });
    }
  });

  test('needs an end: an active grant without one gives nothing', () => {
    expect(vendUnder(as('active', { expiresAt: null }), NOW).ok).toBe(false);
  });
});

describe('expiring a grant', () => {
  test('waits until every clock says so, and tells the end as it was, not as late as it was noticed', () => {
    expect(expire(ACTIVE, END + 999)).toEqual({ kind: 'not-due' });
    const grant = { ...ACTIVE, status: 'expired', version: 2, endedAt: END };
    const expected = { kind: 'expired', grant: { ...grant, endReason: 'time is up' } };
    expect(expire(ACTIVE, END + 1000)).toEqual(expected);
    expect(expire(ACTIVE, END + 86_400_000)).toEqual(expected);
  });

  test.each(OTHERS)('leaves one that is %s as it is', (status) => {
    expect(expire(as(status), END + 1)).toEqual({ kind: 'already-ended' });
  });
});
