import { describe, expect, test } from '@jest/globals';
import type { Approval } from '../../../core/entitlement.ts';
import type { Grant, PendingExtension, Vote } from '../../../core/grant.ts';
import { cancel, expire, revoke } from '../../../core/lifecycle/end.ts';
import { askForExtension, openExtension } from '../../../core/lifecycle/extension.ts';
import { vote, withdraw } from '../../../core/lifecycle/vote.ts';
import type { Result } from '../../../core/result.ts';
import { err, ok } from '../../../core/result.ts';
import { ANA } from '../../support/memory-ports.ts';
import { activeGrant, NO_APPROVALS, NOW } from '../../support/sample-grants.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ONLY_BO: Approval = {
  required: 1,
  refusals: 2,
  approvers: ['people:bosses'],
  escalateTo: [],
  lapseAfterSeconds: 600,
  samePerson: [],
};
const FACTS: PendingExtension['inputs']['facts'] = {
  now: NOW,
  durationSeconds: 3600,
  startsInSeconds: 0,
  sourceIp: '127.0.0.1',
  mfa: false,
  mfaAgeSeconds: null,
  ticket: null,
  justification: 'longer',
  scoped: false,
  parameters: {},
  history: null,
};
const ASKED = {
  durationSeconds: 3600,
  justification: 'longer',
  decision: { outcome: 'approve', policies: ['p'], advice: [], bundle: 'sha256:1' } as const,
  inputs: { principal: ANA.principal, facts: FACTS },
  marks: ['people:ana', 'employee=1'],
  matchCode: '07',
};

function ask(
  grant: Grant,
  durationSeconds = ASKED.durationSeconds,
  now = NOW,
  approval: Partial<Approval> = {},
): Result<Grant, unknown> {
  const terms = { approval: { ...ONLY_BO, ...approval }, maxDurationSeconds: 7200 };
  return askForExtension(grant, { ...ASKED, durationSeconds }, terms, now);
}

/** An active grant, until 10:15, with an extension that waits for votes until 10:10. */
function asked(changes: Partial<Grant> = {}, approval: Partial<Approval> = {}): Grant {
  const grant = ask(activeGrant({ marks: ['people:ana'], ...changes }), 3600, NOW, approval);
  if (!grant.ok) throw new Error('refused');
  return grant.value;
}

function cast(name: string, kind: Vote['vote'] = 'approve', changes: Partial<Vote> = {}): Vote {
  const approver = { type: 'User', id: `people:${name}`, name } as const;
  const marks = [`people:${name}`, `employee=${name}`];
  return { approver, marks, vote: kind, comment: null, facts: null, at: NOW, ...changes };
}

describe('an extension that people have to approve', () => {
  test('waits beside the grant, which runs on as it is', () => {
    const grant = activeGrant({ marks: ['people:ana'] });
    const { marks, matchCode: _, ...request } = ASKED;
    const lapseAt = NOW + 10 * MINUTE;
    expect(ask(grant)).toEqual(
      ok({
        ...grant,
        version: 2,
        marks,
        extension: {
          ...request,
          requestedAt: NOW,
          latestEnd: Date.parse('2026-11-23T12:00:00Z'),
          approvals: { ...NO_APPROVALS, required: 1, refusals: 2, lapseAt },
        },
      }),
    );
  });

  test('lapses with the grant at the latest', () => {
    const late = asked({}, { lapseAfterSeconds: 86_400 });
    expect(late.extension?.approvals.lapseAt).toBe(late.expiresAt);
  });

  test('is open until it lapses', () => {
    const grant = asked();
    expect(openExtension(grant, NOW + 10 * MINUTE - 1)).toBe(grant.extension);
    expect(openExtension(grant, NOW + 10 * MINUTE)).toBeNull();
    expect(openExtension(activeGrant(), NOW)).toBeNull();
  });

  test('reaches no further than the longest duration from the start of the grant', () => {
    const grant = activeGrant({ startsAt: NOW - 30 * MINUTE, expiresAt: NOW + 30 * MINUTE });
    const latestEnd = Date.parse('2026-11-23T11:30:00Z');
    expect(ask(grant)).toMatchObject({ value: { extension: { latestEnd } } });
  });

  test.each([3600, 3599])(
    'is replaced by a later one for no more time, on which nobody has voted: %d seconds',
    (durationSeconds) => {
      const voted = vote(asked({}, { required: 2 }), cast('bo'));
      if (!voted.ok) throw new Error('refused');
      expect(voted.value.grant.extension?.approvals.votes).toHaveLength(1);
      expect(ask(voted.value.grant, durationSeconds, NOW + MINUTE)).toMatchObject({
        value: {
          version: 4,
          extension: { durationSeconds, requestedAt: NOW + MINUTE, approvals: { votes: [] } },
        },
      });
    },
  );

  test('is not replaced by one for more time while votes may be under way', () => {
    const detail =
      'An extension of 3600 seconds waits for votes until 2026-11-23T10:10:00.123Z. Wait for them, or ask for no more than that.';
    expect(ask(asked(), 3601)).toEqual(err({ code: 'wrong-state', detail }));
    expect(ask(asked(), 3601, NOW + 10 * MINUTE)).toMatchObject({ ok: true });
  });

  test('ends with its grant, however that ends', () => {
    const keys = { keysValidUntil: NOW + HOUR };
    const now = NOW + MINUTE;
    const over = Date.parse('2026-11-23T10:15:01Z');
    const chained = { ...keys, chainedRoles: ['arn:aws:iam::000000000000:role/chained'] };
    const endings = [
      cancel(asked({ status: 'scheduled' }), 'x', now),
      revoke(asked(), 'x', now),
      revoke(asked(keys), 'x', now),
    ].flatMap((ended) => (ended.ok ? [ended.value] : []));
    const expiries = [expire(asked(), over), expire(asked(chained), over)];
    const ended = [...endings, ...expiries].flatMap((one) => ('grant' in one ? [one] : []));
    expect(ended.map(({ kind, grant }) => [kind, grant.extension])).toEqual([
      ['cancelled', null],
      ['revoked', null],
      ['revoking', null],
      ['expired', null],
      ['killing', null],
    ]);
  });
});

