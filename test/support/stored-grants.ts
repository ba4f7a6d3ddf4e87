import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { RouteKey } from '../../core/api/routes.ts';
import type { ApiCall } from './api-call.ts';
import type { ApiUnderTest } from './api-under-test.ts';

/** Items as the store really wrote them, to answer later reads with. */

export type Item = Record<string, AttributeValue>;

export type Written = {
  readonly id: string;
  readonly grant: Item;
  readonly events: readonly Item[];
  /** What its `Idempotency-Key` was remembered with. */
  readonly key: Item | undefined;
};

/** Makes the call, and takes from its transaction what was written; AWS is forgetful afterwards. */
export async function written(api: ApiUnderTest, route: RouteKey, call: ApiCall): Promise<Written> {
  api.aws.willing();
  await api.call(route, call);
  const [transaction] = api.aws.transactions();
  const items = (transaction?.TransactItems ?? []).flatMap(({ Put }) =>
    Put?.Item === undefined ? [] : [Put.Item],
  );
  const starting = (prefix: string): Item[] =>
    items.filter((item) => item['sk']?.S?.startsWith(prefix) === true);
  const [grant] = starting('GRANT');
  if (grant === undefined) throw new Error(`${route} wrote no grant`);
  api.aws.willing();
  const [key] = starting('KEY#');
  return { id: grant['id']?.S ?? '', grant, events: starting('EVENT#'), key };
}
