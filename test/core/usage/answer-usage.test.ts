import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  entitlementUsage,
  grantUsage as grantUsageSchema,
} from '../../../core/api/usage-responses.ts';
import type { Grant } from '../../../core/grant.ts';
import { err } from '../../../core/result.ts';
import { answerEntitlementUsage } from '../../../core/usage/answer-entitlement-usage.ts';
import { answerGrantUsage, type UsagePorts } from '../../../core/usage/answer-grant-usage.ts';
import { entitlementUsageJson, grantUsageJson } from '../../../core/usage/usage-json.ts';
import type { UsageJudge } from '../../../core/usage/usage-seams.ts';
import type { Judged, JudgedAction } from '../../../core/usage.ts';
import { compiled, files, PERMIT_AUDIT } from '../../support/bundles.ts';
import { NO_POLICY, NO_STORE } from '../../support/failing-ports.ts';
import {
  ANA,
  AUDITOR,
  CALL,
  callOf,
  NOW,
  person,
  type World,
  world,
} from '../../support/memory-ports.ts';
import { MemoryUsage } from '../../support/memory-usage.ts';
import { grantOf } from '../../support/sample-grants.ts';
import { actionUse, grantUsage, keptUsage, TRAIL } from '../../support/sample-usage.ts';

const BUNDLE = compiled(files({ 'policies/read.cedar': PERMIT_AUDIT }));
/** What `read` may be requested for depends on the past of who asks. */
const READS_PAST = PERMIT_AUDIT.replace(');', ')\nwhen { context.history.firstUse };');
const HASH = BUNDLE.entitlements['read']?.hash ?? '';
const ACCOUNT = '111122223333';
const DAY = 86_400_000;
const HOUR = 3_600_000;
const EVE = person('eve', []);

let broker: World;
let usages: MemoryUsage;
let ports: UsagePorts;
let asked: { readonly logs: unknown; readonly reads: readonly { readonly usage: unknown }[] }[];
let grants = 0;

const action = (changes: Partial<JudgedAction> = {}): JudgedAction => ({
  ...{ action: 's3:GetObject', answer: 'used', why: null, calls: 3, refused: 0 },
  ...{ whole: true, grants: 1, principals: 1, ...changes },
});
let judged: Judged;

const judge: UsageJudge = {
  grant: ({ logs }, read) => {
    asked.push({ logs, reads: [read] });
    return judged;
  },
  entitlement: ({ logs, entitlement, days }, reads) => {
    asked.push({ logs, reads });
    const counts = { entitlement: entitlement.id, days, grants: reads.length, idle: 0, unread: 0 };
    const use = { calls: 3, refused: 0, grants: 1, idle: 0, actions: 1, lastUse: NOW };
    const { id: principal, name } = ANA.principal;
    return { ...judged, ...counts, principals: [{ principal, name, ...use }] };
  },
};

beforeEach(() => {
  broker = world(BUNDLE);
  usages = new MemoryUsage(() => broker.now);
  asked = [];
  judged = {
    summary: { used: 1, granted: 2, unknown: 0 },
    actions: [action(), action({ action: 's3:PutObject', answer: 'unused', calls: 0, grants: 0 })],
    wanted: [{ action: 's3:DeleteObject', resource: null, calls: 1, grants: 1 }],
    ...{ wantedLeftOut: 0, blind: [] },
  };
  ports = {
    ...broker.ports,
    usages,
    usageJudge: judge,
    usageSetting: { accounts: null, keepDays: 400 },
  };
});

/** A grant of ana's that ended a day ago, with keys, unless it says otherwise. */
function ended(changes: Partial<Grant> = {}): Grant {
  grants += 1;
  const at = NOW - DAY;
  const grant = grantOf(ANA.principal, {
    ...{ id: `gr_${String(grants).padStart(20, '0')}`, definition: HASH, status: 'expired' },
    ...{ createdAt: at - HOUR, startsAt: at - HOUR, expiresAt: at, endedAt: at },
    ...{ keysValidUntil: at, ...changes },
  });
  broker.grants.set(grant.id, grant);
  return grant;
}

