import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { dynamoGrantStore } from '../../../adapters/dynamodb/grant-store.ts';
import { eventItem, grantItem } from '../../../adapters/dynamodb/items.ts';
import { extensionKey } from '../../../adapters/dynamodb/keys.ts';
import { begunKey, castKey, votedKey } from '../../../adapters/dynamodb/principal-keys.ts';
import type { Grant } from '../../../core/grant.ts';
import { type ListQuery, listGrants } from '../../../core/grants/read-grants.ts';
import type { GrantStore, ListPlace } from '../../../core/ports.ts';
import { QUIET } from '../../../core/request-signals.ts';
import { APPROVAL, BOSS, POLICIES } from '../../support/authorities.ts';
import { compiled, files, READ } from '../../support/bundles.ts';
import { countCalls } from '../../support/count-calls.ts';
import { type FakeTable, fakeTable } from '../../support/fake-table.ts';
import { callOf, world } from '../../support/memory-ports.ts';
import { mockAws } from '../../support/mock-aws.ts';
import {
  activeGrant,
  EXTENSION,
  NO_APPROVALS,
  NOW,
  requestedEvent,
} from '../../support/sample-grants.ts';

/** What a page of an approver costs while hundreds of requests wait. */

const PENDING = 500;
const REQUESTERS = 5;
const CAST = 300;
const SHARDS = 4;
const MINUTE = 60_000;

/** Votes are for those who met the requester, or for requests that are not their first. */
const BUNDLE = compiled(
  files({
    'entitlements/read.yaml': `${READ}${APPROVAL}`,
    'policies/read.cedar': `${POLICIES}
@id("no-strangers")
@advice("Ask somebody who knows you.")
forbid (principal, action == ValetKey::Action::"vote", resource)
when {
  context.signals.neverMet && context.signals.firstUse90Days ||
  context.signals.approverBurst >= 3 || context.signals.fastVote
};`,
  }),
);

const aws = mockAws();
const report = (operation: string, error: unknown) => {
  throw new Error(`${operation}: ${error}`);
};
let fake: FakeTable;
let store: GrantStore;
let counter: ReturnType<typeof countCalls>;

beforeEach(() => {
  aws.acceptAll();
  fake = fakeTable(aws);
  const client = new DynamoDBClient({ region: 'eu-central-1' });
  counter = countCalls(client);
  store = dynamoGrantStore({ client, name: 'grants', report }, () => NOW);
});

type Key = { readonly pk: string; readonly sk: string };
const put = (key: Key, more: object = {}) =>
  fake.items.set(`${key.pk} ${key.sk}`, marshall({ ...key, ...more }));

function putGrant(grant: Grant): Grant {
  const event = eventItem(requestedEvent(grant));
  fake.items.set(`GRANT#${grant.id} GRANT`, grantItem(grant));
  fake.items.set(`${event['pk']?.S} ${event['sk']?.S}`, event);
  return grant;
}

/**
 * Two of the requesters met the approver; the requests of all but a third are not their first.
 *
 * @param recorded whether the requests recorded their signals
 */
function pending(recorded: boolean): readonly Grant[] {
  for (let cast = 0; cast < CAST; cast += 1) {
    const requester = `people:r${2 * (cast % 2)}`;
    const at = NOW - 600_000 - cast * 60_000;
    const told = { requester, vote: 'approve', requestedAt: at };
    put(castKey(BOSS.principal.id, at, `gr_${cast}`), told);
  }
  return Array.from({ length: PENDING }, (_, index) => {
    const id = `people:r${index % REQUESTERS}`;
    const createdAt = NOW - (index + 1) * MINUTE;
    if (index % 50 === 1) put(begunKey(id, 'read', createdAt - MINUTE / 2, `gr_b${index}`));
    const grant = activeGrant({
      ...{ status: 'pending', entitlement: 'read', createdAt, startsAt: null, expiresAt: null },
      requester: { type: 'User', id, name: id },
      approvals: { ...NO_APPROVALS, required: 1, lapseAt: NOW + MINUTE },
    });
    const signals = { ...QUIET, firstUse90Days: index % 3 === 0 };
    const { requestedWith } = grant;
    return putGrant(recorded ? { ...grant, requestedWith: { ...requestedWith, signals } } : grant);
  });
}

const ports = () => ({ ...world(BUNDLE).ports, store, clock: () => NOW });

async function pageOf(query: ListQuery) {
  counter.reset();
  const page = await listGrants(ports(), callOf(BOSS), query);
  if (!page.ok) throw new Error(page.error.code);
  return { ...page.value, costs: counter.costs() };
}

const idsOf = (grants: readonly Grant[]) => grants.map(({ id }) => id);

describe('the list of an approver while 500 requests wait', () => {
  test.each([
    ['that recorded their signals', true, 0],
    ['that were made before policies read signals', false, 4 * REQUESTERS],
  ])('reads the votes once, and each past once, of requests %s', async (_, recorded, pasts) => {
    pending(recorded);
    const { costs, grants } = await pageOf({ limit: 50, reviewable: true });
    expect(grants.length).toBeGreaterThan(10);
    expect(grants.length).toBeLessThan(50);
    const [lists, records] = [SHARDS + 1, 50];
    expect(costs.calls).toBe(lists + records + 1 + pasts);
    expect(costs.itemsRead).toBeLessThanOrEqual(SHARDS * 51 + records + CAST + 10 * REQUESTERS);
  });

  test('has each request that the approver may vote on once, and a page ends where few do', async () => {
    const wanted = pending(true).filter(({ requester, requestedWith }) => {
      const met = ['people:r0', 'people:r2'].includes(requester.id);
      return met || requestedWith.signals?.firstUse90Days === false;
    });
    const found: string[] = [];
    let after: ListPlace | null = null;
    for (let page = 0; page < PENDING / 100; page += 1) {
      const { grants, next, costs } = await pageOf({
        ...{ limit: 100, reviewable: true },
        ...(after !== null && { after }),
      });
      expect(costs.calls).toBeLessThanOrEqual(SHARDS + 2 + 100);
      found.push(...idsOf(grants));
      after = next;
    }
    expect(after).toBeNull();
    expect(found).toEqual(idsOf(wanted));
    expect(wanted.length).toBeGreaterThan(100);
    expect(wanted.length).toBeLessThan(PENDING);
  });
});

test('the grants of a page are read together where rows name them', async () => {
  const grants = Array.from({ length: 60 }, (_, index) =>
    putGrant(activeGrant({ createdAt: NOW - index * MINUTE, extension: EXTENSION })),
  );
  for (const grant of grants) {
    put(votedKey(BOSS.principal.id, grant));
    put(extensionKey(grant));
  }
  const voted = await pageOf({ limit: 50, voted: true });
  expect(idsOf(voted.grants)).toEqual(idsOf(grants.slice(0, 50)));
  expect(voted.costs.calls).toBe(2);
  counter.reset();
  const waiting = await store.list({ limit: 50, waiting: true });
  expect(waiting.ok && idsOf(waiting.value.grants)).toEqual(idsOf(grants.slice(0, 50)));
  expect(counter.costs().calls).toBe(SHARDS + 2);
});
