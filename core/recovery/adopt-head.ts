import type { Unavailable } from '../failure.ts';
import type { Checkpoint } from '../ledger/checkpoint.ts';
import { fromTiles, type ReadLogFile, rootOfFirst, type TileFault } from '../ledger/from-tiles.ts';
import type { Broken, LedgerPorts } from '../ledger/ledger-ports.ts';
import { rootOf, sameHash, type Tree } from '../ledger/merkle.ts';
import { publishedTail } from '../ledger/published-tail.ts';
import { treeOf } from '../ledger/tail.ts';
import type { TreeHead } from '../ledger/verify-proofs.ts';
import { err, ok, type Result } from '../result.ts';
import type { Conflict } from '../retry-on-conflict.ts';

type Adopted = Result<void, Unavailable | Conflict | Broken | TileFault>;

/**
 * Makes the signed state the head of the table's order. A head that is no beginning of the signed log is of another one:
 * it stays, and nothing is signed.
 */
export async function adoptHead(
  { store, files }: Pick<LedgerPorts, 'store' | 'files'>,
  read: ReadLogFile,
  signed: Checkpoint,
): Promise<Adopted> {
  const head = await store.head();
  if (!head.ok) return head;
  // An earlier slice went on with files that are not signed yet: what is published next is compared with the head.
  if (head.value.size > signed.size) return ok(undefined);
  const begins = await beginsWith(read, signed, {
    size: head.value.size,
    root: rootOf(head.value),
  });
  if (!begins.ok) return begins;
  if (!begins.value) return err({ code: 'broken', reason: OTHER_LOG });
  if (head.value.size === signed.size) return ok(undefined);
  const next = await treeAt(files, signed);
  return next.ok ? store.adopt(head.value, next.value) : next;
}

const OTHER_LOG = 'the table has the order of another log than the files';

/** The tree of the signed state, from the files. */
export async function treeAt(
  files: LedgerPorts['files'],
  signed: Checkpoint,
): Promise<Result<Tree, Unavailable | Broken>> {
  const tail = await publishedTail({ files }, signed);
  return tail.ok ? ok(treeOf(tail.value)) : tail;
}

/** Whether the signed log begins with what had this size and this root. */
export async function beginsWith(
  read: ReadLogFile,
  signed: Checkpoint,
  { size, root }: TreeHead,
): Promise<Result<boolean, TileFault | Unavailable>> {
  if (size > signed.size) return ok(false);
  const then = await fromTiles(read, signed.size, (subtree) => rootOfFirst(subtree, size));
  return then.ok ? ok(sameHash(then.value, root)) : then;
}
