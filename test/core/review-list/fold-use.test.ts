import { describe, expect, test } from '@jest/globals';
import type { Happening } from '../../../core/audit.ts';
import { readLine } from '../../../core/evidence/ledger-line.ts';
import { foldUse } from '../../../core/review-list/fold-use.ts';
import {
  ANA,
  BEN,
  deployed,
  entryBytesOf,
  orderAbout,
  SESSION,
  type TrailEvent,
  time,
  trailOf,
} from '../../support/evidence-trail.ts';

/** What the entries say; those before the 20th are of an earlier period. */
function folded(events: readonly TrailEvent[]) {
  const fold = foldUse();
  for (const event of events) {
    const line = readLine(entryBytesOf(event));
    if (!line.ok) throw new Error(JSON.stringify(line.error));
    fold.add(line.value.line, event.at >= time('20T00:00:00'));
  }
  return fold;
}

const NONE = { requests: 0, denials: 0, grants: 0, vends: 0, lastUse: null };
const READ = 'artifacts-read';
const decision = { outcome: 'allow', policies: [], advice: [], bundle: 'b' } as const;
const askedOf = (fold: ReturnType<typeof foldUse>) => fold.useOf(READ, askerId(fold));
const askerId = (fold: ReturnType<typeof foldUse>) => [...fold.principals().keys()][0] ?? '';

describe('what a principal used', () => {
  test.each([
    ['allow', { ...NONE, requests: 1, grants: 1 }],
    ['approve', { ...NONE, requests: 1 }],
    ['deny', { ...NONE, requests: 1, denials: 1 }],
  ] as const)('counts a request by its outcome: %s', (outcome, use) => {
    const { requested } = trailOf(time('20T10:00:00'), { outcome });
    expect(askedOf(folded([requested]))).toEqual(use);
  });

  test('counts what people decided, and vends, with the time of the last one', () => {
    const trail = trailOf(time('20T10:00:00'), { outcome: 'approve' });
    const other = trailOf(time('20T10:00:00'), { outcome: 'approve' });
    const fold = folded([
      trail.requested,
      other.requested,
      trail.next({ type: 'approved', decision }, time('20T11:00:00')),
      other.next({ type: 'denied', reason: 'no' }, time('20T11:00:00'), 'denied'),
      trail.next({ type: 'vended', session: SESSION }, time('20T12:00:00')),
      trail.next({ type: 'vended', session: SESSION }, time('20T13:00:00')),
      trail.next({ type: 'expired' }, time('20T14:00:00'), 'expired'),
    ]);
    const lastUse = '2026-11-20T13:00:00Z';
    expect(askedOf(fold)).toEqual({ requests: 2, denials: 1, grants: 1, vends: 2, lastUse });
  });

  test('counts nothing of another period but the last use', () => {
    const trail = trailOf(time('19T10:00:00'));
    const denied = trailOf(time('19T10:00:00'), { outcome: 'deny' });
    const fold = folded([
      trail.requested,
      denied.requested,
      trail.next({ type: 'vended', session: SESSION }, time('19T11:00:00')),
      trail.next({ type: 'approved', decision }, time('19T12:00:00')),
      trail.next({ type: 'denied', reason: 'no' }, time('19T12:00:00')),
    ]);
    expect(askedOf(fold)).toEqual({ ...NONE, lastUse: '2026-11-19T11:00:00Z' });
  });

  test('is kept apart by principal and entitlement', () => {
    const one = trailOf(time('20T10:00:00'));
    const other = trailOf(time('20T10:00:00'), { grant: { entitlement: 'other' } });
    const ben = trailOf(time('20T10:00:00'), { grant: { requester: BEN } });
    const vends = [one, one, other, ben].map((trail, at) =>
      trail.next({ type: 'vended', session: SESSION }, time('20T11:00:00') + at),
    );
    const fold = folded([one.requested, other.requested, ben.requested, ...vends]);
    expect(fold.useOf(READ, ANA.id)).toMatchObject({ requests: 1, vends: 2 });
    expect(fold.useOf('other', ANA.id)).toMatchObject({ requests: 1, vends: 1 });
    expect(fold.useOf(READ, BEN.id)).toMatchObject({ requests: 1, vends: 1 });
    expect(fold.useOf('other', BEN.id)).toBeNull();
    expect(fold.useOf('gone', BEN.id)).toBeNull();
    expect(fold.entitlements()).toEqual([READ, 'other']);
  });

  test('is nobody’s where the request is in no entry', () => {
    const trail = trailOf(time('20T10:00:00'));
    const fold = folded([trail.next({ type: 'vended', session: SESSION }, time('20T11:00:00'))]);
    expect([...fold.principals()]).toEqual([]);
    expect(fold.entitlements()).toEqual([]);
  });
});

