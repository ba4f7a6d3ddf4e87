import { describe, expect, test } from '@jest/globals';
import { eventJson } from '../../../core/api/wire.ts';
import { EVENT_TYPES, PRINCIPAL_EVENT_TYPES } from '../../../core/audit.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import { readLine } from '../../../core/evidence/ledger-line.ts';
import { ocsfRecord } from '../../../core/evidence/ocsf-record.ts';
import { sampleOf } from '../../../core/evidence/sample.ts';
import { entryOf } from '../../../core/ledger/entry.ts';
import {
  ANA,
  BEN,
  deployed,
  entryBytesOf,
  exported,
  orderAbout,
  period,
  SESSION,
  time,
  trailOf,
} from '../../support/evidence-trail.ts';
import { ROLE } from '../../support/sample-grants.ts';

const PERIOD = period('20', '21');
const reason = 'no longer needed';

describe('a grant', () => {
  test('that was allowed, used and released has a row with all of it', () => {
    const trail = trailOf(time('20T10:00:00.500'), {
      grant: { requester: { ...ANA, type: 'Workload' } },
    });
    const { tables } = exported(PERIOD, [
      trail.requested,
      trail.next({ type: 'vended', session: SESSION }, time('20T10:01:00'), 'active', ANA),
      trail.next({ type: 'vended', session: SESSION }, time('20T10:02:00'), 'active', ANA),
      trail.next({ type: 'vend-failed', session: SESSION, reason: 'x' }, time('20T10:02:01')),
      trail.next({ type: 'revoking', reason }, time('20T10:05:00'), 'revoking', ANA),
      trail.next({ type: 'revoked', reason, killSeconds: 2 }, time('20T10:05:02'), 'revoked'),
    ]);
    expect(tables.population).toEqual([
      {
        id: trail.id,
        requester: ANA.id,
        requesterName: ANA.name,
        requesterType: 'Workload',
        entitlement: 'artifacts-read',
        parameters: '{"prefix":"releases/1"}',
        account: ROLE.split(':')[4],
        role: ROLE,
        justification: 'Roll back 4711',
        ticket: null,
        requestedAt: '2026-11-20T10:00:00.500Z',
        sourceIp: '127.0.0.1',
        mfa: true,
        mfaAgeSeconds: null,
        durationSeconds: 900,
        breakGlass: false,
        outcome: 'allow',
        policies: 'p; q',
        bundle: 'sha256:1',
        approvers: '',
        decidedAt: '2026-11-20T10:00:00.500Z',
        startsAt: '2026-11-20T10:00:00.500Z',
        expiresAt: '2026-11-20T10:15:00Z',
        status: 'revoked',
        endedAt: '2026-11-20T10:05:02Z',
        endedBy: ANA.id,
        endReason: reason,
        vends: 2,
        vendsFailed: 1,
        extensions: 0,
        killSeconds: 2,
        review: null,
        reviewer: null,
        reviewedAt: null,
        firstEntry: 0,
        lastEntry: 5,
      },
    ]);
    expect(tables.vends).toMatchObject([
      { result: 'vended', grant: trail.id, requester: ANA.id, sessionName: 'vk_session', entry: 1 },
      { result: 'vended', entry: 2 },
      { result: 'failed', reason: 'x', entry: 3 },
    ]);
  });

  test('that people approved names who did, and not whose vote was taken back, voided or to deny', () => {
    const trail = trailOf(time('20T10:00:00'), { outcome: 'approve' });
    const voter = (name: string) => ({ ...BEN, id: `people:${name}` });
    const vote = (
      name: string,
      what: 'approve' | 'deny',
      at: string,
      status = 'pending' as const,
    ) => trail.next({ type: 'voted', vote: what, comment: 'ok' }, time(at), status, voter(name));
    const decision = {
      outcome: 'approve',
      policies: ['p'],
      advice: [],
      bundle: 'sha256:1',
    } as const;
    const { tables } = exported(PERIOD, [
      trail.requested,
      vote('eva', 'approve', '20T10:01:00'),
      trail.next(
        { type: 'vote-withdrawn', comment: null },
        time('20T10:02:00'),
        'pending',
        voter('eva'),
      ),
      vote('dan', 'deny', '20T10:03:00'),
      vote('ben', 'approve', '20T10:04:00'),
      // In one change, all of which have the status that it leads to.
      trail.next(
        { type: 'vote-voided', approver: voter('zoe'), reason },
        time('20T10:05:00'),
        'active',
        BEN,
      ),
      trail.next(
        { type: 'voted', vote: 'approve', comment: null },
        time('20T10:05:00'),
        'active',
        voter('cem'),
      ),
      trail.next({ type: 'approved', decision }, time('20T10:05:00'), 'active', voter('cem')),
      vote('kim', 'approve', '20T10:06:00'),
      trail.next(
        {
          type: 'extended',
          expiresAt: time('20T10:40:00'),
          justification: 'x',
          decision,
          inputs: inputsIn(trail),
        },
        time('20T10:06:00'),
      ),
      trail.next({ type: 'expired' }, time('20T10:40:01'), 'expired'),
    ]);
    expect(tables.population).toMatchObject([
      {
        endReason: 'time is up',
        approvers: 'people:ben; people:cem',
        outcome: 'approve',
        decidedAt: '2026-11-20T10:05:00Z',
        startsAt: '2026-11-20T10:05:00Z',
        expiresAt: '2026-11-20T10:40:00Z',
        extensions: 1,
        status: 'expired',
        endedBy: 'broker',
      },
    ]);
    expect(tables.votes.map(({ approver, vote: what, about }) => [approver, what, about])).toEqual([
      ['people:eva', 'approve', 'request'],
      ['people:eva', 'withdrawn', 'request'],
      ['people:dan', 'deny', 'request'],
      ['people:ben', 'approve', 'request'],
      ['people:zoe', 'voided', 'request'],
      ['people:cem', 'approve', 'request'],
      ['people:kim', 'approve', 'extension'],
    ]);
    expect(tables.votes[0]).toMatchObject({ requester: ANA.id, requesterName: ANA.name });
  });

  test.each([
    ['allow', 3600, '2026-11-20T11:00:00Z', '2026-11-20T11:15:00Z'],
    ['allow', 0, '2026-11-20T10:00:00.250Z', '2026-11-20T10:15:00Z'],
    ['deny', 0, null, null],
    ['approve', 0, null, null],
  ] as const)(
    'of outcome %s that starts in %d s',
    (outcome, startsInSeconds, startsAt, expiresAt) => {
      const asked = startsInSeconds > 0 ? startsInSeconds - 1 : 0;
      const trail = trailOf(time('20T10:00:00.250'), { outcome, startsInSeconds: asked });
      const { tables } = exported(PERIOD, [trail.requested]);
      expect(tables.population).toMatchObject([{ startsAt, expiresAt }]);
    },
  );

  test.each([
    ['cancelled', { type: 'cancelled', reason }, ANA.id, reason],
    ['lapsed', { type: 'lapsed' }, 'broker', 'nobody approved in time'],
    ['denied', { type: 'denied', reason }, 'broker', reason],
  ] as const)('that was %s before it began says so', (status, happening, endedBy, endReason) => {
    const trail = trailOf(time('20T10:00:00'), { outcome: 'approve' });
    const actor = endedBy === ANA.id ? ANA : null;
    const { tables } = exported(PERIOD, [
      trail.requested,
      trail.next(happening, time('20T10:01:00'), status, actor),
    ]);
    expect(tables.population).toMatchObject([
      { status, endedBy, endReason, endedAt: '2026-11-20T10:01:00Z', startsAt: null },
    ]);
  });
});

