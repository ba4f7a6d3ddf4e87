import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { PrincipalEvent } from '../../core/audit.ts';
import type { Unavailable } from '../../core/failure.ts';
import { addSeconds } from '../../core/instant.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { SignalEvent, SignalStore } from '../../core/signals/signal-store.ts';
import { principalEventItem, readAnyEvent } from './items.ts';
import { latestItems } from './latest-items.ts';
import { deniedKey, droppedKey, episodeKey, principalEventKey } from './principal-keys.ts';
import { reported } from './reported.ts';
import { CALL } from './retries.ts';
import type { Table } from './table.ts';
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

type GoesOn = { readonly code: 'goes-on' };

/** The episode is an item of its own, and its condition lets one of several parallel writers raise the signal. */
async function raise(
  table: Table,
  event: SignalEvent,
  quietSeconds: number,
): Promise<Result<boolean, Unavailable>> {
  const TableName = table.name;
  const Item = principalEventItem(event);
  const parts: readonly Part<GoesOn>[] = [
    {
      write: {
        Put: {
          ...episode(table, event, quietSeconds),
          ConditionExpression: 'attribute_not_exists(pk) OR lastAt < :quiet',
          ExpressionAttributeValues: marshall({ ':quiet': addSeconds(event.at, -quietSeconds) }),
        },
      },
      refusal: () => ({ code: 'goes-on' }),
    },
    { write: { Put: { TableName, Item } }, refusal: () => ({ code: 'goes-on' }) },
  ];
  const written = await transact<GoesOn>(table, () => parts, CALL);
  if (written.ok) return ok(true);
  if (written.error.code !== 'goes-on') return err(written.error);
  const kept = await reported(table, 'PutItem', () => goOn(table, event, quietSeconds));
  return kept.ok ? ok(false) : kept;
}

async function goOn(table: Table, event: SignalEvent, quietSeconds: number): Promise<null> {
  const later = {
    ConditionExpression: 'lastAt < :at',
    ExpressionAttributeValues: marshall({ ':at': event.at }),
  };
  try {
    await table.client.send(
      new PutItemCommand({ ...episode(table, event, quietSeconds), ...later }),
    );
  } catch (error) {
    // A later event was there first.
    if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
  }
  return null;
}

const DAY_SECONDS = 86_400;

/** It stays for longer than notices come again: a late one must not begin it anew. */
function episode({ name: TableName }: Table, event: SignalEvent, quietSeconds: number) {
  const { principalId, kind, at } = event;
  const ttl = Math.floor(at / 1000) + quietSeconds + 30 * DAY_SECONDS;
  return { TableName, Item: marshall({ ...episodeKey(principalId, kind), lastAt: at, ttl }) };
}
