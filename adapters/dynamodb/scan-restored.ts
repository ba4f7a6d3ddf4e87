import { paginateScan } from '@aws-sdk/client-dynamodb';
import type { Instant } from '../../core/instant.ts';
import type { RestoredItem } from '../../core/recovery/survey.ts';
import { restoredItem } from './item-kinds.ts';
import type { Table } from './table.ts';

/** Read side by side: a segment alone brings a few MB a second. */
const SEGMENTS = 8;

/**
 * Shows every item of a table.
 *
 * @returns false where `until` came before the last item.
 * @throws the errors of AWS.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html
 */
export async function scanRestored(
  { client, name: TableName }: Pick<Table, 'client' | 'name'>,
  clock: () => Instant,
  until: Instant,
  visit: (item: RestoredItem) => void,
): Promise<boolean> {
  const scan = async (Segment: number): Promise<boolean> => {
    const pages = paginateScan({ client }, { TableName, Segment, TotalSegments: SEGMENTS });
    for await (const { Items = [], LastEvaluatedKey } of pages) {
      for (const item of Items) visit(restoredItem(item));
      if (LastEvaluatedKey !== undefined && clock() >= until) return false;
    }
    return true;
  };
  const segments = Array.from({ length: SEGMENTS }, (_, segment) => scan(segment));
  return (await Promise.all(segments)).every(Boolean);
}