const inputsIn = (trail: ReturnType<typeof trailOf>) => {
  if (!('inputs' in trail.requested)) throw new Error('never');
  return trail.requested.inputs;
};

describe('the population', () => {
  const ended = (at: string, end: string) => {
    const trail = trailOf(time(at));
    return [trail.requested, trail.next({ type: 'expired' }, time(end), 'expired')];
  };
  test.each([
    ['ended before the period', ended('19T10:00:00', '19T23:59:59'), []],
    ['was open at its start', ended('19T23:50:00', '20T00:00:00'), ['expired']],
    ['was requested in its last second', ended('21T23:59:59', '22T00:15:00'), ['active']],
    ['was requested after it', ended('22T00:00:00', '22T00:15:00'), []],
    ['began before and ended after it', ended('19T10:00:00', '22T10:00:00'), ['active']],
  ])('of a grant that %s', (_, events, statuses) => {
    const { tables } = exported(PERIOD, events);
    expect(tables.population.map(({ status }) => status)).toEqual(statuses);
  });

  test('is the same whenever a past period is exported', () => {
    const trail = trailOf(time('20T10:00:00'));
    const then = exported(PERIOD, [trail.requested]).tables;
    const later = [
      trail.requested,
      trail.next({ type: 'expired' }, time('22T10:00:00'), 'expired'),
      orderAbout(ANA.id, { type: 'principal-suspended' }, time('23T10:00:00'), BEN),
    ];
    expect({ ...exported(PERIOD, later).tables, exceptions: [] }).toEqual(then);
  });

  test('has every grant once, and counts follow from the entries', () => {
    const trails = Array.from({ length: 500 }, (_, minute) =>
      trailOf(time('20T00:00:00') + minute * 60_000),
    );
    const events = trails.flatMap((trail) => [
      trail.requested,
      trail.next({ type: 'expired' }, Number(trail.requested.at) + 30_000, 'expired'),
    ]);
    const { tables, coverage } = exported(period('20', '20'), events);
    const ids = tables.population.map(({ id }) => id);
    expect(ids).toHaveLength(500);
    expect(new Set(ids)).toEqual(new Set(trails.map(({ id }) => id)));
    expect(coverage).toMatchObject({ before: 0, within: 1000, after: 0, first: 0, last: 999 });
  });

  test('says where the period is in the ledger', () => {
    const events = ['19', '20', '21', '22', '23'].map(
      (day) => trailOf(time(`${day}T10:00:00`)).requested,
    );
    expect(exported(PERIOD, events).coverage).toEqual({
      before: 1,
      within: 2,
      after: 2,
      first: 1,
      last: 2,
      knownUntil: '2026-11-23T10:00:00Z',
    });
  });
});

