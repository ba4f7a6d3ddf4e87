import { expect, test } from '@jest/globals';
import { cedarAnalyst } from '../../../adapters/cedar/policy-analyst.ts';
import { readLine } from '../../../core/evidence/ledger-line.ts';
import type { Requester } from '../../../core/grant.ts';
import { err, ok } from '../../../core/result.ts';
import { foldUse } from '../../../core/review-list/fold-use.ts';
import { makeItems } from '../../../core/review-list/make-items.ts';
import { whoCould } from '../../../core/review-list/who-could.ts';
import { itemsHash } from '../../../core/reviewing/items-hash.ts';
import { cedar, compiled, files, language, READ } from '../../support/bundles.ts';
import {
  entryBytesOf,
  SESSION,
  type TrailEvent,
  time,
  trailOf,
} from '../../support/evidence-trail.ts';
import { NO_POLICY } from '../../support/failing-ports.ts';

/** The list of a review, of trails as the ledger has them, and of a bundle as it was compiled. */

const WRITE = READ.replace('id: read', 'id: write');
const bundle = compiled(
  files({
    'entitlements/write.yaml': WRITE,
    'policies/write.cedar': `@id("at-night")
permit (principal, action == ValetKey::Action::"request", resource == ValetKey::Entitlement::"write")
when { context.mfa };

@id("ben-writes")
permit (principal == ValetKey::User::"people:ben", action == ValetKey::Action::"request", resource == ValetKey::Entitlement::"write");

@id("no-guests")
@advice("Sign in as an employee.")
forbid (principal in ValetKey::Group::"people:guests", action == ValetKey::Action::"request", resource);
`,
  }),
);

type Of = { readonly groups?: readonly string[]; readonly entitlement?: string };

/** A request of a principal, and the keys that it vended after it. */
function used(sub: string, at: number, { groups = [], entitlement = 'read' }: Of, vends = 1) {
  const requester: Requester = { type: 'User', id: `people:${sub}`, name: `${sub}@acme.example` };
  const trail = trailOf(at, { grant: { requester, entitlement } });
  const { requested } = trail;
  if (requested.type !== 'requested') throw new Error('never');
  const principal = { ...requester, issuer: 'people', groups: [...groups], tags: {} };
  const first: TrailEvent = { ...requested, inputs: { ...requested.inputs, principal } };
  const vended = Array.from({ length: vends }, (_, index) =>
    trail.next({ type: 'vended', session: SESSION }, at + index + 1),
  );
  return [first, ...vended];
}

function folded(events: readonly TrailEvent[]) {
  const fold = foldUse();
  for (const event of events) {
    const line = readLine(entryBytesOf(event));
    if (!line.ok) throw new Error(JSON.stringify(line.error));
    fold.add(line.value.line, event.at >= time('20T00:00:00'));
  }
  return fold;
}

function itemsOf(events: readonly TrailEvent[], entitlements: readonly string[] | null = null) {
  const fold = folded(events);
  const deployment = { account: '111122223333', region: 'eu-central-1' };
  const analyst = cedarAnalyst(cedar);
  const could = whoCould({ bundle, deployment, engineFor: language.engineFor, analyst });
  const items = makeItems({ bundle }, could, fold, entitlements);
  if (!items.ok) throw new Error(items.error.code);
  return items.value;
}

const READERS = ['people:readers'];

test('whoever could use an entitlement is there with what they did, and the line that lets them', () => {
  const events = [
    ...used('ana', time('20T10:00:00'), { groups: READERS }, 2),
    ...used('ana', time('21T10:00:00'), { groups: READERS }, 0),
  ];
  expect(itemsOf(events, ['read'])).toEqual([
    {
      ...{ item: 1, entitlement: 'read', members: null, marks: ['people:ana'], could: true },
      principal: { type: 'User', id: 'people:ana', name: 'ana@acme.example' },
      ...{ requests: 2, denials: 0, grants: 2, vends: 2, lastUse: '2026-11-20T10:00:00.002Z' },
      lines: [{ policy: 'read-is-fine', place: 'policies/read.cedar:1' }],
    },
    expect.objectContaining({ item: 2, principal: null }),
  ]);
});

test('used of granted is told with whoever used it, and absent where nothing was read', () => {
  const [first, ...rest] = used('ana', time('20T10:00:00'), { groups: READERS });
  if (first?.type !== 'requested') throw new Error('never');
  const usage: TrailEvent = {
    ...first,
    ...{ id: 'ev_usage', type: 'usage-read', at: time('20T18:00:00'), status: 'expired' },
    ...{ actor: 'broker', sourceIp: null, calls: 7, refused: 1, afterEnd: 0 },
    ...{ used: 2, granted: 5, unknown: 1, readFrom: first.at, readUntil: first.at + 1000 },
  };
  const [item, group] = itemsOf([first, ...rest, usage], ['read']);
  expect(item?.usage).toEqual({ grants: 1, calls: 7, used: 2, granted: 5, unknown: 1 });
  expect(group).not.toHaveProperty('usage');
  const [unread] = itemsOf([first, ...rest], ['read']);
  expect(unread).not.toHaveProperty('usage');
});