describe('used of granted', () => {
  const read = (used: number, unknown: number, calls = 10): Happening => ({
    ...{ type: 'usage-read', calls, refused: 0, afterEnd: 0, used, granted: 10, unknown },
    ...{ readFrom: time('20T10:00:00'), readUntil: time('20T12:00:00') },
  });
  const usageIn = (events: readonly TrailEvent[]) => askedOf(folded(events))?.usage;

  test('is the most of any one grant, with all calls, and how many grants were read', () => {
    const [one, other, open] = [1, 2, 3].map(() => trailOf(time('20T10:00:00')));
    if (one === undefined || other === undefined || open === undefined) throw new Error('never');
    const events = [
      ...[one.requested, other.requested, open.requested],
      one.next(read(3, 1), time('20T12:00:00'), 'expired'),
      other.next(read(2, 4, 5), time('20T12:00:00'), 'expired'),
    ];
    const usage = { grants: 2, calls: 15, used: 3, granted: 10, unknown: 4 };
    expect(usageIn(events)).toEqual(usage);
    // Whoever writes it twice changes nothing.
    const again = one.next(read(9, 9), time('20T13:00:00'), 'expired');
    expect(usageIn([...events, again])).toEqual(usage);
  });

  test('is not there where nothing was read: that is no zero', () => {
    const { requested } = trailOf(time('20T10:00:00'));
    expect(askedOf(folded([requested]))).not.toHaveProperty('usage');
  });

  test('is of grants that began in the period, by policy or by approval, whenever logs were read', () => {
    const before = trailOf(time('19T10:00:00'));
    const late = before.next(read(3, 0), time('20T12:00:00'), 'expired');
    expect(usageIn([before.requested, late])).toBeUndefined();
    const asked = trailOf(time('19T10:00:00'), { outcome: 'approve' });
    const approved = asked.next({ type: 'approved', decision }, time('20T11:00:00'));
    const found = asked.next(read(3, 0), time('20T18:00:00'), 'expired');
    expect(usageIn([asked.requested, approved, found])).toMatchObject({ grants: 1, used: 3 });
  });
});

test('principals are as their last request showed them', () => {
  const first = trailOf(time('19T10:00:00'));
  const { requested } = trailOf(time('20T10:00:00'));
  if (requested.type !== 'requested') throw new Error('never');
  const principal = { ...requested.inputs.principal, groups: ['people:ops'] };
  const last: TrailEvent = { ...requested, inputs: { ...requested.inputs, principal } };
  expect([...folded([first.requested, last]).principals()]).toEqual([[ANA.id, principal]]);
});

test('the bundle in force is that of the last deployment, whatever else happened to principals', () => {
  expect(folded([]).deployed()).toBeNull();
  const fold = folded([
    deployed('sha256:1', time('19T10:00:00'), []),
    deployed('sha256:2', time('20T10:00:00'), []),
    orderAbout(ANA.id, { type: 'principal-revoked' }, time('20T11:00:00'), BEN),
  ]);
  expect(fold.deployed()).toEqual({ bundle: 'sha256:2', file: 'bundle/sha256:2.json' });
  expect([...fold.principals()]).toEqual([]);
});