describe('a denial', () => {
  test('is of a request or an extension, by policy or after votes', () => {
    const denied = trailOf(time('20T10:00:00'), { outcome: 'deny' });
    const refused = trailOf(time('20T10:00:00'), { outcome: 'approve' });
    const running = trailOf(time('20T10:00:00'));
    const why = { policies: ['r'], advice: ['Ask later.'], bundle: 'sha256:2' };
    const decision = { outcome: 'deny' as const, ...why };
    const { tables } = exported(PERIOD, [
      denied.requested,
      refused.requested,
      running.requested,
      refused.next({ type: 'denied', reason }, time('20T10:01:00'), 'denied', BEN),
      running.next(
        { type: 'extension-denied', decision, inputs: inputsIn(running) },
        time('20T10:02:00'),
        'active',
        ANA,
      ),
      running.next({ type: 'extension-refused', reason }, time('20T10:03:00'), 'active', BEN),
    ]);
    expect(tables.denials.map(({ grant, at, event, entry, ...rest }) => rest)).toEqual([
      denialOf('request', ANA.id, 'p; q', 'sha256:1', 'Ask less.', null, '127.0.0.1'),
      denialOf('request, after votes', BEN.id, '', null, '', reason),
      denialOf('extension', ANA.id, 'r', 'sha256:2', 'Ask later.', null),
      denialOf('extension, after votes', BEN.id, '', null, '', reason),
    ]);
    expect(tables.exceptions).toEqual([]);
  });
});

describe('a denial by somebody in a chat', () => {
  test('is none after votes, and makes nobody a principal', () => {
    const chatUser = { type: 'ChatUser', id: 'slack:T1:U1', name: 'bob' } as const;
    const [request, running] = [
      trailOf(time('20T10:00:00'), { outcome: 'approve' }),
      trailOf(time('20T10:00:00')),
    ];
    const { tables } = exported(PERIOD, [
      request.requested,
      running.requested,
      request.next({ type: 'denied', reason }, time('20T10:01:00'), 'denied', chatUser),
      running.next({ type: 'extension-refused', reason }, time('20T10:03:00'), 'active', chatUser),
    ]);
    expect(tables.denials.map(({ what, by }) => [what, by])).toEqual([
      ['request, in a chat', 'slack:T1:U1'],
      ['extension, in a chat', 'slack:T1:U1'],
    ]);
    expect(tables.principals.map(({ principal }) => principal)).toEqual([ANA.id]);
  });
});

