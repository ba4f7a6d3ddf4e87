import { describe, expect, test } from '@jest/globals';
import { collect } from '../../../core/evidence/collect.ts';
import { sampleOf } from '../../../core/evidence/sample.ts';
import { TABLES } from '../../../core/evidence/tables.ts';
import { ok } from '../../../core/result.ts';
import {
  ANA,
  BEN,
  deployed,
  entryBytesOf,
  exported,
  orderAbout,
  period,
  SESSION,
  type TrailEvent,
  time,
  trailOf,
} from '../../support/evidence-trail.ts';
import { ROLE } from '../../support/sample-grants.ts';

/** What single cells say. */

const PERIOD = period('20', '21');
const reason = 'a laptop was lost';
const voted = { type: 'voted', vote: 'approve', comment: null } as const;
const vended = { type: 'vended', session: SESSION } as const;
const at = (minute: number) => time('20T10:00:00') + minute * 60_000;
const denied = (when: string) => trailOf(time(when), { outcome: 'deny' }).requested;
const exceptions = (events: readonly TrailEvent[], of = PERIOD) =>
  exported(of, events).tables.exceptions.map(({ kind, detail }) => [kind, detail]);

describe('events make rows of tables, and nothing else:', () => {
  const grant = trailOf(at(0));
  const inTime = { type: 'revoked', reason, killSeconds: 1 } as const;
  const story = [
    deployed('sha256:1', time('19T09:00:00'), []),
    grant.requested,
    grant.next({ type: 'started' }, at(1)),
    grant.next(voted, at(2), 'active', BEN),
    grant.next(inTime, at(3), 'revoked'),
    orderAbout(ANA.id, { type: 'principal-revoked' }, at(4), BEN),
  ];

  test('those of the period', () => {
    const collector = collect(PERIOD, sampleOf(0, ''));
    const rows = story.flatMap((event, index) => {
      const taken = collector.take(entryBytesOf(event), index);
      return taken.ok ? taken.value.rows : [];
    });
    const names = [...rows, ...collector.end()].map(({ table }) => table);
    expect(names.filter((name) => !(name in TABLES))).toEqual([]);
    expect(names).toEqual(['bundles', 'votes', 'orders', 'population', 'principals', 'principals']);
  });

  test('none after it, and none of grants that were over before', () => {
    const collector = collect(period('25'), sampleOf(0, ''));
    const last = denied('26T10:00:00');
    for (const [index, event] of [...story.slice(1, 5), denied('24T10:00:00'), last].entries()) {
      expect(collector.take(entryBytesOf(event), index)).toMatchObject(ok({ rows: [] }));
    }
    expect(collector.end().map(({ table }) => table)).toEqual(['principals', 'principals']);
  });

  test('and what is no event is a fault', () => {
    const taken = collect(PERIOD, sampleOf(0, '')).take(Buffer.from('null'), 0);
    expect(taken).toEqual({
      ok: false,
      error: { code: 'malformed', reason: 'it is no JSON object' },
    });
  });
});

test('a vote has the name of its voter, and the warning that it came with', () => {
  const one = trailOf(at(0), { outcome: 'approve' });
  const warning = 'an account with the same name';
  const vote = one.next({ ...voted, warning }, at(1), 'pending', BEN);
  const { votes } = exported(PERIOD, [one.requested, vote]).tables;
  expect(votes).toMatchObject([{ approver: BEN.id, approverName: BEN.name, warning }]);
});

test('a refusal and an order name who called', () => {
  const refused = { type: 'principal-refused', call: 'POST /v1/grants', problem: 'x' } as const;
  const { refusals, orders } = exported(PERIOD, [
    orderAbout(ANA.id, refused, at(0), ANA),
    orderAbout(ANA.id, { type: 'principal-revoked' }, at(1), BEN),
  ]).tables;
  expect(refusals).toMatchObject([{ principalName: ANA.name }]);
  expect(orders).toMatchObject([{ order: 'revoked', by: BEN.id, byName: BEN.name }]);
});

describe('an exception says in its detail', () => {
  test.each([
    ['why keys outlived their grant', { type: 'outlived', reason }, reason],
    [
      'for which role the deny failed, and why',
      { type: 'kill-failed', role: ROLE, reason },
      `${ROLE}: ${reason}`,
    ],
    ['how long a kill took', { type: 'revoked', reason, killSeconds: 61 }, '61 seconds'],
  ] as const)('%s', (_, happening, detail) => {
    const one = trailOf(at(0));
    expect(exceptions([one.requested, one.next(happening, at(1), 'revoked')])).toEqual([
      [expect.any(String), detail],
    ]);
  });
});

