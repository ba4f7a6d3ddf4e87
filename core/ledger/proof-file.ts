import { err, ok, type Result } from '../result.ts';
import type { NoteError, NoteKey } from '../signed-note.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { HASH_BYTES, type Hash, leafHash } from './merkle.ts';
import { isIncluded } from './verify-proofs.ts';

/**
 * A proof, in one text, that a log has an entry. Whoever has the log's key verifies it offline.
 *
 * @see https://c2sp.org/tlog-proof
 */

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';

export type ProofFile = {
  readonly index: number;
  /** From the entry to the root. */
  readonly hashes: readonly Hash[];
  /** As the log signed it. */
  readonly checkpoint: string;
  /** What the proof brings along, unproven. The command saves the entry here. */
  readonly extra?: Uint8Array;
};

export type ProofError = NoteError | { readonly code: 'not-included' };

export function formatProof({ index, hashes, checkpoint, extra }: ProofFile): string {
  const brought = extra === undefined ? '' : `extra ${Buffer.from(extra).toString('base64')}\n`;
  const lines = hashes.map((hash) => `${Buffer.from(hash).toString('base64')}\n`);
  return `${FIRST_LINE}\n${brought}index ${index}\n${lines.join('')}\n${checkpoint}`;
}

/** Whether the log that owns `key` has `entry`; and where, in which state of the log. */
export function verifyProof(
  text: string,
  entry: Uint8Array,
  key: NoteKey,
): Result<{ readonly index: number; readonly checkpoint: Checkpoint }, ProofError> {
  const proof = parseProof(text);
  if (proof === null) return err({ code: 'malformed', reason: 'it is no proof of a log' });
  const { index, hashes } = proof;
  const checkpoint = openCheckpoint(proof.checkpoint, key);
  if (!checkpoint.ok) return checkpoint;
  const { size, root } = checkpoint.value;
  const included = isIncluded({ index, size, leaf: leafHash(entry), root }, hashes);
  return included ? ok({ index, checkpoint: checkpoint.value }) : err({ code: 'not-included' });
}

/** Null if the text is no proof. */
export function parseProof(text: string): ProofFile | null {
  const end = text.indexOf('\n\n');
  const [first, ...others] = text.slice(0, Math.max(0, end)).split('\n');
  if (first !== FIRST_LINE) return null;
  const [, encoded] = /^extra (.*)$/.exec(others[0] ?? '') ?? [];
  const extra = Buffer.from(encoded ?? '', 'base64');
  if (encoded !== undefined && extra.toString('base64') !== encoded) return null;
  const lines = encoded === undefined ? others : others.slice(1);
  const [, index] = /^index (0|[1-9][0-9]{0,14})$/.exec(lines[0] ?? '') ?? [];
  if (index === undefined) return null;
  const hashes: Hash[] = [];
  for (const line of lines.slice(1)) {
    const hash = Buffer.from(line, 'base64');
    if (hash.length !== HASH_BYTES || hash.toString('base64') !== line) return null;
    hashes.push(hash);
  }
  const checkpoint = text.slice(end + 2);
  return { index: Number(index), hashes, checkpoint, ...(encoded !== undefined && { extra }) };
}