const denialOf = (
  what: string,
  by: string,
  policies: string,
  bundle: string | null,
  advice: string,
  why: string | null,
  sourceIp = '10.0.0.1',
) => ({
  ...{ entitlement: 'artifacts-read', requester: ANA.id, requesterName: ANA.name },
  ...{ what, by, policies, bundle, advice, reason: why, sourceIp },
});

describe('an exception', () => {
  const kinds = (events: Parameters<typeof exported>[1], of = PERIOD) =>
    exported(of, events).tables.exceptions.map(({ kind }) => kind);
  const trail = () => trailOf(time('20T10:00:00'));

  test.each([
    ['outlived', { type: 'outlived', reason }, 'expired'],
    ['kill-failed', { type: 'kill-failed', role: ROLE, reason }, 'revoking'],
    ['vend-failed', { type: 'vend-failed', session: SESSION, reason }, 'active'],
    ['late-kill', { type: 'revoked', reason, killSeconds: 61 }, 'revoked'],
    ['vote-warning', { type: 'voted', vote: 'approve', comment: null, warning: 'x' }, 'active'],
  ] as const)('is %s', (kind, happening, status) => {
    const one = trail();
    expect(kinds([one.requested, one.next(happening, time('20T10:01:00'), status, BEN)])).toEqual([
      kind,
    ]);
  });

  test('is a call after the end of a grant, however late the logs are read', () => {
    const figures = { calls: 9, refused: 0, used: 1, granted: 2, unknown: 1 };
    const [readFrom, readUntil] = [time('20T10:00:00'), time('20T11:00:00')];
    for (const [afterEnd, expected] of [
      [0, []],
      [2, ['used-after-end']],
    ] as const) {
      const one = trail();
      const usage = { type: 'usage-read', ...figures, afterEnd, readFrom, readUntil } as const;
      const events = (read: string) => [
        one.requested,
        one.next({ type: 'expired' }, time('20T10:15:00'), 'expired'),
        // After an hour, the next event makes the grant unknown.
        trailOf(time(read), { outcome: 'deny' }).requested,
        one.next(usage, time(read), 'expired'),
      ];
      for (const when of ['20T10:45:00', '20T18:00:00']) {
        expect(kinds(events(when))).toEqual(expected);
      }
    }
  });

  test('is a vote on the own request', () => {
    const one = trailOf(time('20T10:00:00'), { outcome: 'approve' });
    const voted = { type: 'voted', vote: 'approve', comment: null } as const;
    const vote = (who: typeof ANA) => one.next(voted, time('20T10:01:00'), 'pending', who);
    expect(kinds([one.requested, vote(ANA)])).toEqual(['own-vote']);
    expect(kinds([one.requested, vote(BEN)])).toEqual([]);
  });

  test('is not a kill in time, or one without keys', () => {
    for (const killSeconds of [60, 0, null]) {
      const one = trail();
      const revoked = one.next(
        { type: 'revoked', reason, killSeconds },
        time('20T10:01:00'),
        'revoked',
      );
      expect(kinds([one.requested, revoked])).toEqual([]);
    }
  });

  test('is a grant that is open long after its end, as far as the ledger goes', () => {
    const one = trail();
    const other = (at: string) => trailOf(time(at), { outcome: 'deny' }).requested;
    expect(kinds([one.requested, other('20T10:20:00')])).toEqual([]);
    expect(kinds([one.requested, other('20T10:20:01')])).toEqual(['not-ended']);
    expect(kinds([one.requested, other('25T10:20:01')], period('20'))).toEqual(['not-ended']);
  });

  test('says what is missing, and where it began', () => {
    const one = trail();
    const revoking = one.next({ type: 'revoking', reason }, time('20T10:01:00'), 'revoking', BEN);
    const other = trailOf(time('20T10:20:01'), { outcome: 'deny' }).requested;
    expect(exported(PERIOD, [other, one.requested, revoking]).tables.exceptions).toEqual(
      [
        ['not-ended', 'it was to end at 2026-11-20T10:15:00Z'],
        ['not-killed', 'its keys were to be denied from 2026-11-20T10:01:00Z on'],
      ].map(([kind, detail]) => ({
        ...{ at: '2026-11-20T10:00:00Z', event: one.requested.id, entry: 1, kind, detail },
        ...{ grant: one.id, entitlement: 'artifacts-read' },
        ...{ requester: ANA.id, requesterName: ANA.name },
      })),
    );
  });

  test('is a kill switch that is still at work', () => {
    const one = trail();
    const revoking = one.next({ type: 'revoking', reason }, time('20T10:01:00'), 'revoking', BEN);
    const other = trailOf(time('20T10:02:01'), { outcome: 'deny' }).requested;
    expect(kinds([one.requested, revoking])).toEqual([]);
    expect(kinds([one.requested, revoking, other])).toEqual(['not-killed']);
  });

  test('is an event whose request is not there, or that comes long after the end', () => {
    const one = trail();
    const expired = one.next({ type: 'expired' }, time('20T10:15:01'), 'expired');
    const failed = (at: string) =>
      one.next({ type: 'vend-failed', session: SESSION, reason }, time(at), 'expired');
    expect(kinds([expired])).toEqual(['late-event']);
    const voted = one.next({ type: 'voted', vote: 'deny', comment: null }, time('20T10:01:00'));
    const alone = exported(PERIOD, [voted]).tables;
    expect(alone.exceptions).toMatchObject([
      { grant: one.id, requester: 'unknown', detail: 'voted' },
    ]);
    expect(alone.votes).toMatchObject([
      { about: 'request', approver: 'broker', approverName: null },
    ]);
    const soon = exported(PERIOD, [one.requested, expired, failed('20T11:15:00')]).tables;
    expect(soon.exceptions.map(({ kind }) => kind)).toEqual(['vend-failed']);
    expect(soon.population).toMatchObject([{ vendsFailed: 1 }]);
    const other = trailOf(time('20T11:15:01'), { outcome: 'deny' }).requested;
    const events = [one.requested, expired, other, failed('20T11:15:02')];
    expect(kinds(events)).toEqual(['vend-failed', 'late-event']);
  });
});

