import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Decision, Outcome } from '../../../core/decision.ts';
import type { Approval, Entitlement } from '../../../core/entitlement.ts';
import { GRANT_ID } from '../../../core/ids.ts';
import { addSeconds } from '../../../core/instant.ts';
import {
  expiryOf,
  type NewGrant,
  newGrant,
  reviewOwed,
} from '../../../core/lifecycle/new-grant.ts';
import { principalKey } from '../../../core/principal.ts';
import { entitlement } from '../../support/entitlements.ts';
import { ANA, NOW } from '../../support/memory-ports.ts';
import { NO_APPROVALS } from '../../support/sample-grants.ts';

const END = Date.parse('2026-11-23T10:30:00Z');
const LATER = Date.parse('2026-11-23T12:00:00.700Z');

const APPROVAL: Approval = {
  required: 2,
  refusals: 1,
  approvers: ['people:b'],
  escalateTo: [],
  lapseAfterSeconds: 60,
  samePerson: [],
};

const decision = (outcome: Outcome): Decision => ({
  outcome,
  policies: ['p'],
  advice: [],
  bundle: 'sha256:b',
});

const REQUESTED_WITH = { startsInSeconds: 0, mfaAgeSeconds: 60, history: null };

function granted(
  outcome: Outcome,
  input: Partial<NewGrant> = {},
  terms: Partial<Entitlement> = { approval: APPROVAL },
) {
  return newGrant({
    principal: ANA.principal,
    entitlement: entitlement(terms),
    deployment: { account: '111122223333', region: 'eu-central-1' },
    startsAt: null,
    parameters: { p: 'x' },
    scope: { actions: ['s3:GetObject'] },
    durationSeconds: 1800,
    requestedWith: REQUESTED_WITH,
    justification: 'why',
    ticket: 'OPS-1',
    sourceIp: '10.0.0.1',
    decision: decision(outcome),
    now: NOW,
    matchCode: '07',
    random: (length) => new Uint8Array(length),
    ...input,
  });
}

describe('a request', () => {
  test('that is allowed is active at once, from now to a whole second', () => {
    expect(granted('allow')).toEqual({
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
      sessionDurationSeconds: 3600,
      requestedWith: REQUESTED_WITH,
      createdAt: NOW,
      startsAt: NOW,
      expiresAt: END,
      endedAt: null,
      endReason: null,
      keysValidUntil: null,
      kill: null,
      approvals: NO_APPROVALS,
      extension: null,
      review: null,
      decision: decision('allow'),
    });
  });

  test('that is allowed for later is scheduled, and lasts as long from its start', () => {
    expect(granted('allow', { startsAt: LATER })).toMatchObject({
      status: 'scheduled',
      startsAt: LATER,
      expiresAt: Date.parse('2026-11-23T12:30:00Z'),
    });
  });

  test.each([
    ['now', NOW],
    ['a moment ago', NOW - 1000],
  ])('that is allowed to start %s is active, and its time counts from there', (_, startsAt) => {
    const expiresAt = expiryOf(startsAt, 1800);
    expect(granted('allow', { startsAt })).toMatchObject({ status: 'active', startsAt, expiresAt });
  });

  test('that a human must approve is pending, and has no time yet', () => {
    expect(granted('approve')).toMatchObject({
      status: 'pending',
      startsAt: null,
      expiresAt: null,
      endedAt: null,
      endReason: null,
      approvals: { ...NO_APPROVALS, required: 2, refusals: 1, lapseAt: NOW + 60_000 },
    });
  });

  test('that a human must approve keeps the start that was requested', () => {
    expect(granted('approve', { startsAt: LATER })).toMatchObject({
      status: 'pending',
      startsAt: LATER,
      expiresAt: null,
    });
  });

  test('is pending until a reminder, an escalation and a lapse, as its entitlement says', () => {
    const approval = { ...APPROVAL, remindAfterSeconds: 10, escalateAfterSeconds: 30 };
    expect(granted('approve', {}, { approval }).approvals).toEqual({
      required: 2,
      refusals: 1,
      votes: [],
      remindAt: NOW + 10_000,
      escalateAt: NOW + 30_000,
      lapseAt: NOW + 60_000,
      escalated: false,
    });
  });

  test('that is denied has ended as it begins', () => {
    expect(granted('deny')).toMatchObject({
      status: 'denied',
      startsAt: null,
      expiresAt: null,
      approvals: NO_APPROVALS,
      endedAt: NOW,
      endReason: 'policy',
    });
  });

  test('records the roles with the account and Region of the deployment', () => {
    const role = (name: string) => `arn:aws:iam::{{account}}:role/{{region}}/${name}`;
    expect(granted('allow', {}, { target: role('a'), chainedRoles: [role('b')] })).toMatchObject({
      targetRole: 'arn:aws:iam::111122223333:role/eu-central-1/a',
      chainedRoles: ['arn:aws:iam::111122223333:role/eu-central-1/b'],
    });
  });

  test('records the claims that identify the person, where the token has them', () => {
    const terms = { approval: { ...APPROVAL, samePerson: ['employee'] } };
    const principal = { ...ANA.principal, tags: { employee: '7' } };
    expect(granted('approve', { principal }, terms).marks).toEqual(['people:ana', 'employee=7']);
    expect(granted('approve', {}, terms).marks).toEqual(['people:ana']);
    expect(granted('allow', { principal }, {}).marks).toEqual(['people:ana']);
  });
});

describe('break-glass', () => {
  const terms = { breakGlass: true, reviewAfterSeconds: 3600 };
  const due = { status: 'due', reminded: false, reviewer: null, comment: null, at: null } as const;

  test('owes a review from its start', () => {
    expect(reviewOwed(terms, NOW)).toEqual({ ...due, dueAt: NOW + 3_600_000 });
    const review = { ...due, dueAt: LATER + 3_600_000 };
    expect(granted('allow', { startsAt: LATER }, terms)).toMatchObject({
      breakGlass: true,
      review,
    });
  });

  test.each(['approve', 'deny'] as const)('owes none after the outcome %s', (outcome) => {
    expect(granted(outcome, {}, { ...terms, approval: APPROVAL }).review).toBeNull();
  });

  test('is the only kind of access that owes one', () => {
    expect(reviewOwed({ ...terms, breakGlass: false }, NOW)).toBeNull();
  });
});

test('a grant is bound to the job of the workload that requests it', () => {
  const principal = { ...ANA.principal, type: 'Workload' as const, tags: { run_id: '2' } };
  expect(granted('allow', { principal }, { job: ['run_id'] })).toMatchObject({ job: '2' });
});

describe('the end of a grant', () => {
  test('is on a whole second, never later than requested and less than a second earlier', () => {
    const start = fc.integer({ min: 0, max: 4e12 });
    fc.assert(
      fc.property(start, fc.integer({ min: 1, max: 604_800 }), (from, seconds) => {
        const end = expiryOf(from, seconds);
        expect(end % 1000).toBe(0);
        expect(end).toBeLessThanOrEqual(addSeconds(from, seconds));
        expect(end).toBeGreaterThan(addSeconds(from, seconds - 1));
      }),
    );
  });
});
