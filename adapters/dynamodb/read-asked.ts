import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import { addSeconds, type Instant } from '../../core/instant.ts';
import { type Asked, DENIALS_SECONDS, MOST_OPEN_REQUESTS } from '../../core/limits.ts';
import type { Result } from '../../core/result.ts';
import { latestItems } from './latest-items.ts';
import { refusedKey, waitingKey } from './principal-keys.ts';
import { reported } from './reported.ts';
import type { Table } from './table.ts';

/** The wait no longer grows after fewer. */
const MOST_DENIALS = 100;

/** What waits for votes, and what people denied. It reads a bounded number of rows, however long the past is. */
export async function readAsked(
  table: Table,
  principal: string,
  entitlement: string,
  now: Instant,
): Promise<Result<Asked, Unavailable>> {
  const waiting = waitingKey(principal);
  const deniedAt = (at: Instant) => refusedKey(principal, entitlement, at);
  return reported(table, 'Query', async () => {
    const [waits, denied] = await Promise.all([
      latestItems(table, waiting, { ...waiting, sk: `${waiting.sk}~` }, MOST_OPEN_REQUESTS),
      // Clocks differ, so a denial may be a little ahead.
      latestItems(
        table,
        deniedAt(addSeconds(now, -DENIALS_SECONDS)),
        deniedAt(addSeconds(now, DENIALS_SECONDS)),
        MOST_DENIALS,
      ),
    ]);
    return {
      waiting: waits.map((item) => unmarshall(item)) as unknown as Asked['waiting'],
      denials: denied.map(({ sk }) => Date.parse(sk?.S?.split('#')[2] ?? '')),
    };
  });
}
