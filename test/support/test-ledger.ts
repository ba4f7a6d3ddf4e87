import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../../core/canonical-json.ts';
import { checkpointText } from '../../core/ledger/checkpoint.ts';
import { rootOf } from '../../core/ledger/merkle.ts';
import { EMPTY_TAIL, grow, treeOf } from '../../core/ledger/tail.ts';
import { type NoteKey, noteWith, verifierKey } from '../../core/signed-note.ts';

/** Ledgers as a broker makes them, signed with keys of their own. */

export type Signer = {
  readonly key: NoteKey;
  readonly vkey: string;
  readonly sign: (text: string) => string;
};

export function newSigner(name = 'broker.example/ledger'): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = { name, publicKey: rawKey(publicKey) };
  const signed = (text: string): string =>
    noteWith(text, key, sign(null, Buffer.from(text), privateKey));
  return { key, vkey: verifierKey(key), sign: signed };
}

function rawKey(key: KeyObject): Uint8Array {
  return key.export({ format: 'der', type: 'spki' }).subarray(-32);
}

export const GRANT_ID = 'gr_00000000000000000000';

/** An event as the trail shows it. */
export const eventAt = (place: number, reason = 'Roll back 4711') => ({
  id: `ev_${String(place).padStart(8, '0')}`,
  grantId: GRANT_ID,
  entitlement: 'artifacts-read',
  type: 'cancelled',
  status: 'cancelled',
  at: new Date(Date.UTC(2026, 10, 26) + place * 1000).toISOString(),
  actor: { type: 'User', id: 'people:ana', name: 'ana@acme.example' },
  reason,
  requestId: `r-${place}`,
  sourceIp: null,
});

export const entryAt = (place: number, reason?: string): Uint8Array =>
  Buffer.from(canonicalJson({ v: 1, ...eventAt(place, reason) }));

export const entriesOf = (count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, place) => entryAt(place));

export type LedgerFolder = Map<string, Uint8Array>;

/** The files of a ledger: with `earlier`, also those that were published at that size. */
export function ledgerOf(
  entries: readonly Uint8Array[],
  signer: Signer,
  earlier: readonly number[] = [],
): LedgerFolder {
  const files: LedgerFolder = new Map();
  let tail = EMPTY_TAIL;
  for (const size of [...earlier, entries.length]) {
    const grown = grow(tail, entries.slice(tail.size, size));
    for (const { path, bytes } of grown.files) files.set(path, bytes);
    tail = grown.tail;
  }
  files.set('checkpoint', Buffer.from(signedAt(entries, signer)));
  return files;
}

/** The checkpoint of a ledger with these entries. */
export function signedAt(entries: readonly Uint8Array[], { key, sign: signed }: Signer): string {
  const { tail } = grow(EMPTY_TAIL, entries);
  return signed(checkpointText({ origin: key.name, size: tail.size, root: rootOf(treeOf(tail)) }));
}

export function writeLedger(files: LedgerFolder, folder: string): void {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}
