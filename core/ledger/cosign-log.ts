import type { Unavailable } from '../failure.ts';
import { err, ok, type Result } from '../result.ts';
import { type Conflict, retryOnConflict } from '../retry-on-conflict.ts';
import { type NoteError, type NoteKey, splitNote } from '../signed-note.ts';
import { openCheckpoint } from './checkpoint.ts';
import { cosignatureIn } from './cosignature.ts';
import { fromTiles, type TileFault } from './from-tiles.ts';
import type { LedgerPorts } from './ledger-ports.ts';
import { consistencyProof } from './tree-proofs.ts';

/** Somebody else who remembers the log, and signs only what begins with all they saw. */
export type Witness = {
  readonly key: NoteKey;
  /** Sends the body of `add-checkpoint` (c2sp.org/tlog-witness). Null where nothing answers. */
  readonly add: (body: string) => Promise<WitnessAnswer | null>;
};

export type WitnessAnswer = { readonly status: number; readonly body: string };

export type WitnessFault =
  | { readonly code: 'no-answer' }
  | { readonly code: 'refused'; readonly status: number }
  /** It saw more entries than there are: the log was cut off, or another one has its key. */
  | { readonly code: 'ahead'; readonly seen: number; readonly size: number }
  | NoteError;

export type CosignPorts = {
  readonly files: Pick<LedgerPorts['files'], 'read' | 'checkpoint' | 'replaceCheckpoint'>;
  readonly signer: Pick<LedgerPorts['signer'], 'key'>;
};

/**
 * Brings the published checkpoint to a witness, and publishes it again with the cosignature beneath. No entry waits for
 * it: whatever the witness does, the log goes on, and the next round tries again. Several witnesses can be asked at once.
 *
 * @returns the size that is cosigned now; null while nothing is published.
 */
export async function cosignLog(
  { files, signer }: CosignPorts,
  witness: Witness,
): Promise<Result<number | null, WitnessFault | Unavailable | Conflict | TileFault>> {
  const stored = await files.checkpoint();
  if (!stored.ok || stored.value === null) return stored.ok ? ok(null) : stored;
  const { note } = stored.value;
  const checkpoint = openCheckpoint(note, signer.key);
  if (!checkpoint.ok) return checkpoint;
  const { size } = checkpoint.value;
  const known = cosignatureIn(note, witness.key);
  if (!known.ok || known.value !== null) return known.ok ? ok(size) : known;
  const first = await seenBy(witness, note);
  if (!first.ok) return first;
  const cosigned: Result<Line, WitnessFault | Unavailable | TileFault> =
    'seen' in first.value ? await cosign(files, witness, note, first.value, size) : ok(first.value);
  if (!cosigned.ok) return cosigned;
  const published = await publishLine(files, note, witness.key, cosigned.value);
  if (!published.ok) return published;
  return published.value ? ok(size) : err({ code: 'conflict' });
}

type Published = Result<boolean, Unavailable | Conflict | NoteError>;

/**
 * Beneath the checkpoint as it is by now: another witness may have cosigned it meanwhile.
 *
 * @returns false if the log has grown: then the next round asks for its new state.
 */
function publishLine(
  files: CosignPorts['files'],
  note: string,
  witness: NoteKey,
  { line }: Line,
): Promise<Published> {
  return retryOnConflict(async (): Promise<Published> => {
    const stored = await files.checkpoint();
    if (!stored.ok) return stored;
    const now = stored.value;
    if (now === null || textOf(now.note) !== textOf(note)) return ok(false);
    const known = cosignatureIn(now.note, witness);
    if (!known.ok || known.value !== null) return known.ok ? ok(true) : known;
    const replaced = await files.replaceCheckpoint(`${now.note}${line}`, now);
    return replaced.ok ? ok(true) : replaced;
  });
}

function textOf(note: string): string | null {
  const parts = splitNote(note);
  return parts.ok ? parts.value.text : null;
}

type Line = { readonly line: string };
type Seen = { readonly seen: number };

/** A first call, as if it knew nothing of the log, tells what it knows. */
async function seenBy(witness: Witness, note: string): Promise<Result<Line | Seen, WitnessFault>> {
  const answer = await witness.add(bodyOf(0, [], note));
  if (answer?.status !== 409) return cosignatureFrom(answer, note, witness.key);
  const [, seen] = /^(0|[1-9][0-9]{0,14})\n?$/.exec(answer.body) ?? [];
  return seen === undefined ? err({ code: 'refused', status: 409 }) : ok({ seen: Number(seen) });
}

async function cosign(
  files: CosignPorts['files'],
  witness: Witness,
  note: string,
  { seen }: Seen,
  size: number,
): Promise<Result<Line, WitnessFault | Unavailable | TileFault>> {
  if (seen > size) return err({ code: 'ahead', seen, size });
  const proof = await fromTiles(files.read, size, (subtree) =>
    consistencyProof(subtree, seen, size),
  );
  if (!proof.ok) return proof;
  return cosignatureFrom(await witness.add(bodyOf(seen, proof.value, note)), note, witness.key);
}

function bodyOf(old: number, proof: readonly Uint8Array[], note: string): string {
  const hashes = proof.map((hash) => `${Buffer.from(hash).toString('base64')}\n`);
  return `old ${old}\n${hashes.join('')}\n${note}`;
}

/** Of all lines that a witness answers with, only its own, over this checkpoint, is published. */
function cosignatureFrom(
  answer: WitnessAnswer | null,
  note: string,
  key: NoteKey,
): Result<Line, WitnessFault> {
  if (answer === null) return err({ code: 'no-answer' });
  if (answer.status !== 200) return err({ code: 'refused', status: answer.status });
  const found = cosignatureIn(`${note}${answer.body}`, key);
  if (!found.ok) return found;
  return found.value === null ? err({ code: 'unsigned' }) : ok({ line: found.value.line });
}
