import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Instant } from '../../core/instant.ts';
import { LISTING_KEY } from './keys.ts';
import type { Table } from './table.ts';

/** The sweep finishes with the suspensions and freezes of version 0.1 once, so nobody has to hear of it at once. */
const LOOK_EVERY_MS = 60_000;

/**
 * Whether every suspension and freeze has its gates, as the sweep has noted it. Until that was read, they count
 * as missing: a table that does not answer opens nothing.
 */
export function watchGated({ client, name, report }: Table, clock: () => Instant) {
  let gated = false;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const look = async (): Promise<void> => {
    lookedAt = clock();
    try {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: name, Key: marshall(LISTING_KEY), ConsistentRead: true }),
      );
      gated ||= Item?.['gated']?.BOOL === true;
    } catch (error) {
      report('GetItem', error);
    }
  };
  return {
    look,
    gated: (): boolean => {
      // No transaction waits for the answer: the next one has it.
      if (!gated && clock() >= lookedAt + LOOK_EVERY_MS) void look();
      return gated;
    },
  };
}
