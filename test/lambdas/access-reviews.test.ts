import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ReviewItem } from '../../core/access-review.ts';
import { itemsHash } from '../../core/reviewing/items-hash.ts';
import type { Answer } from '../support/api-call.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ana, auditor } from '../support/callers.ts';
import { type FakeTable, fakeTable } from '../support/fake-table.ts';
import { sign, type TestIssuer } from '../support/test-issuer.ts';

/** Access reviews over their handler, on a table that reads what was written. */

let api: ApiUnderTest;
let table: FakeTable;
let [sam, mia, developer] = ['', '', ''];
let bundle = '';

beforeAll(async () => {
  api = await startApi();
  [sam, developer] = [await auditor(api.issuer), await ana(api.issuer)];
  mia = await security(api.issuer, 'mia');
  bundle = hashOfBundle();
});
afterAll(() => api.stop());
beforeEach(() => {
  api.aws.acceptAll();
  table = fakeTable(api.aws);
});

function hashOfBundle(): string {
  const folder = process.env['LAMBDA_TASK_ROOT'] ?? '';
  return (JSON.parse(readFileSync(join(folder, 'bundle.json'), 'utf8')) as { hash: string }).hash;
}

/** Somebody else who may audit. */
function security(issuer: TestIssuer, sub: string): Promise<string> {
  const email = `${sub}@acme.example`;
  const claims = { iss: issuer.urls.people, sub, email, groups: ['security'] };
  return sign(claims, issuer.keys.RS256);
}

const itemOf = (item: number, more: Partial<ReviewItem> = {}): ReviewItem => ({
  item,
  entitlement: 'artifacts-read',
  principal: { type: 'User', id: `people:user-${item}`, name: `user-${item}@acme.example` },
  members: null,
  marks: [`people:user-${item}`],
  could: true,
  requests: 1,
  denials: 0,
  grants: 1,
  vends: 2,
  lastUse: '2026-09-01T08:00:00.000Z',
  lines: [{ policy: 'releases-are-routine', place: 'policies/artifacts.cedar:1' }],
  ...more,
});

const READ = { usage: { grants: 1, calls: 40, used: 3, granted: 10, unknown: 2 } };
const ITEMS = [
  itemOf(1, READ),
  itemOf(2),
  itemOf(3, { principal: null, members: 'group x', marks: [] }),
];

const scopeOf = (items: readonly ReviewItem[], more: object = {}): object => ({
  from: '2026-07-01',
  to: '2026-09-30',
  items: items.length,
  listHash: itemsHash(items),
  bundle,
  file: `bundle/sha256-${'0'.repeat(64)}.json`,
  checkpoint: { size: 12, root: `${'A'.repeat(43)}=` },
  ...more,
});

type Step = 'items' | 'decisions' | 'sign';

const begin = (body: object, token = sam, headers = {}): Promise<Answer> =>
  api.call('POST /v1/audit/access-reviews', { token, body, headers });
const step = (what: Step, id: string, body: object, token = sam, headers = {}): Promise<Answer> =>
  api.call(`POST /v1/audit/access-reviews/{id}/${what}`, { token, id, body, headers });
const read = (id: string, query = ''): Promise<Answer> =>
  api.call('GET /v1/audit/access-reviews/{id}', { token: sam, id, query });

async function opened(items: readonly ReviewItem[] = ITEMS): Promise<string> {
  const started = await begin(scopeOf(items));
  expect(started.status).toBe(201);
  const id = String(started.body['id']);
  expect((await step('items', id, { items })).body).toMatchObject({ status: 'open' });
  return id;
}

const decide = (id: string, numbers: readonly number[], token = sam, decision = 'keep') =>
  step(
    'decisions',
    id,
    { decisions: numbers.map((item) => ({ item, decision, reason: 'still on the team' })) },
    token,
  );

const trailOf = (principal: string): readonly Record<string, unknown>[] =>
  table
    .sortKeys(`TRAIL#${principal}`)
    .map((sk) => unmarshall(table.items.get(`TRAIL#${principal} ${sk}`) ?? {}));
const events = () => trailOf('broker').toSorted((a, b) => Number(a['step']) - Number(b['step']));

