import type { Unavailable } from '../failure.ts';
import { type Checkpoint, openCheckpoint } from '../ledger/checkpoint.ts';
import type { MissedPorts } from '../ledger/find-missed.ts';
import type { ReadLogFile, TileFault } from '../ledger/from-tiles.ts';
import type { Broken, StoredCheckpoint } from '../ledger/ledger-ports.ts';
import { EMPTY_TREE, type Tree } from '../ledger/merkle.ts';
import { lastCheckpoint, publishLog } from '../ledger/publish-log.ts';
import { err, ok, type Result } from '../result.ts';
import type { Conflict } from '../retry-on-conflict.ts';
import { beginsWith, treeAt } from './adopt-head.ts';
import { type RecoveryMarks, type Refused, refused } from './ledger-recovery.ts';

type Ports = MissedPorts & { readonly marks: RecoveryMarks };
type Fault = Unavailable | Conflict | Broken | TileFault | Refused;
/** Whether the table's own order was given up. */
type Settled = Result<{ readonly anew: boolean }, Fault>;

/**
 * What the table has placed and the files do not have. Where the table has all of these entries they are published:
 * their order is the one that was, or would have been, signed. Otherwise nobody may go on from less than was signed
 * somewhere: whoever saw that would see a fork.
 *
 * @param newest The newest signed state that anybody outside has seen.
 */
export async function settleOrder(
  ports: Ports,
  read: ReadLogFile,
  newest: string | null,
): Promise<Settled> {
  const { store, files, signer } = ports;
  const stored = await files.checkpoint();
  if (!stored.ok) return stored;
  const head = await store.head();
  if (!head.ok) return head;
  const settled =
    stored.value === null
      ? await withoutFiles(ports, head.value)
      : await withFiles(ports, head.value, stored.value, newest);
  if (!settled.ok || newest === null) return settled;
  const now = await files.checkpoint();
  const signed = now.ok ? lastCheckpoint(now.value, signer.key) : now;
  if (!signed.ok) return signed;
  const seen = await hasSeen(ports, read, signed.value, newest);
  return seen.ok ? settled : seen;
}

async function withFiles(
  ports: Ports,
  head: Tree,
  stored: StoredCheckpoint,
  newest: string | null,
): Promise<Settled> {
  const { store, files, signer } = ports;
  const signed = lastCheckpoint(stored, signer.key);
  if (!signed.ok) return signed;
  if (head.size <= signed.value.size) return ok({ anew: false });
  const published = await publishLog(ports);
  if (published.ok) return ok({ anew: false });
  if (published.error.code !== 'broken') return published;
  if (newest === null) return err(refused(behind(head.size, signed.value.size)));
  const seen = openCheckpoint(newest, signer.key);
  if (!seen.ok || seen.value.size > signed.value.size) return err(refused(NOT_THE_NEWEST));
  const tree = await treeAt(files, signed.value);
  if (!tree.ok) return tree;
  const adopted = await store.adopt(head, tree.value);
  return adopted.ok ? ok({ anew: true }) : adopted;
}

/** A bucket without a checkpoint is that of a log that has not begun, or one that was lost. */
async function withoutFiles(ports: Ports, head: Tree): Promise<Settled> {
  const { store, overdue, marks, signer } = ports;
  const checked = await overdue.checkedUntil();
  if (!checked.ok) return checked;
  if (head.size === 0 && checked.value === null) return ok({ anew: false });
  if (head.size > 0) {
    const published = await publishLog(ports);
    if (published.ok) return ok({ anew: false });
    if (published.error.code !== 'broken') return published;
  }
  const origin = await marks.origin();
  if (!origin.ok) return origin;
  if (origin.value === null || origin.value === signer.key.name) {
    return err(refused(lost(signer.key.name)));
  }
  const adopted = await store.adopt(head, EMPTY_TREE);
  return adopted.ok ? ok({ anew: true }) : adopted;
}

async function hasSeen(
  { signer }: Ports,
  read: ReadLogFile,
  signed: Checkpoint,
  newest: string,
): Promise<Result<null, Fault>> {
  const seen = openCheckpoint(newest, signer.key);
  if (!seen.ok) return err(refused(`the newest state that was seen is ${seen.error.code}`));
  if (seen.value.size > signed.size) return err(refused(NOT_THE_NEWEST));
  const begins = await beginsWith(read, signed, seen.value);
  if (!begins.ok) return begins;
  return begins.value ? ok(null) : err(refused(FORKED));
}

const behind = (placed: number, size: number): string =>
  `the table has placed ${placed} entries, the files have ${size}, and the table lacks some of those between: if the bucket is a replica, wait until it has caught up; otherwise name the newest checkpoint that anybody has seen`;
const lost = (origin: string): string =>
  `the bucket has no checkpoint of the log ${origin}, and the table does not have all of its entries: bring the files back, or configure another ledger.origin, whose log begins anew`;
const NOT_THE_NEWEST =
  'somebody has seen a larger log than the files and the table have: bring back the files that it was signed for';
const FORKED = 'the files are of another log than the state that somebody has seen';