test('what happened before the period is no use in it, but the last use is told', () => {
  const [item] = itemsOf(used('ana', time('01T10:00:00'), { groups: READERS }), ['read']);
  expect(item).toMatchObject({
    ...{ could: true, requests: 0, grants: 0, vends: 0 },
    lastUse: '2026-11-01T10:00:00.001Z',
  });
});

test('who used it and could not any more is there, without a line to change', () => {
  const events = [
    ...used('ana', time('20T10:00:00'), { groups: READERS }),
    // The last identity counts: she has left the group.
    ...used('ana', time('21T10:00:00'), { groups: [] }, 0),
  ];
  const [item] = itemsOf(events, ['read']);
  expect(item).toMatchObject({ could: false, vends: 1, lines: [] });
});

test('who could not and did not is left out, and so is whom a forbid keeps out', () => {
  const events = [
    ...used('gus', time('01T10:00:00'), { groups: ['people:guests', 'people:readers'] }),
    ...used('zoe', time('01T10:00:00'), {}),
  ];
  const known = itemsOf(events).filter(({ members }) => members === null);
  expect(known.map(({ principal, entitlement }) => [principal?.id, entitlement])).toEqual([
    ['people:zoe', 'write'],
  ]);
});

test('a policy that lets people in without their names is an item of its own', () => {
  const unnamed = itemsOf([]).map(({ entitlement, members, lines }) => [
    entitlement,
    members,
    lines.map(({ policy }) => policy),
  ]);
  expect(unnamed).toEqual([
    ['read', 'members of group people:readers', ['read-is-fine']],
    ['write', 'whoever fits its conditions', ['at-night']],
    ['write', 'user people:ben', ['ben-writes']],
  ]);
});

test('an item without a name says nothing of use, and belongs to nobody', () => {
  expect(itemsOf([], ['read'])).toEqual([
    {
      ...{
        item: 1,
        entitlement: 'read',
        principal: null,
        members: 'members of group people:readers',
      },
      ...{ marks: [], could: true, requests: 0, denials: 0, grants: 0, vends: 0, lastUse: null },
      lines: [{ policy: 'read-is-fine', place: 'policies/read.cedar:1' }],
    },
  ]);
});

test('a policy may name a workload, and a group whose name has colons', () => {
  const permit = bundle.policies['ben-writes'];
  if (permit === undefined) throw new Error('no policy');
  const naming = (principal: string) => ({ ...permit, head: { ...permit.head, principal } });
  const permitsOn = () => [
    naming('ValetKey::Workload::github:1/2'),
    naming('ValetKey::Group::people:a::b'),
  ];
  const could = { permitsOn, policiesFor: () => ok([]) };
  expect(makeItems({ bundle }, could, foldUse(), ['read'])).toMatchObject({
    value: [{ members: 'workload github:1/2' }, { members: 'members of group people:a::b' }],
  });
});

test('without an answer of policy there is no list', () => {
  const fold = folded(used('ana', time('20T10:00:00'), { groups: READERS }));
  const could = { permitsOn: () => [], policiesFor: () => err(NO_POLICY) };
  expect(makeItems({ bundle }, could, fold, ['read'])).toEqual(err(NO_POLICY));
  // Of what is gone policy is not asked.
  expect(makeItems({ bundle }, could, fold, ['gone'])).toEqual(ok([]));
});

test('one approved request, or one vend, is enough to be there without a right', () => {
  const [first = trailOf(0).requested, vended = first] = used('ana', time('20T10:00:00'), {});
  const could = { permitsOn: () => [], policiesFor: () => ok([]) };
  const countsOf = (events: readonly TrailEvent[]) => {
    const items = makeItems({ bundle }, could, folded(events), ['read']);
    return items.ok ? items.value.map(({ grants, vends }) => [grants, vends]) : items.error;
  };
  expect(countsOf([first])).toEqual([[1, 0]]);
  const before: TrailEvent = { ...first, at: time('19T10:00:00') };
  expect(countsOf([before, vended])).toEqual([[0, 1]]);
  expect(countsOf([before])).toEqual([]);
});

test('a policy that names one known principal is told with that principal', () => {
  const items = itemsOf(used('ben', time('20T10:00:00'), { groups: READERS }), ['write']);
  expect(items.map(({ principal, members }) => principal?.id ?? members)).toEqual([
    'people:ben',
    'whoever fits its conditions',
  ]);
  expect(items[0]?.lines.map(({ policy }) => policy)).toEqual(['at-night', 'ben-writes']);
});

test('an entitlement that is gone has those who used it in the period', () => {
  const items = itemsOf(used('ana', time('20T10:00:00'), { entitlement: 'gone' }));
  expect(items.filter(({ entitlement }) => entitlement === 'gone')).toMatchObject([
    { principal: { id: 'people:ana' }, could: false, vends: 1, lines: [] },
  ]);
});

test('the list has principals in the order of their ids, whichever came first', () => {
  const ana = used('ana', time('20T10:00:00'), { groups: READERS });
  const ben = used('ben', time('20T11:00:00'), { groups: READERS });
  const items = itemsOf([...ben, ...ana], ['read']);
  expect(items.map(({ principal }) => principal?.id ?? null)).toEqual([
    ...['people:ana', 'people:ben', null],
  ]);
  expect(itemsHash(itemsOf([...ben, ...ana]))).toBe(itemsHash(itemsOf([...ana, ...ben])));
});
