import { randomBytes } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoGrantStore } from '../../adapters/dynamodb/grant-store.ts';
import { dynamoPrincipalStore } from '../../adapters/dynamodb/principal-store.ts';
import { brokerItself } from '../../core/audit.ts';
import { GRANT_STATUSES } from '../../core/grant.ts';
import { suspendPrincipal } from '../../core/grants/suspend-principal.ts';
import type { Result } from '../../core/result.ts';
import { type Costs, countCalls } from './count-calls.ts';
import { OVERDUE } from './many-grants.ts';
import { activeGrant, NOW, requestedEvent } from './sample-grants.ts';

/** The calls whose cost must not depend on how many grants there are, and the most that each may cost. */

/** Open grants of the principal that is suspended. */
const OPEN = 30;
const SHARDS = 4;
const LIST_QUERIES = GRANT_STATUSES.length * SHARDS;
/** Of a page of 50, where no grant that is read can be left out. */
const READ = 51;

export const MOST: Readonly<Record<string, Pick<Costs, 'calls' | 'itemsRead'>>> = {
  'a page of all grants': { calls: LIST_QUERIES, itemsRead: LIST_QUERIES * READ },
  'a page of the active grants': { calls: SHARDS, itemsRead: SHARDS * READ },
  'the next page': { calls: LIST_QUERIES, itemsRead: LIST_QUERIES * READ },
  "a page of one requester's grants": { calls: 1, itemsRead: READ },
  'a page of an entitlement': { calls: 5 * LIST_QUERIES, itemsRead: 5 * LIST_QUERIES * 50 },
  'what the sweep looks for': { calls: 8, itemsRead: OVERDUE },
  'a suspension that ends 30 grants': { calls: 12 * OPEN, itemsRead: 12 * OPEN },
};

/** @returns what each of the calls costs on this table */
export async function tableCosts(
  client: DynamoDBClient,
  name: string,
): Promise<Record<string, Costs>> {
  const table = { client, name, report: (_: string, error: unknown) => Promise.reject(error) };
  const store = dynamoGrantStore(table, () => NOW);
  const principals = dynamoPrincipalStore(table, () => NOW);
  const requester = { type: 'User', id: 'people:leaver', name: 'bo' } as const;
  for (let made = 0; made < OPEN; made += 1) {
    const grant = activeGrant({ requester });
    const write = {
      grant,
      events: [requestedEvent(grant)],
      idempotency: null,
      vendsOn: [],
      counted: [],
    };
    value(await store.create(write));
  }
  const counter = countCalls(client);
  const all: Record<string, Costs> = {};
  const measure = async <T>(what: string, call: () => Promise<Result<T, unknown>>): Promise<T> => {
    counter.reset();
    const done = value(await call());
    all[what] = counter.costs();
    return done;
  };
  const page = await measure('a page of all grants', () => store.list({ limit: 50 }));
  await measure('a page of the active grants', () => store.list({ status: 'active', limit: 50 }));
  const after = page.next ?? undefined;
  await measure('the next page', () => store.list({ limit: 50, ...(after && { after }) }));
  await measure("a page of one requester's grants", () =>
    store.list({ requester: 'people:7', limit: 50 }),
  );
  await measure('a page of an entitlement', () => store.list({ entitlement: 'e-3', limit: 50 }));
  await measure('what the sweep looks for', () => store.due(NOW, 5000));
  const ports = { store, principals, clock: () => NOW, random: randomBytes };
  const order = { principal: requester.id, reason: 'left' };
  const by = brokerItself('a measurement');
  const { ended } = await measure('a suspension that ends 30 grants', () =>
    suspendPrincipal(ports, order, by),
  );
  if (ended !== OPEN) throw new Error(`ended ${ended} grants`);
  return all;
}

function value<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}