describe('a break-glass use', () => {
  const DUE = time('21T10:00:00');
  const used = (
    ...more: readonly [Parameters<ReturnType<typeof trailOf>['next']>[0], number][]
  ) => {
    const trail = trailOf(time('20T10:00:00'), { grant: { breakGlass: true } });
    return [
      trail.requested,
      trail.next({ type: 'vended', session: SESSION }, time('20T10:01:00'), 'active', ANA),
      trail.next({ type: 'expired' }, time('20T10:15:01'), 'expired'),
      trail.next({ type: 'review-reminded', dueAt: DUE }, time('20T22:00:00'), 'expired'),
      ...more.map(([happening, at]) => trail.next(happening, at, 'expired', BEN)),
    ];
  };
  const later = trailOf(time('23T10:00:00'), { outcome: 'deny' }).requested;
  const reviewed = { type: 'reviewed', comment: 'as it should be' } as const;

  test('that was reviewed in time says by whom, and is none', () => {
    const { tables } = exported(PERIOD, [...used([reviewed, DUE]), later]);
    expect(tables.population).toMatchObject([
      { breakGlass: true, review: 'done', reviewer: BEN.id, reviewedAt: '2026-11-21T10:00:00Z' },
    ]);
    expect(tables.reviews).toMatchObject([
      {
        ...{ requester: ANA.id, startsAt: '2026-11-20T10:00:00Z', endedAt: '2026-11-20T10:15:01Z' },
        ...{ dueAt: '2026-11-21T10:00:00Z', review: 'done', reviewedAt: '2026-11-21T10:00:00Z' },
        ...{ reviewer: BEN.id, reviewerName: BEN.name, comment: 'as it should be', entry: 4 },
      },
    ]);
    expect(tables.exceptions).toEqual([]);
  });

  test.each([
    ['not yet, when it is not due', period('20'), [later], 'due', []],
    ['not, when it was due', PERIOD, [later], 'missing', ['review-missing']],
  ] as const)('that was reviewed %s', (_, of, more, review, kinds) => {
    const { tables } = exported(of, [...used(), ...more]);
    expect(tables.population).toMatchObject([{ review: 'due' }]);
    expect(tables.reviews).toMatchObject([{ review, reviewer: null, entry: null }]);
    expect(tables.exceptions.map(({ kind }) => kind)).toEqual(kinds);
  });

  test('that was reviewed late is an exception, and stays one in the next period until it is', () => {
    const events = [...used([reviewed, DUE + 1]), later];
    const { reviews, exceptions } = exported(PERIOD, events).tables;
    expect([reviews, exceptions]).toMatchObject([[{ review: 'late' }], [{ kind: 'review-late' }]]);
    const open = exported(period('22'), [...used(), later]).tables;
    expect(open.population).toMatchObject([{ review: 'due' }]);
    expect(open.exceptions).toMatchObject([{ kind: 'review-missing' }]);
  });

  test('that was reviewed while it ran is over with its end', () => {
    const trail = trailOf(time('20T10:00:00'), { grant: { breakGlass: true } });
    const events = [
      trail.requested,
      trail.next({ type: 'vended', session: SESSION }, time('20T10:01:00'), 'active', ANA),
      trail.next(reviewed, time('20T10:02:00'), 'active', BEN),
      trail.next({ type: 'expired' }, time('21T00:00:00'), 'expired'),
    ];
    expect(exported(period('21'), events).tables.population).toMatchObject([{ review: 'done' }]);
    expect(exported(period('22'), events).tables.population).toEqual([]);
  });

  test.each([
    ['used and ended early', true, 'revoked', 'due'],
    ['never used, and expired', false, 'expired', 'due'],
    ['never used, and ended early', false, 'revoked', null],
    ['under way', false, null, 'due'],
  ] as const)('that was %s owes its review or not', (_, vended, end, review) => {
    const trail = trailOf(time('20T10:00:00'), { grant: { breakGlass: true } });
    const session = { type: 'vended', session: SESSION } as const;
    const ending = { type: 'revoked', reason, killSeconds: 1 } as const;
    const { tables } = exported(PERIOD, [
      trail.requested,
      ...(vended ? [trail.next(session, time('20T10:01:00'), 'active', ANA)] : []),
      ...(end === null
        ? []
        : [trail.next(end === 'expired' ? { type: end } : ending, time('20T10:02:00'), end)]),
    ]);
    expect(tables.population).toMatchObject([{ review }]);
    expect(tables.reviews).toMatchObject(review === null ? [] : [{ review, dueAt: null }]);
    expect(tables.exceptions).toEqual([]);
  });

  test('that was never used and ended early owes no review', () => {
    const trail = trailOf(time('20T10:00:00'), { grant: { breakGlass: true } });
    const revoked = trail.next(
      { type: 'revoked', reason, killSeconds: null },
      time('20T10:01:00'),
      'revoked',
    );
    expect(exported(PERIOD, [trail.requested, revoked]).tables.population).toMatchObject([
      { review: null },
    ]);
  });
});