async function read(grant: Grant, kept = keptUsage(grant)): Promise<void> {
  await usages.keepUnused(grant, kept);
}

const ask = async (grant: Grant, caller = ANA) => {
  const answer = await answerGrantUsage(ports, callOf(caller), grant.id);
  if (!answer.ok) return answer.error;
  return grantUsageSchema.parse(grantUsageJson(answer.value));
};

describe('of a grant that was read', () => {
  test('its actions are judged as granted now, with what was called', async () => {
    const grant = ended();
    await read(grant);
    const answer = await ask(grant);
    expect(answer).toMatchObject({
      ...{ grant: grant.id, entitlement: 'read', state: 'read', changed: false },
      summary: { used: 1, granted: 2, unknown: 0 },
      actions: [
        {
          action: 's3:GetObject',
          granted: true,
          answer: 'used',
          calls: 3,
          first: expect.any(String),
        },
        { action: 's3:PutObject', granted: true, answer: 'unused', calls: 0, first: null },
      ],
      calls: { total: 3, networks: [{ network: '192.0.2.0/24' }], read: { files: 2 } },
    });
    expect(asked).toEqual([
      { logs: keptUsage(grant).logs, reads: [expect.objectContaining({ id: grant.id })] },
    ]);
  });

  test('what was called beyond it is told after that, whatever its case', async () => {
    const grant = ended();
    const actions = [
      actionUse('s3:getobject'),
      actionUse('kms:Decrypt', { via: ['s3.amazonaws.com'] }),
    ];
    await read(grant, keptUsage(grant, { usage: grantUsage(grant, { actions }) }));
    expect(await ask(grant)).toMatchObject({
      actions: [
        { action: 's3:GetObject', calls: 3 },
        { action: 's3:PutObject' },
        { action: 'kms:Decrypt', granted: false, answer: 'used', via: ['s3.amazonaws.com'] },
      ],
    });
  });

  test('beyond it, only what AWS did not refuse is used, and what was not proven is unknown', async () => {
    const grant = ended();
    const actions = [
      actionUse('kms:Decrypt', { calls: 2, refused: 1 }),
      actionUse('kms:CreateKey', { calls: 2, refused: 2 }),
      actionUse('kms:ListKeys', { calls: 0, refused: 0 }),
    ];
    await read(grant, keptUsage(grant, { usage: grantUsage(grant, { actions }) }));
    const { actions: told } = (await ask(grant)) as { readonly actions: readonly unknown[] };
    expect(told.slice(2)).toMatchObject([
      { action: 'kms:Decrypt', granted: false, answer: 'used', why: null },
      { action: 'kms:CreateKey', granted: false, answer: 'unused', why: null },
      { action: 'kms:ListKeys', granted: false, answer: 'unknown', why: expect.any(String) },
    ]);
  });

  test('what a report has no room for is counted, or null where there is nothing', async () => {
    const [whole, cut] = [ended(), ended()];
    const leftOut = { actions: 5, unmapped: 0, networks: 1, agents: 0, chained: 0 };
    await read(whole);
    await read(cut, keptUsage(cut, { usage: grantUsage(cut, { leftOut }) }));
    expect(await ask(whole)).toMatchObject({ calls: { leftOut: null } });
    expect(await ask(cut)).toMatchObject({ calls: { leftOut } });
  });

  test('nothing is judged where its entitlement is gone, and it is said where that has changed', async () => {
    const gone = ended({ entitlement: 'removed' });
    await read(gone);
    expect(await ask(gone, AUDITOR)).toMatchObject({
      ...{
        state: 'read',
        summary: null,
        changed: true,
        actions: [{ granted: false, answer: 'used' }],
      },
    });
    const changed = ended({ definition: 'sha256:before' });
    await read(changed);
    expect(await ask(changed, AUDITOR)).toMatchObject({ changed: true, summary: { used: 1 } });
  });
});

