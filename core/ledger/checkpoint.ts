import { err, ok, type Result } from '../result.ts';
import { type NoteError, type NoteKey, openNote } from '../signed-note.ts';
import { HASH_BYTES, type Hash } from './merkle.ts';

/**
 * What a log says of itself at one moment: its name, its size and its root, signed.
 *
 * @see https://c2sp.org/tlog-checkpoint
 */
export type Checkpoint = { readonly origin: string; readonly size: number; readonly root: Hash };

export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
}

/** The size that a checkpoint states, whoever signed it. */
export function sizeOf(note: string): number {
  return Number(note.split('\n')[1]);
}

/** The root that a checkpoint states, in base64, whoever signed it. */
export function rootTextOf(note: string): string {
  return note.split('\n')[2] ?? '';
}

/** Reads a checkpoint that its log signed; lines of extensions are allowed and passed over. */
export function openCheckpoint(note: string, key: NoteKey): Result<Checkpoint, NoteError> {
  const opened = openNote(note, [key]);
  if (!opened.ok) return opened;
  const malformed = (reason: string): Result<Checkpoint, NoteError> =>
    err({ code: 'malformed', reason });
  const [origin = '', size = '', root = ''] = opened.value.split('\n');
  if (origin !== key.name) return malformed(`it is of the log ${origin}`);
  if (!/^(0|[1-9][0-9]{0,14})$/.test(size)) return malformed('its size is not a number');
  const bytes = Buffer.from(root, 'base64');
  if (bytes.length !== HASH_BYTES || bytes.toString('base64') !== root) {
    return malformed('its root is not a hash in base64');
  }
  return ok({ origin, size: Number(size), root: bytes });
}