describe('principals', () => {
  test('have their denials, refusals and orders, and when they were last seen', () => {
    const refused = {
      type: 'principal-refused',
      call: 'POST /v1/grants/x/vote',
      problem: 'forbidden',
    } as const;
    const { tables } = exported(PERIOD, [
      trailOf(time('01T10:00:00')).requested,
      trailOf(time('20T10:00:00'), { outcome: 'deny' }).requested,
      orderAbout(ANA.id, refused, time('20T11:00:00'), ANA),
      orderAbout(ANA.id, { type: 'principal-suspended' }, time('20T12:00:00'), BEN),
      orderAbout('people:eva', { type: 'principal-suspended' }, time('20T13:00:00'), BEN),
      orderAbout('people:eva', { type: 'principal-resumed' }, time('20T14:00:00'), BEN),
    ]);
    expect(tables.principals).toMatchObject([
      {
        principal: ANA.id,
        name: ANA.name,
        requests: 1,
        denials: 1,
        refusals: 1,
        lastRequestAt: '2026-11-20T10:00:00Z',
        lastVendAt: null,
        suspendedSince: '2026-11-20T12:00:00Z',
      },
      { principal: 'people:eva', name: null, suspendedSince: null },
    ]);
    expect(tables.denials).toMatchObject([{ what: 'request', by: ANA.id, advice: 'Ask less.' }]);
    expect(tables.refusals).toMatchObject([
      { principal: ANA.id, call: refused.call, problem: 'forbidden' },
    ]);
    expect(tables.orders.map(({ order, principal, by }) => [order, principal, by])).toEqual([
      ['suspended', ANA.id, BEN.id],
      ['suspended', 'people:eva', BEN.id],
      ['resumed', 'people:eva', BEN.id],
    ]);
  });
});

