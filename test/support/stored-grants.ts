import {
  type AttributeValue,
  GetItemCommand,
  type GetItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { RouteKey } from '../../core/api/routes.ts';
import type { ApiCall } from './api-call.ts';
import type { ApiUnderTest } from './api-under-test.ts';

/**
 * `written` makes a call and returns the items that the store wrote, to answer later reads with
 * them.
 */

export type Item = Record<string, AttributeValue>;

export type Written = {
  readonly id: string;
  readonly grant: Item;
  readonly events: readonly Item[];
  /** The item of its `Idempotency-Key`. */
  readonly key: Item | undefined;
};

/** Answers later reads of this item; there is no other, so nobody is suspended and every key is new. */
export function finding({ aws }: ApiUnderTest, Item: Item | undefined): void {
  aws.dynamo
    .on(GetItemCommand)
    .callsFake(({ Key }: GetItemCommandInput) =>
      Item !== undefined && Key?.['sk']?.S === Item['sk']?.S ? { Item } : {},
    );
}

/** Makes the call and returns what its transaction wrote; the AWS mocks are reset afterwards. */
export async function written(api: ApiUnderTest, route: RouteKey, call: ApiCall): Promise<Written> {
  api.aws.acceptAll();
  await api.call(route, call);
  const [transaction] = api.aws.transactions();
  const items = (transaction?.TransactItems ?? []).flatMap(({ Put }) =>
    Put?.Item === undefined ? [] : [Put.Item],
  );
  const starting = (prefix: string): Item[] =>
    items.filter((item) => item['sk']?.S?.startsWith(prefix) === true);
  const [grant] = starting('GRANT');
  if (grant === undefined) throw new Error(`${route} wrote no grant`);
  api.aws.acceptAll();
  const [key] = starting('KEY#');
  return { id: grant['id']?.S ?? '', grant, events: starting('EVENT#'), key };
}