describe('a whole review', () => {
  test('is started, decided and signed by somebody else, and each step is an event in order', async () => {
    const id = await opened();
    expect((await decide(id, [1, 2])).body).toMatchObject({ decided: 2 });
    expect((await decide(id, [3], sam, 'remove')).body).toMatchObject({ decided: 3 });
    const signed = await step('sign', id, { listHash: itemsHash(ITEMS), comment: 'agreed' }, mia);
    expect(signed.status).toBe(200);
    expect(signed.body).toMatchObject({
      status: 'signed',
      signed: { by: { id: 'people:mia' }, comment: 'agreed' },
      startedBy: { id: 'people:sam' },
      deciders: [{ id: 'people:sam' }],
    });
    expect(events().map(({ type, step: number, reviewId }) => [type, number, reviewId])).toEqual([
      ['access-review-started', 1, id],
      ['access-review-decided', 2, id],
      ['access-review-decided', 3, id],
      ['access-review-signed', 4, id],
    ]);
    expect(events()[2]).toMatchObject({
      decisions: [{ item: 3, principal: null, decision: 'remove', reason: 'still on the team' }],
    });
    expect(events()[3]).toMatchObject({ keep: 2, remove: 1, reason: 'agreed' });
  });

  test('can be read with its items and their decisions, page by page', async () => {
    const id = await opened();
    await decide(id, [2]);
    const first = await read(id, 'limit=2');
    expect(first.body).toMatchObject({
      items: [
        { item: ITEMS[0], decided: null },
        { item: ITEMS[1], decided: { decision: 'keep', by: { id: 'people:sam' } } },
      ],
    });
    const rest = await read(id, `limit=2&cursor=${String(first.body['nextCursor'])}`);
    expect(rest.body).toMatchObject({ items: [{ item: ITEMS[2] }], nextCursor: null });
  });

  test('is in the list, the newest first', async () => {
    const ids = [await opened(), await opened()];
    const list = (query: string) => api.call('GET /v1/audit/access-reviews', { token: sam, query });
    const first = await list('limit=1');
    const second = await list(`limit=1&cursor=${String(first.body['nextCursor'])}`);
    const found = [first, second].flatMap(({ body }) => body['reviews'] as { id: string }[]);
    expect(found.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(second.body['nextCursor']).toBeNull();
  });
});

describe('a decision', () => {
  test('on one’s own access is refused, recorded as a refusal, and changes nothing', async () => {
    const id = await opened([itemOf(1), itemOf(2, { marks: ['people:sam'] })]);
    const refused = await decide(id, [1, 2]);
    expect(refused).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('Item 2 is your own access to artifacts-read') },
    });
    expect((await read(id)).body).toMatchObject({ review: { decided: 0 } });
    expect(trailOf('people:sam')).toMatchObject([{ type: 'principal-refused' }]);
  });

  test('that comes later replaces the earlier one, and both stay in the record', async () => {
    const id = await opened();
    await decide(id, [1]);
    expect((await decide(id, [1], mia, 'remove')).body).toMatchObject({ decided: 1 });
    const { body } = await read(id);
    expect(body).toMatchObject({ items: [{ decided: { decision: 'remove' } }, {}, {}] });
    expect(events().slice(1)).toMatchObject([
      { actor: { id: 'people:sam' }, decisions: [{ decision: 'keep' }] },
      { actor: { id: 'people:mia' }, decisions: [{ decision: 'remove' }] },
    ]);
  });

  test.each([
    ['a blank reason', [{ item: 1, decision: 'keep', reason: '  ' }], '/decisions/0/reason'],
    ['no reason', [{ item: 1, decision: 'keep' }], '/decisions/0/reason'],
    ['another word', [{ item: 1, decision: 'maybe', reason: 'x' }], '/decisions/0/decision'],
    ['an unknown item', [{ item: 4, decision: 'keep', reason: 'x' }], '/decisions/0/item'],
    [
      'one item twice',
      [1, 1].map((item) => ({ item, decision: 'keep', reason: 'x' })),
      '/decisions/1/item',
    ],
  ])('with %s is refused', async (_, decisions, pointer) => {
    const id = await opened();
    const refused = await step('decisions', id, { decisions });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
    expect((await read(id)).body).toMatchObject({ review: { decided: 0 } });
  });

  test('before all items have come, or after the signature, is refused', async () => {
    const early = String((await begin(scopeOf(ITEMS))).body['id']);
    expect(await decide(early, [1])).toMatchObject({ status: 409 });
    const id = await opened([itemOf(1)]);
    await decide(id, [1]);
    await step('sign', id, { listHash: itemsHash([itemOf(1)]), comment: 'ok' }, mia);
    expect(await decide(id, [1])).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('The review is signed') },
    });
  });

  test('under one Idempotency-Key is recorded once', async () => {
    const id = await opened();
    const body = { decisions: [{ item: 1, decision: 'keep', reason: 'x' }] };
    const headers = { 'idempotency-key': 'k-1' };
    const first = await step('decisions', id, body, sam, headers);
    expect(await step('decisions', id, body, sam, headers)).toMatchObject({ body: first.body });
    expect(events()).toHaveLength(2);
    const other = { decisions: [{ item: 2, decision: 'keep', reason: 'x' }] };
    expect(await step('decisions', id, other, sam, headers)).toMatchObject({ status: 422 });
  });
});

