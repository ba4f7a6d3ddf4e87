import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CancellationReason,
  type DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Item } from './items.ts';
import { type ReportFailure, STORE_UNAVAILABLE } from './table.ts';

/** One part of a transaction, and the refusal that its failed condition means. */
export type Part<Refusal> = {
  readonly write: TransactWriteItem;
  readonly refusal: (found: Item | undefined) => Refusal;
};

/** Of two transactions that touch one item at once DynamoDB cancels one, which may simply be repeated. */
const CONFLICT_RETRIES = 4;
const LONGEST_PAUSE_MS = 60;

/**
 * Writes all parts or none.
 *
 * @returns the refusal of the first part whose condition failed; `unavailable` for anything else.
 */
export async function transact<Refusal>(
  client: DynamoDBClient,
  parts: readonly Part<Refusal>[],
  report: ReportFailure,
): Promise<Result<null, Refusal | Unavailable>> {
  const command = { TransactItems: parts.map(({ write }) => write) };
  for (let retries = 0; ; retries += 1) {
    try {
      await client.send(new TransactWriteItemsCommand(command));
      return ok(null);
    } catch (error) {
      const reasons =
        error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
      const failed = reasons.findIndex(({ Code }) => Code === 'ConditionalCheckFailed');
      const part = parts[failed];
      if (part !== undefined) return err(part.refusal(reasons[failed]?.Item));
      if (!reasons.some(isConflict) || retries === CONFLICT_RETRIES) {
        report('TransactWriteItems', error);
        return err(STORE_UNAVAILABLE);
      }
      await sleep(Math.random() * LONGEST_PAUSE_MS);
    }
  }
}

function isConflict({ Code }: CancellationReason): boolean {
  return Code === 'TransactionConflict';
}