describe('a principal', () => {
  test('is counted for what it did in the period, and last seen also before', () => {
    const [before, trail] = [trailOf(time('19T10:00:00')), trailOf(time('20T10:00:00'))];
    const vended = { type: 'vended', session: SESSION } as const;
    const voted = { type: 'voted', vote: 'approve', comment: null } as const;
    const { tables } = exported(PERIOD, [
      before.requested,
      before.next(vended, time('19T10:01:00'), 'active', ANA),
      before.next(voted, time('19T10:02:00'), 'active', BEN),
      trail.requested,
      trail.next(vended, time('20T10:01:00'), 'active', ANA),
      trail.next({ type: 'started' }, time('20T10:02:00')),
    ]);
    const never = { suspendedSince: null, refusals: 0, denials: 0, type: 'User' };
    expect(tables.principals).toEqual([
      {
        ...never,
        ...{ principal: ANA.id, name: ANA.name, requests: 1, vends: 1, votes: 0 },
        ...{ lastRequestAt: '2026-11-20T10:00:00Z', lastVendAt: '2026-11-20T10:01:00Z' },
        lastVoteAt: null,
      },
      {
        ...never,
        ...{ principal: BEN.id, name: BEN.name, requests: 0, vends: 0, votes: 0 },
        ...{ lastRequestAt: null, lastVendAt: null, lastVoteAt: '2026-11-19T10:02:00Z' },
      },
    ]);
  });

  test('that was suspended by the broker itself is named by its id', () => {
    const order = orderAbout(
      'people:eva',
      { type: 'principal-suspended' },
      time('20T10:00:00'),
      BEN,
    );
    const own = { ...order, actor: 'broker' as const };
    const { tables } = exported(PERIOD, [own]);
    expect(tables.orders).toMatchObject([{ by: 'broker', byName: null, principal: 'people:eva' }]);
    expect(tables.principals).toMatchObject([{ principal: 'people:eva', name: null, type: null }]);
  });
});

describe('bundles', () => {
  const first = deployed('sha256:1', time('01T10:00:00'), ['the first bundle']);
  const second = deployed('sha256:2', time('02T10:00:00'), ['entitlement a added']);
  const third = deployed('sha256:3', time('20T10:00:00'), ['b', 'c']);

  test('are the one in force at the start, and those of the period', () => {
    const { tables } = exported(PERIOD, [first, second, third]);
    expect(tables.bundles).toMatchObject([
      { bundle: 'sha256:2', inForce: 'at the start', entry: 1 },
      { bundle: 'sha256:3', inForce: 'from then on', changes: 'b\nc' },
    ]);
  });

  test('are the one in force where nothing happened', () => {
    expect(exported(PERIOD, [first, second]).tables.bundles).toMatchObject([
      { bundle: 'sha256:2' },
    ]);
  });

  test('are in force from their deployment to the next one', () => {
    const { bundles } = exported(PERIOD, [first, second, third]);
    expect(bundles).toEqual({
      gap: false,
      inForce: [
        {
          ...{ bundle: 'sha256:2', file: 'bundle/sha256:2.json' },
          ...{ from: '2026-11-02T10:00:00Z', until: '2026-11-20T10:00:00Z' },
        },
        {
          ...{ bundle: 'sha256:3', file: 'bundle/sha256:3.json' },
          ...{ from: '2026-11-20T10:00:00Z', until: null },
        },
      ],
    });
    expect(exported(PERIOD, [first, second]).bundles.inForce).toMatchObject([
      { bundle: 'sha256:2', until: null },
    ]);
  });

  test('are not known for what happened before the first was recorded', () => {
    const { requested } = trailOf(time('20T09:00:00'));
    expect(exported(PERIOD, [requested, third]).bundles).toMatchObject({
      gap: true,
      inForce: [{ bundle: 'sha256:3' }],
    });
    expect(exported(PERIOD, [requested]).bundles).toEqual({ gap: true, inForce: [] });
    expect(exported(PERIOD, []).bundles).toEqual({ gap: false, inForce: [] });
    expect(exported(PERIOD, [third]).bundles.gap).toBe(false);
  });
});

