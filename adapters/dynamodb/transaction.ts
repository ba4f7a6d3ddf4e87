import { randomUUID } from 'node:crypto';
import {
  type CancellationReason,
  TransactionCanceledException,
  TransactionInProgressException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import { chooseGate, GATES } from '../../core/gates.ts';
import { type Err, err, ok, type Result } from '../../core/result.ts';
import type { Item } from './items.ts';
import { type Again, ENDING, type Patience, REAL_TIME, repeat } from './retries.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';

/** One part of a transaction, and the refusal that its failed condition means. */
export type Part<Refusal> = {
  readonly write: TransactWriteItem;
  /** Of a gate: the check of its record, for as long as the record may have been written without gates. */
  readonly ungated?: TransactWriteItem;
  /** Among how many items the gate chose this one, where another may have room when this one is full. */
  readonly oneOf?: number;
  readonly refusal: (found: Item | undefined) => Refusal;
};

/** The parts of a transaction that checks this gate of everybody whose gates it checks. */
export type PartsAt<Refusal> = (gate: number) => readonly Part<Refusal>[];

/** The token tells DynamoDB which transaction it is, for ten minutes. */
type Attempt<Refusal> = { readonly parts: readonly Part<Refusal>[]; readonly token: string };

/**
 * Writes all parts or none. What DynamoDB cancelled for a reason that passes has written nothing, and is
 * repeated with another gate; so is what met a full item, as often as there are items that may have room.
 *
 * @returns the refusal of the first part whose condition failed; `unavailable` for anything else.
 */
export async function transact<Refusal>(
  table: Table,
  partsAt: PartsAt<Refusal>,
  patience: Patience,
): Promise<Result<null, Refusal | Unavailable>> {
  const timing = table.timing ?? REAL_TIME;
  let gate: number | null = null;
  let unsettled: Attempt<Refusal> | null = null;
  const attemptAt = (at: number): Attempt<Refusal> => ({
    parts: checkedParts(partsAt(at), table),
    token: randomUUID(),
  });
  const attempt = async (): Promise<Result<null, Refusal | Unavailable> | Again> => {
    gate = chooseGate(timing.chance(), gate);
    let next = unsettled ?? attemptAt(gate);
    let done = await send(table, next);
    for (let met = 1; 'oneOf' in done && met < done.oneOf; met += 1) {
      gate = (gate + 1) % GATES;
      next = attemptAt(gate);
      done = await send(table, next);
    }
    // It may have been written: only the same transaction, with its token, tells.
    unsettled =
      'again' in done && done.again instanceof TransactionInProgressException ? next : null;
    return 'oneOf' in done ? err(done.error) : done;
  };
  const done = await repeat(attempt, patienceFor(patience, table), timing);
  if (!('again' in done)) return done;
  table.report('TransactWriteItems', done.again);
  return err(STORE_UNAVAILABLE);
}

/**
 * Version 0.1 wrote suspensions and freezes without gates. Until the sweep has closed those, the records are
 * checked as well, which every vend of the principal or on the role touches: such vends conflict more often.
 */
export function checkedParts<Refusal>(
  parts: readonly Part<Refusal>[],
  { gated = () => false }: Pick<Table, 'gated'>,
): readonly Part<Refusal>[] {
  if (parts.every(({ ungated }) => ungated === undefined) || gated()) return parts;
  return parts.flatMap((part) => {
    const { ungated, refusal } = part;
    return ungated === undefined ? [part] : [part, { write: ungated, refusal }];
  });
}

/** Calls that all touch one record wait for one another, so each has the patience of an ending. */
export function patienceFor(
  patience: Patience,
  { gated = () => false }: Pick<Table, 'gated'>,
): Patience {
  if (gated()) return patience;
  return { ...patience, milliseconds: Math.max(patience.milliseconds, ENDING.milliseconds) };
}

type Sent<Refusal> =
  | Result<null, Refusal | Unavailable>
  | (Err<Refusal> & { readonly oneOf: number })
  | Again;

async function send<Refusal>(
  { client, report }: Table,
  { parts, token }: Attempt<Refusal>,
): Promise<Sent<Refusal>> {
  const TransactItems = parts.map(({ write }) => write);
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken: token }));
    return ok(null);
  } catch (error) {
    if (error instanceof TransactionInProgressException) return { again: error };
    const reasons =
      error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
    const failed = reasons.findIndex(({ Code }) => Code === 'ConditionalCheckFailed');
    const part = parts[failed];
    if (part !== undefined) {
      const refused = err(part.refusal(reasons[failed]?.Item));
      return part.oneOf === undefined ? refused : { ...refused, oneOf: part.oneOf };
    }
    if (passes(reasons)) return { again: error };
    report('TransactWriteItems', error);
    return err(STORE_UNAVAILABLE);
  }
}

/**
 * Whether each part was written or was refused only for now (API reference, TransactionCanceledException).
 * The SDK repeats no cancelled transaction.
 */
function passes(reasons: readonly CancellationReason[]): boolean {
  const codes = reasons.map(({ Code = 'None' }) => Code).filter((code) => code !== 'None');
  return codes.length > 0 && codes.every((code) => PASSING.has(code));
}

const PASSING: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);