describe('a grant of which nothing was read', () => {
  const nothing = { readAt: null, summary: null, actions: [], calls: null };

  test.each([
    ['goes on', { status: 'active', endedAt: null } as const, 'waiting'],
    [
      'waits for votes',
      { status: 'pending', keysValidUntil: null, endedAt: null } as const,
      'waiting',
    ],
    ['is being revoked', { status: 'revoking', endedAt: null } as const, 'waiting'],
    ['had no keys', { keysValidUntil: null } as const, 'idle'],
    ['was denied', { status: 'denied', keysValidUntil: null } as const, 'idle'],
    ['ended before anybody read', {}, 'not-kept'],
  ])('and that %s, says so', async (_, changes, state) => {
    expect(await ask(ended(changes), AUDITOR)).toMatchObject({
      ...nothing,
      state,
      readAfter: null,
    });
  });

  test('waits until the logs have everything', async () => {
    const grant = ended({ endedAt: NOW - 1000, keysValidUntil: NOW });
    const waiting = { ...nothing, state: 'waiting', readAfter: '2026-11-23T11:00:00.500Z' };
    // The notice of its end is on its way.
    expect(await ask(grant)).toMatchObject(waiting);
    await usages.await(grant, NOW + HOUR);
    broker.now = NOW + 30 * HOUR;
    expect(await ask(grant)).toMatchObject(waiting);
  });

  test('is waited for until the notice of its end must have come, and no longer', async () => {
    const grant = ended({ endedAt: NOW - HOUR + 1, keysValidUntil: NOW - HOUR + 1 });
    expect(await ask(grant)).toMatchObject({ state: 'waiting' });
    broker.now = NOW + 1;
    expect(await ask(grant)).toMatchObject({ ...nothing, state: 'not-kept', readAfter: null });
  });

  test('is idle without keys, and nothing is judged, also where that was noted', async () => {
    const grant = ended({ keysValidUntil: null });
    await read(grant, keptUsage(grant, { vended: false }));
    expect(await ask(grant)).toMatchObject({ ...nothing, state: 'idle' });
    expect(asked).toEqual([]);
  });

  test('is off where the deployment reads no logs, or not these', async () => {
    ports = { ...ports, usageSetting: null };
    expect(await ask(ended())).toMatchObject({ ...nothing, state: 'off' });
    expect(await ask(ended({ keysValidUntil: null }))).toMatchObject({ state: 'idle' });
    ports = { ...ports, usageSetting: { accounts: ['999999999999'], keepDays: 400 } };
    expect(await ask(ended())).toMatchObject({ state: 'off' });
    ports = { ...ports, usageSetting: { accounts: [ACCOUNT], keepDays: 400 } };
    expect(await ask(ended())).toMatchObject({ state: 'not-kept' });
  });

  test('is shown where it was read before reading was turned off', async () => {
    const grant = ended();
    await read(grant);
    ports = { ...ports, usageSetting: null };
    expect(await ask(grant)).toMatchObject({ state: 'read' });
  });
});

test('who may not see the grant finds none, and a table that fails is told', async () => {
  const grant = ended();
  expect(await ask(grant, EVE)).toMatchObject({ code: 'not-found' });
  const unavailable = { code: 'unavailable', what: 'store' } as const;
  ports = { ...ports, usages: { ...pick(), find: async () => err(unavailable) } };
  expect(await ask(grant)).toEqual(unavailable);
});

function pick(): UsagePorts['usages'] {
  const { find, ofEntitlement, begunAt } = usages;
  return { find, ofEntitlement, begunAt };
}

