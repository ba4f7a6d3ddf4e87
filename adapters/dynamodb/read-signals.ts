import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import { addSeconds, type Instant } from '../../core/instant.ts';
import type { SignalQuery } from '../../core/ports.ts';
import {
  type Begun,
  HABIT_SECONDS,
  LATELY_SECONDS,
  MOST_PAST_ROWS,
  type SignalPast,
} from '../../core/request-signals.ts';
import type { Result } from '../../core/result.ts';
import type { CastVote } from '../../core/voter-signals.ts';
import type { Key } from './keys.ts';
import { latestItems } from './latest-items.ts';
import { begunKey, castKey, deniedKey, droppedKey } from './principal-keys.ts';
import { reported } from './reported.ts';
import type { Table } from './table.ts';

type Row = Readonly<Record<string, unknown>> & { readonly sk: string };

/** What signals are made of: strongly consistent queries, one a list, all at once. */
export function readSignalPast(
  table: Table,
  principal: string,
  { entitlements, before, from = before }: SignalQuery,
): Promise<Result<SignalPast, Unavailable>> {
  const since = addSeconds(from, -LATELY_SECONDS);
  const lately = (keyAt: (at: Instant) => Key) => rows(table, keyAt(since), keyAt(before));
  return reported(table, 'Query', async () => {
    const [denied, lapsed, cancelled, ...begun] = await Promise.all([
      lately((at) => deniedKey(principal, at)),
      lately((at) => droppedKey(principal, 'LAPSED', at)),
      lately((at) => droppedKey(principal, 'CANCELLED', at)),
      ...entitlements.map((id) =>
        rows(
          table,
          begunKey(principal, id, addSeconds(from, -HABIT_SECONDS)),
          begunKey(principal, id, before),
        ),
      ),
    ]);
    const times = (found: readonly Row[]) => found.map(({ sk }) => timeIn(sk, 1));
    return {
      denied: times(denied),
      lapsed: times(lapsed),
      cancelled: times(cancelled),
      begun: Object.fromEntries(
        entitlements.map((id, index) => [id, (begun[index] ?? []).map(readBegun)]),
      ),
    };
  });
}

/** The votes of a principal, the latest first. */
export function readCastVotes(
  table: Table,
  principal: string,
  before: Instant,
): Promise<Result<readonly CastVote[], Unavailable>> {
  const from = castKey(principal, addSeconds(before, -HABIT_SECONDS));
  return reported(table, 'Query', async () =>
    (await rows(table, from, castKey(principal, before))).map(readCast),
  );
}

/** Rows of earlier versions do not say from which network, or with which token. */
function readBegun({ sk, network = null, token }: Row): Begun {
  const begun = { at: timeIn(sk, 2), network: network as string | null };
  return token === undefined ? begun : { ...begun, token: token as string };
}

function readCast({ sk, requester, vote, requestedAt }: Row): CastVote {
  const grantId = sk.split('#')[2] ?? '';
  return { at: timeIn(sk, 1), grantId, requester, vote, requestedAt } as CastVote;
}

/** The time in a sort key; neither ids of entitlements nor those of grants have a # in them. */
function timeIn(sk: string, part: number): Instant {
  return Date.parse(sk.split('#')[part] ?? '');
}

async function rows(table: Table, from: Key, before: Key): Promise<readonly Row[]> {
  const items = await latestItems(table, from, before, MOST_PAST_ROWS);
  return items.map((item) => unmarshall(item) as Row);
}
