import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GRANT_STATUSES, type Grant, type Vote } from '../../../core/grant.ts';
import { vote, withdraw } from '../../../core/lifecycle/vote.ts';
import { err, ok } from '../../../core/result.ts';
import { activeGrant, NO_APPROVALS, NOW } from '../../support/sample-grants.ts';

const HOUR = 3_600_000;
const OWN = {
  code: 'own-request',
  detail: 'You cannot vote on your own request. Ask another approver.',
};
const LAPSED = {
  code: 'wrong-state',
  detail: 'The request lapsed at 2026-11-23T11:00:00.123Z.',
};

/** A request of a person with an employee number; it waits for two approvals. */
function pending(approvals: Partial<Grant['approvals']> = {}, changes: Partial<Grant> = {}): Grant {
  return activeGrant({
    status: 'pending',
    marks: ['people:ana', 'employee=1'],
    startsAt: null,
    expiresAt: null,
    durationSeconds: 1800,
    approvals: { ...NO_APPROVALS, required: 2, refusals: 2, lapseAt: NOW + HOUR, ...approvals },
    ...changes,
  });
}

const by = (name: string, mark = `employee=${name}`) => ({
  approver: { type: 'User', id: `people:${name}`, name } as const,
  marks: [`people:${name}`, mark],
});

function cast(name: string, kind: Vote['vote'] = 'approve', changes: Partial<Vote> = {}): Vote {
  return { ...by(name), vote: kind, comment: null, facts: null, at: NOW, ...changes };
}

/** The grant after these votes, of which none decides. */
function votedOn(grant: Grant, ...votes: readonly Vote[]): Grant {
  return votes.reduce((before, one) => {
    const voted = vote(before, one);
    if (!voted.ok || voted.value.kind !== 'counted') throw new Error(JSON.stringify(voted));
    return voted.value.grant;
  }, grant);
}

describe('a vote', () => {
  test('is counted, as the next version of the grant', () => {
    const grant = pending();
    const first = cast('bo');
    const approvals = { ...grant.approvals, votes: [first] };
    const counted = { ...grant, version: 2, approvals };
    expect(vote(grant, first)).toEqual(ok({ kind: 'counted', grant: counted }));
    expect(votedOn(grant, first, cast('cy', 'deny')).approvals.votes).toHaveLength(2);
  });

  test.each([
    ['principal', { marks: ['people:ana'] }],
    ['alias', { marks: ['ci:ana', 'employee=1'] }],
  ])('on an own request is refused, cast by the same %s', (_, changes) => {
    expect(vote(pending(), cast('ana', 'deny', changes))).toEqual(err(OWN));
  });

  test.each(GRANT_STATUSES.filter((status) => status !== 'pending'))(
    'on a grant that is %s is refused',
    (status) => {
      const detail = `The grant is ${status}, not pending.`;
      const refused = err({ code: 'wrong-state', detail });
      expect(vote(pending({}, { status }), cast('bo'))).toEqual(refused);
      expect(withdraw(pending({}, { status }), by('bo').marks, NOW)).toEqual(refused);
    },
  );

  test('comes too late once the request has lapsed', () => {
    const grant = pending();
    const at = NOW + HOUR;
    expect(vote(grant, cast('bo', 'approve', { at: at - 1 })).ok).toBe(true);
    expect(vote(grant, cast('bo', 'approve', { at }))).toEqual(err(LAPSED));
    expect(withdraw(grant, by('bo').marks, at)).toEqual(err(LAPSED));
    expect(vote(pending({ lapseAt: null }), cast('bo', 'approve', { at })).ok).toBe(true);
  });

  test('that was cast already changes nothing', () => {
    const grant = votedOn(pending(), cast('bo'));
    const again = cast('bo', 'approve', { at: NOW + 1, comment: 'again' });
    expect(vote(grant, again)).toEqual(ok({ kind: 'unchanged', grant }));
  });

  const facts: NonNullable<Vote['facts']> = {
    principal: {
      ...{ type: 'User', id: 'people:bo', issuer: 'people', name: 'bo' },
      ...{ groups: ['people:bosses', 'people:staff'], tags: { site: 'a', team: 'b' } },
    },
    ...{ sourceIp: '10.0.0.1', mfa: false, mfaAgeSeconds: null },
  };

  test.each<[string, Vote['facts'], Vote['facts']]>([
    ['a second factor', facts, { ...facts, mfa: true }],
    ['a time of sign-in', facts, { ...facts, mfaAgeSeconds: 0 }],
    ['other groups', facts, { ...facts, principal: { ...facts.principal, groups: [] } }],
    ['other tags', facts, { ...facts, principal: { ...facts.principal, tags: { team: 'b' } } }],
    ['facts, where an earlier version kept none', null, facts],
  ])('that is cast again with %s replaces the earlier one', (_, before, after) => {
    const grant = votedOn(pending(), cast('bo', 'approve', { facts: before }));
    const again = cast('bo', 'approve', { facts: after, at: NOW + 1 });
    expect(votedOn(grant, again).approvals.votes).toEqual([again]);
  });

  test('that is cast again from elsewhere, later, or in other words for the same, changes nothing', () => {
    const groups = facts.principal.groups.toReversed();
    const principal = { ...facts.principal, groups, tags: { team: 'b', site: 'a' }, name: 'Bo' };
    const before = { ...facts, mfaAgeSeconds: 5 };
    const same = { ...facts, principal, sourceIp: '10.0.0.2', mfaAgeSeconds: 65 };
    const grant = votedOn(pending(), cast('bo', 'approve', { facts: before }));
    const again = cast('bo', 'approve', { facts: same, at: NOW + 60_000 });
    expect(vote(grant, again)).toEqual(ok({ kind: 'unchanged', grant }));
  });

  test('of the same person under an alias replaces the earlier one', () => {
    const grant = votedOn(pending(), cast('bo'));
    const alias = cast('bob', 'approve', by('bob', 'employee=bo'));
    expect(votedOn(grant, alias).approvals.votes).toEqual([alias]);
  });

  test('of a person who thinks again replaces the earlier one', () => {
    const grant = votedOn(pending(), cast('bo'), cast('cy', 'deny'));
    const changed = cast('bo', 'deny', { at: NOW + 1 });
    expect(vote(grant, changed)).toMatchObject({
      value: { kind: 'denied', grant: { approvals: { votes: [cast('cy', 'deny'), changed] } } },
    });
  });

  test('counts once for each person, however often and under whichever alias it is cast', () => {
    const ballot = fc.record({
      person: fc.constantFrom('bo', 'cy', 'di', 'ed'),
      alias: fc.constantFrom('people', 'ci', 'old'),
      approves: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(ballot, { maxLength: 12 }), (ballots) => {
        let grant = pending({ required: 3, refusals: 3 });
        const last = new Map<string, Vote['vote']>();
        for (const { person, alias, approves } of ballots) {
          const kind = approves ? 'approve' : 'deny';
          const approver = { type: 'User', id: `${alias}:${person}`, name: person } as const;
          const marks = [approver.id, `employee=${person}`];
          const voted = vote(grant, {
            approver,
            marks,
            vote: kind,
            comment: null,
            facts: null,
            at: NOW,
          });
          if (!voted.ok) throw new Error(voted.error.detail);
          last.set(person, kind);
          const count = (wanted: Vote['vote']) =>
            [...last.values()].filter((one) => one === wanted).length;
          if (voted.value.kind === 'unchanged') continue;
          grant = voted.value.grant;
          expect(grant.approvals.votes).toHaveLength(last.size);
          expect(grant.status === 'active').toBe(count('approve') === 3);
          expect(grant.status === 'denied').toBe(count('deny') === 3);
          if (grant.status !== 'pending') return;
        }
      }),
    );
  });
});

