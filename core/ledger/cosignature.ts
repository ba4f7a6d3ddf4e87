import { err, ok, type Result } from '../result.ts';
import { isSignedBy, keyIdOf, type NoteError, type NoteKey, splitNote } from '../signed-note.ts';

/**
 * What a witness signs: that it saw this checkpoint at a time, and that the log begins with every checkpoint of it that
 * the witness saw before.
 *
 * @see https://c2sp.org/tlog-cosignature
 */
export type Cosignature = {
  /** Seconds since 1970, by the clock of the witness. */
  readonly seconds: number;
  /** The line of the note. */
  readonly line: string;
};

const TIME_BYTES = 8;
const ID_BYTES = 4;

/**
 * The cosignature of a witness beneath a checkpoint.
 *
 * @returns null without one; `forged` where it is not over this checkpoint.
 */
export function cosignatureIn(
  note: string,
  witness: NoteKey,
): Result<Cosignature | null, NoteError> {
  const parts = splitNote(note);
  if (!parts.ok) return parts;
  const { text, signatures } = parts.value;
  const id = keyIdOf(witness, 'cosignature');
  const own = signatures.find(
    ({ name, bytes }) => name === witness.name && bytes.subarray(0, ID_BYTES).equals(id),
  );
  if (own === undefined) return ok(null);
  const signed = own.bytes.subarray(ID_BYTES);
  if (signed.length < TIME_BYTES) return err({ code: 'forged', name: witness.name });
  const seconds = Number(signed.readBigUInt64BE());
  if (!isSignedBy(witness, cosignedText(text, seconds), signed.subarray(TIME_BYTES))) {
    return err({ code: 'forged', name: witness.name });
  }
  return ok({ seconds, line: `— ${witness.name} ${own.bytes.toString('base64')}\n` });
}

/** The message of the signature. */
export function cosignedText(checkpoint: string, seconds: number): string {
  return `cosignature/v1\ntime ${seconds}\n${checkpoint}`;
}