describe('a signature', () => {
  const signature = (items: readonly ReviewItem[]) => ({
    listHash: itemsHash(items),
    comment: 'ok',
  });

  test('with a decision missing is refused, and says which', async () => {
    const id = await opened();
    await decide(id, [2]);
    expect(await step('sign', id, signature(ITEMS), mia)).toMatchObject({
      status: 409,
      body: { detail: 'Without a decision: items 1, 3.' },
    });
  });

  test.each([
    ['started', () => sam, 'You started it'],
    ['decided in', () => mia, 'You decided in it'],
  ])('of somebody who %s the review is refused', async (_, who, said) => {
    const id = await opened([itemOf(1)]);
    await decide(id, [1], mia);
    // A replaced decision was a part in the review, too.
    await decide(id, [1], sam);
    expect(await step('sign', id, signature([itemOf(1)]), who())).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining(said) },
    });
  });

  test('of another list is refused', async () => {
    const id = await opened([itemOf(1)]);
    await decide(id, [1]);
    expect(await step('sign', id, signature([itemOf(1, { vends: 0 })]), mia)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('You sign the list with the hash') },
    });
  });

  test('is refused where the stored items are not the pinned ones any more', async () => {
    const id = await opened([itemOf(1)]);
    await decide(id, [1]);
    const key = `ACCESSREVIEW#${id} ITEM#00000001`;
    const row = table.items.get(key) ?? {};
    table.items.set(key, { ...row, item: { M: { ...row['item']?.M, vends: { N: '0' } } } });
    expect(await step('sign', id, signature([itemOf(1)]), mia)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('Tell your security team') },
    });
  });

  test('comes once', async () => {
    const id = await opened([itemOf(1)]);
    await decide(id, [1]);
    await step('sign', id, signature([itemOf(1)]), mia);
    const again = await step('sign', id, signature([itemOf(1)]), mia);
    expect(again).toMatchObject({ status: 409, body: { detail: 'The review is signed already.' } });
  });
});

describe('the list of items', () => {
  test('with another hash than the pinned one is refused', async () => {
    const id = String((await begin(scopeOf(ITEMS))).body['id']);
    const other = [...ITEMS.slice(0, 2), { ...itemOf(3), vends: 9 }];
    expect(await step('items', id, { items: other })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('not the items whose hash') },
    });
  });

  test('comes in its order, and from who started the review', async () => {
    const id = String((await begin(scopeOf(ITEMS))).body['id']);
    const some = await step('items', id, { items: ITEMS.slice(0, 2) });
    expect(some.body).toMatchObject({ status: 'incomplete', received: 2 });
    expect(await step('items', id, { items: [ITEMS[0]] })).toMatchObject({ status: 409 });
    expect(await step('items', id, { items: [ITEMS[2]] }, mia)).toMatchObject({ status: 403 });
    const rest = await step('items', id, { items: [ITEMS[2]] });
    expect(rest.body).toMatchObject({ status: 'open', received: 3 });
  });
});

describe('a review is not started', () => {
  test.each([
    ['that ends before it begins', { to: '2026-06-30' }, 400],
    ['of a day that there is not', { from: '2026-02-30' }, 400],
    ['of an unknown entitlement', { entitlements: ['nothing-there'] }, 400],
    ['without items', { items: 0 }, 400],
    ['under another bundle', { bundle: `sha256:${'0'.repeat(64)}` }, 409],
  ])('%s', async (_, wrong, status) => {
    expect(await begin(scopeOf(ITEMS, wrong))).toMatchObject({ status });
    expect(events()).toEqual([]);
  });

  test('twice under one Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'k-2' };
    const first = await begin(scopeOf(ITEMS), sam, headers);
    const again = await begin(scopeOf(ITEMS), sam, headers);
    expect(again.body['id']).toBe(first.body['id']);
    expect(events()).toHaveLength(1);
  });
});

test('who may not audit takes no part', async () => {
  const id = await opened();
  expect(await begin(scopeOf(ITEMS), developer)).toMatchObject({ status: 403 });
  expect(await decide(id, [1], developer)).toMatchObject({ status: 403 });
  const seen = await api.call('GET /v1/audit/access-reviews/{id}', { token: developer, id });
  expect(seen).toMatchObject({ status: 403 });
});

test('a review that there is not is not found', async () => {
  expect(await decide(`ar_${'0'.repeat(20)}`, [1])).toMatchObject({ status: 404 });
});
