import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Item } from './items.ts';
import type { Key } from './keys.ts';
import { reported } from './reported.ts';
import { type Again, CALL, REAL_TIME, repeat } from './retries.ts';
import type { Table } from './table.ts';

/** One BatchGetItem takes so many keys, and none of them twice. */
const KEYS = 100;

/** The items that there are, in no order, strongly consistent. */
export function getAll(
  table: Table,
  keys: readonly Key[],
): Promise<Result<readonly Item[], Unavailable>> {
  return reported(table, 'BatchGetItem', async () => {
    const unique = [...new Map(keys.map((key) => [`${key.pk} ${key.sk}`, key])).values()];
    const items: Item[] = [];
    for (let from = 0; from < unique.length; from += KEYS) {
      items.push(...(await getSome(table, unique.slice(from, from + KEYS))));
    }
    return items;
  });
}

/** What DynamoDB leaves unprocessed, it was too busy for. */
async function getSome(
  { client, name, timing = REAL_TIME }: Table,
  keys: readonly Key[],
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let Keys = keys.map(({ pk, sk }) => marshall({ pk, sk }));
  const attempt = async (): Promise<Result<null, never> | Again> => {
    const { Responses = {}, UnprocessedKeys = {} } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [name]: { Keys, ConsistentRead: true } } }),
    );
    items.push(...(Responses[name] ?? []));
    Keys = UnprocessedKeys[name]?.Keys ?? [];
    return Keys.length === 0 ? ok(null) : { again: new UnprocessedKeysLeft() };
  };
  const done = await repeat(attempt, CALL, timing);
  if ('again' in done) throw done.again;
  return items;
}

class UnprocessedKeysLeft extends Error {
  override readonly name = 'UnprocessedKeysLeft';
}
