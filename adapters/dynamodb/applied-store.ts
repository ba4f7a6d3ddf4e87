import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { err, ok } from '../../core/result.ts';
import type { Applied, AppliedStore } from '../../core/upkeep/apply-bundle.ts';
import { BUNDLE_KEY } from './keys.ts';
import type { Table } from './table.ts';
import { STORE_UNAVAILABLE } from './table.ts';

/** The first version of the table had neither a place nor unchecked grants. */
type Written = Omit<Applied, 'place' | 'unchecked'> & Partial<Applied>;

/** The policy bundle that the open grants were last checked against. */
export function dynamoAppliedStore({ client, name: TableName, report }: Table): AppliedStore {
  return {
    read: async () => {
      try {
        const Key = marshall(BUNDLE_KEY);
        const { Item } = await client.send(
          new GetItemCommand({ TableName, Key, ConsistentRead: true }),
        );
        if (Item === undefined) return ok(null);
        const { hash, passes, at, place, unchecked } = unmarshall(Item) as Written;
        return ok({ hash, passes, at, place: place ?? null, unchecked: unchecked ?? [] });
      } catch (error) {
        report('GetItem', error);
        return err(STORE_UNAVAILABLE);
      }
    },
    write: async (applied) => {
      try {
        const Item = marshall({ ...BUNDLE_KEY, ...applied });
        await client.send(new PutItemCommand({ TableName, Item }));
        return ok(null);
      } catch (error) {
        report('PutItem', error);
        return err(STORE_UNAVAILABLE);
      }
    },
  };
}