describe('the vote that completes the quorum', () => {
  const complete = (grant: Grant, at = NOW) =>
    vote(votedOn(grant, cast('bo')), cast('cy', 'approve', { at }));

  test('begins the grant, which lasts from there to a whole second', () => {
    expect(complete(pending(), NOW + 60_000)).toMatchObject({
      value: {
        kind: 'approved',
        grant: {
          status: 'active',
          version: 3,
          startsAt: NOW + 60_000,
          expiresAt: Date.parse('2026-11-23T10:31:00Z'),
          endedAt: null,
        },
      },
    });
  });

  test.each([
    ['schedules a grant whose start is still ahead', 1, 'scheduled', NOW + 1],
    ['begins a grant whose start is now', 0, 'active', NOW],
    ['begins a grant whose start has passed, and its time counts from now', -5000, 'active', NOW],
  ])('%s', (_, ahead, status, startsAt) => {
    const grant = pending({}, { startsAt: NOW + ahead });
    const expiresAt = Math.floor((startsAt + 1_800_000) / 1000) * 1000;
    expect(complete(grant)).toMatchObject({
      value: { kind: 'approved', grant: { status, startsAt, expiresAt } },
    });
  });

  test('is not a vote to deny', () => {
    expect(vote(votedOn(pending(), cast('bo')), cast('cy', 'deny'))).toMatchObject({
      value: { kind: 'counted' },
    });
  });

  test.each([
    ['without a comment', null, 'denied by cy'],
    ['with a comment', 'not today', 'denied by cy: not today'],
  ])('to deny ends the request, %s', (_, comment, endReason) => {
    const last = cast('cy', 'deny', { comment, at: NOW + 1000 });
    expect(vote(votedOn(pending(), cast('bo', 'deny')), last)).toMatchObject({
      value: {
        kind: 'denied',
        grant: { status: 'denied', version: 3, endedAt: NOW + 1000, endReason, expiresAt: null },
      },
    });
  });
});

describe('withdrawing a vote', () => {
  test('removes it under any alias, and leaves those of others', () => {
    const grant = votedOn(pending(), cast('bo'), cast('cy', 'deny'));
    const approvals = { ...grant.approvals, votes: [cast('cy', 'deny')] };
    const withdrawn = ok({ ...grant, version: 4, approvals });
    expect(grant.version).toBe(3);
    expect(withdraw(grant, by('bo').marks, NOW)).toEqual(withdrawn);
    expect(withdraw(grant, ['ci:bo', 'employee=bo'], NOW)).toEqual(withdrawn);
  });

  test('is nothing where the person has not voted', () => {
    expect(withdraw(votedOn(pending(), cast('bo')), by('cy').marks, NOW)).toEqual(ok(null));
  });
});
