import { isDeepStrictEqual } from 'node:util';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { PrincipalEvent } from '../../core/audit.ts';
import type { Unavailable } from '../../core/failure.ts';
import type { Instant } from '../../core/instant.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { retryOnConflict } from '../../core/retry-on-conflict.ts';
import { EPISODES_SECONDS, type Episode, joinEpisode } from '../../core/signals/episodes.ts';
import type { SignalEvent, SignalStore } from '../../core/signals/signal-store.ts';
import { principalEventItem, readAnyEvent } from './items.ts';
import type { Key } from './keys.ts';
import { latestItems } from './latest-items.ts';
import { deniedKey, droppedKey, episodeKey, principalEventKey } from './principal-keys.ts';
import { reported } from './reported.ts';
import { CALL } from './retries.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';
import { type Part, transact } from './transaction.ts';

/** More than any threshold, and what a story tells of. */
const MOST = 100;

export function dynamoSignalStore(table: Table): SignalStore {
  return {
    ended: (how, principal, { from, before }) => {
      const keyAt = (at: number) =>
        how === 'denied' ? deniedKey(principal, at) : droppedKey(principal, 'LAPSED', at);
      return reported(table, 'Query', async () => {
        const items = await latestItems(table, keyAt(from), keyAt(before), MOST);
        return items.map((item) => {
          const [, time = '', grantId = ''] = item['sk']?.S?.split('#') ?? [];
          return { at: Date.parse(time), grantId };
        });
      });
    },
    refused: (principalId, { from, before }) =>
      reported(table, 'Query', async () => {
        const keyAt = (at: number) => principalEventKey({ principalId, at, id: '' });
        const items = await latestItems(table, keyAt(from), keyAt(before), MOST);
        const events = items.map((item) => readAnyEvent(item) as PrincipalEvent | null);
        return events.filter((event) => event?.type === 'principal-refused');
      }),
    raise: (event, quietSeconds) => raise(table, event, quietSeconds),
  };
}

type Raced = { readonly code: 'conflict' };
const RACED: Raced = { code: 'conflict' };

/** The episodes are an item of their own, and its condition lets one of several parallel writers raise the signal. */
function raise(
  table: Table,
  event: SignalEvent,
  quietSeconds: number,
): Promise<Result<boolean, Unavailable>> {
  return untilUnopposed(() => raiseOnce(table, event, quietSeconds));
}

/** Each conflict means that another writer got through, and few of them raise one signal. */
async function untilUnopposed(
  attempt: () => Promise<Result<boolean, Raced | Unavailable>>,
): Promise<Result<boolean, Unavailable>> {
  const done = await retryOnConflict(attempt);
  if (done.ok) return done;
  return done.error.code === 'conflict' ? err(STORE_UNAVAILABLE) : err(done.error);
}

async function raiseOnce(
  table: Table,
  event: SignalEvent,
  quietSeconds: number,
): Promise<Result<boolean, Raced | Unavailable>> {
  const found = await reported(table, 'GetItem', () => readEpisodes(table, event));
  if (!found.ok) return found;
  const { begins, episodes } = joinEpisode(found.value.episodes, event.at, quietSeconds);
  if (!begins && isDeepStrictEqual(episodes, found.value.episodes)) return ok(false);
  const parts: readonly Part<Raced>[] = [
    { write: { Put: putEpisodes(table, event, episodes, found.value) }, refusal: () => RACED },
    ...(begins ? [newEvent(table, event)] : []),
  ];
  const written = await transact<Raced>(table, () => parts, CALL);
  return written.ok ? ok(begins) : written;
}

function newEvent({ name: TableName }: Table, event: SignalEvent): Part<Raced> {
  return { write: { Put: { TableName, Item: principalEventItem(event) } }, refusal: () => RACED };
}

type Found = {
  readonly episodes: readonly Episode[];
  /** Null where there is no item. */
  readonly lastAt: Instant | null;
  /** Null where an earlier version wrote the item. */
  readonly version: number | null;
};

async function readEpisodes({ client, name }: Table, event: SignalEvent): Promise<Found> {
  const { Item } = await client.send(
    new GetItemCommand({
      TableName: name,
      Key: marshall(keyOf(event)),
      ConsistentRead: true,
    }),
  );
  if (Item === undefined) return { episodes: [], lastAt: null, version: null };
  const item = unmarshall(Item);
  const lastAt = Number(item['lastAt']);
  // An earlier version did not say when they began: whatever came before is told already.
  const { version = null, episodes = [{ from: 0, until: lastAt }] } = item;
  return { episodes: episodes as readonly Episode[], lastAt, version: version as number | null };
}

const DAY_SECONDS = 86_400;

function putEpisodes(
  { name: TableName }: Table,
  event: SignalEvent,
  episodes: readonly Episode[],
  { lastAt, version }: Found,
) {
  const latest = Math.max(...episodes.map(({ until }) => until));
  const Item = {
    ...{ ...keyOf(event), episodes, lastAt: latest, version: (version ?? 0) + 1 },
    // It stays for longer than notices come again: a late one must not begin it anew.
    ttl: Math.floor(latest / 1000) + EPISODES_SECONDS + DAY_SECONDS,
  };
  const unchanged =
    lastAt === null
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression:
            version === null
              ? 'attribute_not_exists(version) AND lastAt = :lastAt'
              : 'version = :version',
          ExpressionAttributeValues: marshall(
            version === null ? { ':lastAt': lastAt } : { ':version': version },
          ),
        };
  return { TableName, Item: marshall(Item), ...unchanged };
}

/** What concerns a role goes on whoever needs most of it. */
function keyOf({ principalId, kind, role }: SignalEvent): Key {
  return episodeKey(role ?? principalId, kind);
}
