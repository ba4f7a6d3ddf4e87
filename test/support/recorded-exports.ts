import type { Json } from '../../core/api/wire.ts';
import { entryBytes } from '../../core/ledger/entry.ts';
import { fromTiles } from '../../core/ledger/from-tiles.ts';
import { formatProof, parseProof } from '../../core/ledger/proof-file.ts';
import { decodeBundle, TILE_WIDTH, tilePath } from '../../core/ledger/tiles.ts';
import { inclusionProof } from '../../core/ledger/tree-proofs.ts';
import { ok } from '../../core/result.ts';
import type { Answers } from '../cli/audit/ledger-broker.ts';
import { BEN } from './evidence-trail.ts';
import { type LedgerFolder, ledgerOf, type Signer } from './test-ledger.ts';

const EVENT_ID = 'ev_export01';
const PROOF = `GET /v1/audit/events/${EVENT_ID}/proof`;

/** The answers of a broker that records an export: its log, `files`, grows by the record. */
export function recordedExports(files: LedgerFolder, signer: Signer): Answers {
  const proof = { text: '' };
  return {
    'POST /v1/audit/exports': (body) => {
      const event = recordOf(body as { readonly size: number });
      const entries = entriesIn(files, event.size);
      const grown = ledgerOf([...entries, entryBytes(event, 'events')], signer);
      for (const [path, bytes] of grown) files.set(path, bytes);
      void proofOf(grown, event.size).then((text) => Object.assign(proof, { text }));
      return { status: 201, body: event };
    },
    [PROOF]: () => ({ headers: { 'content-type': 'text/plain' }, body: proof.text }),
  };
}

function recordOf<T extends object>(body: T) {
  return {
    ...{ id: EVENT_ID, principalId: BEN.id, type: 'evidence-exported' },
    ...{ at: '2026-11-26T09:00:00Z', actor: BEN, requestId: 'r-9', sourceIp: null, reason: '' },
    ...body,
  };
}

/** The proof, with the record in it, that a log of these entries then has the record of an export. */
export async function proofOfExport(
  entries: readonly Uint8Array[],
  body: Readonly<Record<string, Json>>,
  signer: Signer,
): Promise<string> {
  const entry = entryBytes(recordOf(body), 'events');
  const text = await proofOf(ledgerOf([...entries, entry], signer), entries.length);
  const proof = parseProof(text);
  if (proof === null) throw new Error('no proof');
  return formatProof({ ...proof, extra: entry });
}

async function proofOf(files: LedgerFolder, index: number): Promise<string> {
  const hashes = await fromTiles(
    async (path) => ok(files.get(path) ?? null),
    index + 1,
    (subtree) => inclusionProof(subtree, index, index + 1),
  );
  if (!hashes.ok) throw new Error('no proof');
  const checkpoint = Buffer.from(files.get('checkpoint') ?? []).toString();
  return formatProof({ index, hashes: hashes.value, checkpoint });
}

function entriesIn(files: LedgerFolder, size: number): readonly Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let first = 0; first < size; first += TILE_WIDTH) {
    const width = Math.min(TILE_WIDTH, size - first);
    const path = tilePath({ level: 'entries', index: first / TILE_WIDTH, width });
    const decoded = decodeBundle(files.get(path) ?? Buffer.from(''));
    if (!decoded.ok) throw new Error(`no ${path}`);
    entries.push(...decoded.value);
  }
  return entries;
}
