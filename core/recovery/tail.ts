import type { Instant } from '../instant.ts';
import type { Checkpoint } from '../ledger/checkpoint.ts';
import type { ReadLogFile } from '../ledger/from-tiles.ts';
import { type Err, err, ok, type Result } from '../result.ts';
import { keepingTiles } from './keep-tiles.ts';
import { readTail, type TailFault } from './read-tail.ts';
import type { Remark } from './recovery.ts';

/**
 * The end of the ledger by whose events they are, in the order of the log. Entries stay as they are until they are
 * needed, because there may be very many.
 */
export type Tail = {
  readonly entries: number;
  readonly ofGrants: ReadonlyMap<string, readonly Uint8Array[]>;
  readonly ofPrincipals: ReadonlyMap<string, readonly Uint8Array[]>;
  /** Entries that say of nobody whose they are. */
  readonly remarks: readonly Remark[];
};

/** More than this are not held at once: about 600 MB. */
export const MOST_ENTRIES = 400_000;

export type TooLong = { readonly code: 'too-long'; readonly most: number };

/** Reads everything that may have happened after `since`. */
export async function collectTail(
  read: ReadLogFile,
  checkpoint: Pick<Checkpoint, 'size' | 'root' | 'origin'>,
  since: Instant,
): Promise<Result<Tail, TailFault | TooLong>> {
  const pages: { first: number; entries: readonly Uint8Array[] }[] = [];
  let count = 0;
  for await (const page of readTail(keepingTiles(read), checkpoint, since)) {
    if (!page.ok) return page;
    pages.push(page.value);
    count += page.value.entries.length;
    if (count > MOST_ENTRIES) return tooLong();
  }
  const ofGrants = new Map<string, Uint8Array[]>();
  const ofPrincipals = new Map<string, Uint8Array[]>();
  const remarks: Remark[] = [];
  for (const { first, entries } of pages.toReversed()) {
    for (const [at, entry] of entries.entries()) {
      const { grantId, principalId } = ownersOf(entry);
      if (grantId !== null) add(ofGrants, grantId, entry);
      else if (principalId !== null) add(ofPrincipals, principalId, entry);
      else remarks.push({ what: `entry ${first + at} of the ledger`, why: 'it cannot be read' });
    }
  }
  return ok({ entries: count, ofGrants, ofPrincipals, remarks });
}

function tooLong(): Err<TooLong> {
  return err({ code: 'too-long', most: MOST_ENTRIES });
}

function add(to: Map<string, Uint8Array[]>, id: string, entry: Uint8Array): void {
  const known = to.get(id);
  if (known === undefined) to.set(id, [entry]);
  else known.push(entry);
}

function ownersOf(entry: Uint8Array) {
  try {
    const { grantId, principalId } = JSON.parse(Buffer.from(entry).toString('utf8'));
    return { grantId: textOf(grantId), principalId: textOf(principalId) };
  } catch {
    return { grantId: null, principalId: null };
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