describe('a vote on an extension', () => {
  test('is counted there, and leaves the votes on the request alone', () => {
    const approvals = { ...NO_APPROVALS, required: 1, votes: [cast('cy')] };
    const grant = asked({ approvals }, { required: 2 });
    const voted = vote(grant, cast('bo'));
    expect(voted).toMatchObject({
      value: { kind: 'counted', grant: { approvals, extension: { approvals: { required: 2 } } } },
    });
    if (!voted.ok) return;
    expect(voted.value.grant.extension?.approvals.votes).toEqual([cast('bo')]);
    expect(withdraw(voted.value.grant, cast('bo').marks, NOW)).toEqual(
      ok({ ...grant, version: voted.value.grant.version + 1 }),
    );
    expect(vote(voted.value.grant, cast('bo'))).toMatchObject({ value: { kind: 'unchanged' } });
  });

  test.each([
    ['counts the time from there', {}, 5 * MINUTE, '2026-11-23T11:05:00Z'],
    ['reaches no further than the longest duration', {}, 9 * MINUTE, '2026-11-23T11:01:00Z'],
    [
      'counts the time from a start that is still ahead',
      { status: 'scheduled', startsAt: NOW + HOUR, expiresAt: NOW + HOUR + 15 * MINUTE },
      0,
      '2026-11-23T12:00:00Z',
    ],
  ] as const)('that completes the quorum %s', (_, changes, after, expiresAt) => {
    const asking = asked(changes);
    const { extension } = asking;
    if (extension === null) throw new Error('no extension');
    const latestEnd = after === 9 * MINUTE ? Date.parse(expiresAt) : extension.latestEnd;
    const grant = { ...asking, extension: { ...extension, latestEnd } };
    const voted = vote(grant, cast('bo', 'approve', { at: NOW + after }));
    const extended = { ...grant, version: 3, extension: null, expiresAt: Date.parse(expiresAt) };
    expect(voted).toEqual(ok({ kind: 'approved', grant: extended }));
  });

  test('never moves the end back, whatever the clock of the voter says', () => {
    const grant = asked({ startsAt: NOW - MINUTE, expiresAt: Date.parse('2026-11-23T11:00:00Z') });
    const early = cast('bo', 'approve', { at: NOW - 5000 });
    expect(vote(grant, early)).toMatchObject({ value: { grant: { expiresAt: grant.expiresAt } } });
  });

  test('to deny drops the extension, and the grant runs on', () => {
    const grant = asked({}, { refusals: 1 });
    const voted = vote(grant, cast('bo', 'deny', { comment: 'enough' }));
    const reason = 'denied by bo: enough';
    const after = { ...grant, version: 3, extension: null };
    expect(voted).toEqual(ok({ kind: 'denied', grant: after, reason }));
  });

  test('is refused to the person who asks, under the marks of both tokens', () => {
    const own = { error: { code: 'own-request' } };
    expect(vote(asked(), cast('ana'))).toMatchObject(own);
    const alias = cast('ann', 'approve', { marks: ['ci:ann', 'employee=1'] });
    expect(vote(asked(), alias)).toMatchObject(own);
  });

  test.each(['revoking', 'revoked', 'expired', 'cancelled'] as const)(
    'comes too late once the grant is %s, even if a writer left the extension behind',
    (status) => {
      const detail = `The grant is ${status}, not pending.`;
      const refused = err({ code: 'wrong-state', detail });
      expect(vote(asked({ status }), cast('bo'))).toEqual(refused);
      expect(withdraw(asked({ status }), cast('bo').marks, NOW)).toEqual(refused);
    },
  );

  test('comes too late once the extension has lapsed', () => {
    const at = NOW + 10 * MINUTE;
    const detail = 'The extension lapsed at 2026-11-23T10:10:00.123Z.';
    const lapsed = err({ code: 'wrong-state', detail });
    expect(vote(asked(), cast('bo', 'approve', { at }))).toEqual(lapsed);
    expect(withdraw(asked(), cast('bo').marks, at)).toEqual(lapsed);
  });
});