describe('the events of a period', () => {
  test('are whole, and come with whose grant they are about', () => {
    const early = trailOf(time('01T10:00:00'));
    const trail = trailOf(time('20T10:00:00'));
    const expired = trail.next({ type: 'expired' }, time('20T10:15:00'), 'expired');
    const late = trail.next({ type: 'vend-failed', session: SESSION, reason }, time('20T12:00:00'));
    const other = trailOf(time('20T11:30:00'), { outcome: 'deny' }).requested;
    const order = orderAbout(ANA.id, { type: 'principal-suspended' }, time('20T13:00:00'), BEN);
    const after = trailOf(time('23T10:00:00')).requested;
    const { events } = exported(PERIOD, [
      ...[early.requested, trail.requested, expired, other, late, order, after],
    ]);
    expect(events.map(({ event }) => event.id)).toEqual([
      ...[trail.requested.id, expired.id, other.id, late.id, order.id],
    ]);
    expect(events.map(({ requester }) => requester?.id ?? null)).toEqual([
      ...[ANA.id, ANA.id, ANA.id, null, null],
    ]);
    expect(events[0]?.event).toEqual(eventJson(trail.requested));
    const [lateEvent] = events.slice(3);
    if (lateEvent === undefined) throw new Error('there is no such event');
    const where = { version: '1.9.0', origin: 'log', index: 4, entry: entryBytesOf(late) } as const;
    expect(ocsfRecord(lateEvent, where)).toMatchObject({
      name: 'authorize_session',
      record: { user: { uid: 'unknown' } },
    });
  });
});

describe('a sample', () => {
  test('knows every entry of its grants, and is of the population', () => {
    const before = trailOf(time('01T10:00:00'));
    const trail = trailOf(time('20T10:00:00'));
    const sample = sampleOf(5, 'seed');
    exported(
      PERIOD,
      [
        before.requested,
        trail.requested,
        before.next({ type: 'expired' }, time('01T10:15:00'), 'expired'),
        trail.next({ type: 'expired' }, time('20T10:15:00'), 'expired'),
      ],
      sample,
    );
    expect(sample.drawn()).toMatchObject([{ id: trail.id, entries: [1, 3] }]);
  });
});

describe('an entry', () => {
  const line = (change: object): Uint8Array => {
    const text = Buffer.from(entryBytesOf(trailOf(time('20T10:00:00')).requested)).toString();
    return Buffer.from(canonicalJson({ ...JSON.parse(text), ...change }));
  };

  test.each([
    [
      'of a type that is not known',
      line({ type: 'teleported' }),
      { code: 'unknown', what: 'type teleported' },
    ],
    ['of a later version', line({ v: 2 }), { code: 'unknown', what: 'version 2' }],
    ['without its decision', line({ decision: null }), { code: 'malformed' }],
    [
      'whose grant id is a path',
      line({ grantId: '../../x' }),
      { code: 'malformed', reason: 'its grantId is not what it has to be' },
    ],
    ['that is no JSON', Buffer.from('x'), { code: 'malformed' }],
    ['that is no object', Buffer.from('1'), { code: 'malformed' }],
    [
      'that is a digest',
      entryOf(trailOf(time('20T10:00:00')).requested, 'digests').bytes,
      { code: 'digest' },
    ],
    [
      'that was too long',
      entryBytesOf(trailOf(time('20T10:00:00'), { justification: 'x'.repeat(17_000) }).requested),
      { code: 'digest' },
    ],
  ])('%s is a fault, never an empty row', (_, entry, error) => {
    expect(readLine(entry)).toMatchObject({ ok: false, error });
  });

  test('with fields that are not known is read', () => {
    expect(readLine(line({ later: 1 })).ok).toBe(true);
  });

  test('of every type there is has its reader', () => {
    for (const type of [...EVENT_TYPES, ...PRINCIPAL_EVENT_TYPES]) {
      const read = readLine(Buffer.from(JSON.stringify({ v: 1, type })));
      expect(read).toMatchObject({ ok: false, error: { code: 'malformed' } });
    }
  });
});