describe('of an entitlement', () => {
  const askAll = async (days = 90, caller = AUDITOR, id = 'read') => {
    const answer = await answerEntitlementUsage(ports, callOf(caller, CALL), id, days);
    if (!answer.ok) return answer.error;
    return entitlementUsage.parse(entitlementUsageJson(answer.value));
  };
  beforeEach(() => usages.begin(NOW - 400 * DAY));

  test('all grants that were requested within the days are judged together', async () => {
    const [one, other] = [ended(), ended()];
    const old = ended({ createdAt: NOW - 100 * DAY });
    for (const grant of [one, other, old]) await read(grant);
    expect(await askAll()).toMatchObject({
      ...{ entitlement: 'read', state: 'on', days: 90, complete: true, grants: 2, idle: 0 },
      ...{ unread: 0, from: '2026-08-25T10:00:00.500Z', until: '2026-11-23T10:00:00.500Z' },
      summary: { used: 1, granted: 2, unknown: 0 },
      actions: [{ action: 's3:GetObject', grants: 1 }, { answer: 'unused' }],
      principals: [{ principal: 'people:ana', lastUse: '2026-11-23T10:00:00.500Z' }],
    });
    expect(asked.map(({ reads }) => reads.length)).toEqual([2]);
  });

  test('grants without keys are idle, of their people, and no evidence', async () => {
    await read(ended());
    const unused = ended({ keysValidUntil: null });
    await read(unused, keptUsage(unused, { vended: false }));
    const stranger = ended({
      keysValidUntil: null,
      requester: { type: 'User', id: 'people:zoe', name: 'zoe' },
    });
    await read(stranger, keptUsage(stranger, { vended: false }));
    expect(await askAll()).toMatchObject({
      ...{ grants: 3, idle: 2 },
      principals: [
        { principal: 'people:ana', grants: 2, idle: 1, calls: 3 },
        { principal: 'people:zoe', grants: 1, idle: 1, calls: 0, lastUse: null },
      ],
    });
    expect(asked.map(({ reads }) => reads.length)).toEqual([1]);
  });

  test('nothing is said of actions where no grant had keys', async () => {
    const unused = ended({ keysValidUntil: null });
    await read(unused, keptUsage(unused, { vended: false }));
    expect(await askAll()).toMatchObject({ grants: 1, idle: 1, summary: null, actions: [] });
    expect(asked).toEqual([]);
  });

  test('grants that go on, and those that were not read, are counted; only what is late casts doubt', async () => {
    await read(ended());
    const [late, fresh] = [ended(), ended({ createdAt: NOW - HOUR })];
    await usages.await(late, NOW - 2 * HOUR);
    await usages.await(fresh, NOW + HOUR);
    const active = ended({ status: 'active', endedAt: null, createdAt: NOW - HOUR });
    expect(await askAll()).toMatchObject({ grants: 4, unread: 3 });
    const reads = asked[0]?.reads ?? [];
    expect(reads.filter(({ usage }) => usage === null)).toEqual([
      expect.objectContaining({ id: late.id, until: late.endedAt }),
      expect.objectContaining({ id: active.id, until: null }),
    ]);
    expect(reads).toHaveLength(3);
  });

  test.each([
    ['after an hour', HOUR, 0],
    ['a moment later', HOUR + 1, 1],
  ])('a reading that is due is late, and casts doubt, only %s', async (_, ago, lateOnes) => {
    await read(ended());
    await usages.await(ended(), NOW - ago);
    // An hour after its last key it is due, and nobody knows of it.
    const end = NOW - ago - HOUR;
    ended({ createdAt: end - HOUR, endedAt: end, keysValidUntil: end });
    expect(await askAll()).toMatchObject({ grants: 3, unread: 2 });
    expect(asked[0]?.reads.filter(({ usage }) => usage === null)).toHaveLength(2 * lateOnes);
  });

  test('grants are judged by what was called under each, in the order of their beginnings', async () => {
    const since = (days: number) => ({ startsAt: NOW - days * DAY, createdAt: NOW - days * DAY });
    const [second, fourth, first] = [ended(since(4)), ended(since(2)), ended(since(5))];
    for (const grant of [second, fourth, first]) await read(grant);
    const third = ended(since(3));
    await usages.await(third, NOW - 2 * HOUR);
    const fifth = ended(since(1.5));
    await askAll();
    const of = ({ id, requester, startsAt, endedAt }: Grant, usage: unknown) => ({
      ...{ id, principal: requester.id, name: requester.name, from: startsAt, until: endedAt },
      usage,
    });
    expect(asked[0]?.reads).toEqual([
      of(first, grantUsage(first)),
      of(second, grantUsage(second)),
      of(third, null),
      of(fourth, grantUsage(fourth)),
      of(fifth, null),
    ]);
  });

  test('grants with keys of which nothing is known are not read, and cast doubt', async () => {
    await read(ended());
    const lost = ended();
    const without = ended({ keysValidUntil: null });
    const fresh = ended({ endedAt: NOW - 60_000, keysValidUntil: NOW - 60_000 });
    expect(await askAll()).toMatchObject({ grants: 3, unread: 2, complete: true });
    const reads = asked[0]?.reads ?? [];
    expect(reads).toHaveLength(2);
    expect(reads).toContainEqual(expect.objectContaining({ id: lost.id, usage: null }));
    expect(JSON.stringify(reads)).not.toContain(without.id);
    expect(JSON.stringify(reads)).not.toContain(fresh.id);
  });

  test('grants whose vend the logs lack are not read', async () => {
    const grant = ended();
    await read(grant, keptUsage(grant, { usage: grantUsage(grant, { vends: 0 }) }));
    expect(await askAll()).toMatchObject({ grants: 1, unread: 1 });
    expect(asked[0]?.reads).toHaveLength(1);
  });

  test('the answer begins where usage is still kept, and nothing is missing before', async () => {
    ports = { ...ports, usageSetting: { accounts: null, keepDays: 30 } };
    await read(ended());
    ended({ createdAt: NOW - 31 * DAY });
    expect(await askAll()).toMatchObject({
      ...{ from: '2026-10-24T10:00:00.500Z', complete: true, grants: 1, unread: 0 },
    });
    ended({ createdAt: NOW - 29 * DAY });
    expect(await askAll()).toMatchObject({ grants: 2, unread: 1 });
  });

  test('what ended before reading began is not missing', async () => {
    usages = new MemoryUsage(() => broker.now);
    await usages.begin(NOW - 2 * DAY);
    ports = { ...ports, usages };
    ended({ createdAt: NOW - 3 * DAY });
    expect(await askAll()).toMatchObject({ grants: 0, unread: 0 });
    ended({ createdAt: NOW - 2 * DAY });
    expect(await askAll()).toMatchObject({ grants: 1, unread: 1 });
  });

  test('more requests than can be looked through are the latest, and it says since when', async () => {
    await read(ended());
    for (let index = 0; index < 30; index += 1) {
      ended({ createdAt: NOW - 2 * DAY - index * 1000 });
    }
    const { list } = broker.ports.store;
    const store = {
      ...broker.ports.store,
      list: (query: Parameters<typeof list>[0]) => list({ ...query, limit: 1 }),
    };
    ports = { ...ports, store };
    expect(await askAll()).toMatchObject({ complete: false, grants: 20, unread: 19 });
  });

  test('the judge gets all logs that grants were read in, each since its first grant', async () => {
    const [one, other] = [ended(), ended({ createdAt: NOW - 3 * DAY, startsAt: NOW - 3 * DAY })];
    const third = ended();
    const logs = { trails: null, accounts: null, regions: null };
    await read(one);
    await read(other);
    await read(third, keptUsage(third, { logs }));
    await askAll();
    const trails = keptUsage(one).logs;
    expect(asked.map(({ logs: all }) => all)).toEqual([
      expect.arrayContaining([
        { ...trails, from: other.startsAt },
        { ...logs, from: third.startsAt },
      ]),
    ]);
  });

  test('so many logs that nobody can compare them tell nothing', async () => {
    for (let index = 0; index < 21; index += 1) {
      const grant = ended();
      const logs = { trails: [{ ...TRAIL, name: `t${index}` }], accounts: null, regions: null };
      await read(grant, keptUsage(grant, { logs }));
    }
    await askAll();
    expect(asked.map(({ logs }) => logs)).toEqual([
      [{ trails: null, accounts: null, regions: null }],
    ]);
  });

  test('the answer begins where reading began, and says where reading is off', async () => {
    const none = new MemoryUsage(() => NOW);
    ports = { ...ports, usages: none, usageSetting: null };
    const until = '2026-11-23T10:00:00.500Z';
    expect(await askAll()).toMatchObject({
      state: 'off',
      from: until,
      until,
      grants: 0,
      summary: null,
    });
    await none.begin(NOW - DAY);
    expect(await askAll()).toMatchObject({ from: '2026-11-22T10:00:00.500Z' });
  });

  test('more grants than an answer has room for are the latest, and it says since when', async () => {
    const all = Array.from({ length: 2100 }, (_, index) =>
      ended({ createdAt: NOW - DAY - index * 1000 }),
    );
    for (const grant of all) await read(grant);
    expect(await askAll()).toMatchObject({
      ...{ complete: false, grants: 2000, from: '2026-11-22T09:26:41.500Z' },
    });
  });

  test('where both lists are cut, the answer begins where the later one ends', async () => {
    const all = Array.from({ length: 60 }, (_, index) =>
      ended({ createdAt: NOW - DAY - index * 1000 }),
    );
    for (const grant of all) await read(grant);
    const { list } = broker.ports.store;
    const cut = (uses: number, requests: number): UsagePorts => ({
      ...ports,
      usages: {
        ...pick(),
        ofEntitlement: (id, page) => usages.ofEntitlement(id, { ...page, limit: uses }),
      },
      store: { ...broker.ports.store, list: (query) => list({ ...query, limit: requests }) },
    });
    const whole = ports;
    // It reads 40 pages of uses, and 20 of requests.
    ports = cut(1, 1);
    expect(await askAll()).toMatchObject({ complete: false, from: '2026-11-22T09:59:41.500Z' });
    ports = { ...whole, ...cut(1, 2), usages: cut(1, 2).usages };
    expect(await askAll()).toMatchObject({ complete: false, from: '2026-11-22T09:59:21.500Z' });
  });

  test('large reports are as many as can be read in time', async () => {
    const all = Array.from({ length: 60 }, (_, index) =>
      ended({ createdAt: NOW - DAY - index * 1000 }),
    );
    for (const grant of all) await read(grant);
    // What DynamoDB does where few of them fill a page.
    const short: UsagePorts['usages']['ofEntitlement'] = (id, page) =>
      usages.ofEntitlement(id, { ...page, limit: 1 });
    ports = { ...ports, usages: { ...pick(), ofEntitlement: short } };
    expect(await askAll()).toMatchObject({ complete: false, grants: 40 });
  });

  test('who may not audit is refused, and learns of no entitlement that it may not see', async () => {
    expect(await askAll(90, ANA)).toEqual({
      code: 'forbidden',
      detail: 'You need permission to audit to read what was used under all grants.',
    });
    expect(await askAll(90, EVE)).toMatchObject({ code: 'not-found' });
    expect(await askAll(90, AUDITOR, 'none')).toMatchObject({ code: 'not-found' });
  });

  test('what cannot be read fails the answer', async () => {
    const unavailable = { code: 'unavailable', what: 'store' } as const;
    for (const failing of ['begunAt', 'ofEntitlement'] as const) {
      const broken = { ...pick(), [failing]: async () => err(unavailable) };
      ports = { ...ports, usages: broken };
      expect(await askAll()).toEqual(unavailable);
    }
    const list = async () => err(unavailable);
    ports = { ...ports, usages, store: { ...broker.ports.store, list } };
    expect(await askAll()).toEqual(unavailable);
  });

  test('nobody is refused, or told of no entitlement, because policy or store do not answer', async () => {
    const whole = ports;
    ports = { ...whole, engine: { ...whole.engine, mayOnBroker: () => err(NO_POLICY) } };
    for (const caller of [AUDITOR, ANA, EVE]) expect(await askAll(90, caller)).toEqual(NO_POLICY);
    // What a policy reads of the past of who asks.
    const store = { ...whole.store, history: async () => err(NO_STORE) };
    ports = { ...whole, store, bundle: compiled(files({ 'policies/read.cedar': READS_PAST })) };
    for (const caller of [ANA, EVE]) expect(await askAll(90, caller)).toEqual(NO_STORE);
  });
});