describe('a grant in the population', () => {
  const population = (events: readonly TrailEvent[], of = PERIOD) =>
    exported(of, events).tables.population;

  test('that policy denied ended with that', () => {
    expect(population([denied('20T10:00:00')])).toMatchObject([
      { endedAt: '2026-11-20T10:00:00Z', endedBy: 'policy', endReason: 'denied by policy' },
    ]);
  });

  test('that was outlived by its keys ended then, in the name of whoever revoked it', () => {
    const one = trailOf(at(0));
    const revoking = one.next({ type: 'revoking', reason: 'done' }, at(1), 'revoking', BEN);
    const outlived = one.next({ type: 'outlived', reason }, at(2), 'revoked');
    expect(population([one.requested, revoking, outlived])).toMatchObject([
      { endedAt: '2026-11-20T10:02:00Z', endedBy: BEN.id, endReason: reason },
    ]);
  });

  test('knows its place, wherever it is in the ledger', () => {
    const one = trailOf(at(0));
    expect(population([denied('19T10:00:00'), one.requested])).toMatchObject([
      { firstEntry: 1, lastEntry: 1 },
    ]);
  });

  test('does not name as approver whose vote was voided before the decision', () => {
    const one = trailOf(at(0), { outcome: 'approve' });
    const voided = { type: 'vote-voided', approver: BEN, reason } as const;
    const votes = [
      one.next(voted, at(1), 'pending', BEN),
      one.next(voided, at(2), 'pending'),
      one.next(voted, at(3), 'pending', { ...BEN, id: 'people:eva' }),
    ];
    expect(population([one.requested, ...votes])).toMatchObject([{ approvers: 'people:eva' }]);
  });

  test('that lapsed keeps the approvers that it had then', () => {
    const one = trailOf(at(0), { outcome: 'approve' });
    const voided = { type: 'vote-voided', approver: BEN, reason } as const;
    const events = [
      one.next(voted, at(1), 'pending', BEN),
      one.next({ type: 'lapsed' }, at(2), 'lapsed'),
      one.next(voided, at(3), 'lapsed'),
    ];
    expect(population([one.requested, ...events])).toMatchObject([{ approvers: BEN.id }]);
  });
});

describe('the review of a break-glass use', () => {
  const breakGlass = { grant: { breakGlass: true } };
  const DUE = time('21T10:00:00');
  const reminded = { type: 'review-reminded', dueAt: DUE } as const;
  const used = () => {
    const one = trailOf(at(0), breakGlass);
    const events = [
      one.requested,
      one.next(vended, at(1), 'active', ANA),
      one.next({ type: 'expired' }, at(16), 'expired'),
      one.next(reminded, at(60), 'expired'),
    ];
    const reviewed = (when: number) =>
      one.next({ type: 'reviewed', comment: 'fine' }, when, 'expired', BEN);
    return { events, reviewed };
  };
  const other = (when: number) => trailOf(when, { outcome: 'deny' }).requested;

  test('is missing once its time has passed, and not before', () => {
    expect(exceptions([...used().events, other(DUE)])).toEqual([]);
    expect(exceptions([...used().events, other(DUE + 1)])).toEqual([
      ['review-missing', 'it was due at 2026-11-21T10:00:00Z'],
    ]);
  });

  test('that was late says by how much', () => {
    const { events, reviewed } = used();
    expect(exceptions([...events, reviewed(DUE + 60_000)])).toEqual([
      ['review-late', 'it was due at 2026-11-21T10:00:00Z, and done at 2026-11-21T10:01:00Z'],
    ]);
  });

  test('is in the period in which it was done, also where the use was over before', () => {
    const { events, reviewed } = used();
    const late = exported(period('25'), [...events, reviewed(time('25T10:00:00'))]).tables;
    expect(late.population).toMatchObject([{ review: 'done', reviewedAt: '2026-11-25T10:00:00Z' }]);
  });

  test('is not owed for a grant that never gave keys and was taken back, whatever was reminded of', () => {
    const one = trailOf(at(0), breakGlass);
    const revoked = { type: 'revoked', reason, killSeconds: 0 } as const;
    const events = [
      one.requested,
      one.next(reminded, at(1)),
      one.next(revoked, at(2), 'revoked'),
      other(DUE + 1),
    ];
    expect(exceptions(events)).toEqual([]);
  });

  test('is not owed for a grant that waits for its approval', () => {
    const { requested } = trailOf(at(0), { ...breakGlass, outcome: 'approve' });
    expect(exported(PERIOD, [requested]).tables.population).toMatchObject([{ review: null }]);
  });
});

describe('the principals', () => {
  const principals = (...events: readonly TrailEvent[]) =>
    exported(PERIOD, events).tables.principals;

  test('are none for a deployment, which nobody is', () => {
    expect(principals(deployed('sha256:1', at(0), []))).toEqual([]);
  });

  test('have their names where all they did was to be refused', () => {
    const refused = { type: 'principal-refused', call: 'POST /v1/grants', problem: 'x' } as const;
    expect(principals(orderAbout(ANA.id, refused, at(0), ANA))).toMatchObject([
      { principal: ANA.id, name: ANA.name, type: 'User', refusals: 1, suspendedSince: null },
    ]);
  });

  test('are not suspended, and were not refused, where their grants were revoked', () => {
    expect(principals(orderAbout(ANA.id, { type: 'principal-revoked' }, at(0), BEN))).toMatchObject(
      [{ principal: ANA.id, refusals: 0, suspendedSince: null }],
    );
  });

  test('have the number of their votes', () => {
    const one = trailOf(at(0), { outcome: 'approve' });
    const vote = () => one.next(voted, at(1), 'pending', BEN);
    expect(principals(one.requested, vote(), vote())).toMatchObject([
      { principal: ANA.id, votes: 0 },
      { principal: BEN.id, votes: 2 },
    ]);
  });
});
