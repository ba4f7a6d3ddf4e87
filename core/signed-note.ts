import { createHash, createPublicKey, verify } from 'node:crypto';
import { err, ok, type Result } from './result.ts';

/**
 * A text with signatures beneath, by Ed25519 keys.
 *
 * @see https://c2sp.org/signed-note
 */

/** A public key with its name, which is the log's origin. */
export type NoteKey = { readonly name: string; readonly publicKey: Uint8Array };

export type NoteError =
  | { readonly code: 'malformed'; readonly reason: string }
  /** No signature is by a known key. */
  | { readonly code: 'unsigned' }
  /** A signature by a known key does not belong to this text. */
  | { readonly code: 'forged'; readonly name: string };

/** The type of a key, by what its signatures are over: a note as it is, or a checkpoint with a time. */
export type KeyType = 'note' | 'cosignature';
const TYPES: Readonly<Record<KeyType, Uint8Array>> = {
  note: Uint8Array.of(1),
  cosignature: Uint8Array.of(4),
};
const KEY_BYTES = 32;
/** Before the 32 bytes of the key, in its SubjectPublicKeyInfo (RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const SEPARATOR = '\n\n';
const SIGNATURE_LINE = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;
const NAME = /^[^\s+]+$/u;
/** Control characters other than a line feed, and what UTF-8 cannot say. */
const REFUSED = /[[\p{Cc}&&\p{ASCII}]--[\n\u{7f}]]|\p{Cs}/v;

/** The first four bytes of SHA-256 over the name, a line feed, the type and the key. */
export function keyIdOf({ name, publicKey }: NoteKey, type: KeyType = 'note'): Buffer {
  const hash = createHash('sha256').update(`${name}\n`).update(TYPES[type]).update(publicKey);
  return hash.digest().subarray(0, 4);
}

/** The one line by which verifiers know a key: `example.com/log+530d903a+AekyeRrm…`. */
export function verifierKey(key: NoteKey, type: KeyType = 'note'): string {
  const encoded = Buffer.concat([TYPES[type], key.publicKey]).toString('base64');
  return `${key.name}+${keyIdOf(key, type).toString('hex')}+${encoded}`;
}

/** Null if the line is no key of Ed25519 of this type, or its id is not that of its key. */
export function parseVerifierKey(line: string, type: KeyType = 'note'): NoteKey | null {
  const [name = '', , ...rest] = line.split('+');
  const bytes = Buffer.from(rest.join('+'), 'base64');
  const publicKey = bytes.subarray(1);
  if (!NAME.test(name) || publicKey.length !== KEY_BYTES) return null;
  const key: NoteKey = { name, publicKey };
  return verifierKey(key, type) === line ? key : null;
}

/** @param text Ends with a line feed. */
export function noteWith(text: string, key: NoteKey, signature: Uint8Array): string {
  const signed = Buffer.concat([keyIdOf(key), signature]).toString('base64');
  return `${text}\n— ${key.name} ${signed}\n`;
}

/** The text of a note, if a known key signed it and no known key's signature is wrong. */
export function openNote(note: string, keys: readonly NoteKey[]): Result<string, NoteError> {
  const parts = splitNote(note);
  if (!parts.ok) return parts;
  const { text, signatures } = parts.value;
  let known = false;
  for (const { name, bytes } of signatures) {
    const key = keys.find((one) => one.name === name && keyIdOf(one).equals(bytes.subarray(0, 4)));
    if (key === undefined) continue;
    if (!isSignedBy(key, text, bytes.subarray(4))) return err({ code: 'forged', name });
    known = true;
  }
  return known ? ok(text) : err({ code: 'unsigned' });
}

type Signature = { readonly name: string; readonly bytes: Buffer };
type Parts = { readonly text: string; readonly signatures: readonly Signature[] };

export function splitNote(note: string): Result<Parts, NoteError> {
  const malformed = (reason: string): Result<Parts, NoteError> =>
    err({ code: 'malformed', reason });
  if (REFUSED.test(note)) return malformed('it has control characters');
  const end = note.lastIndexOf(SEPARATOR);
  if (end < 0 || !note.endsWith('\n')) return malformed('it has no signatures');
  const signatures: Signature[] = [];
  for (const line of note.slice(end + SEPARATOR.length, -1).split('\n')) {
    const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? [];
    if (name === undefined || encoded === undefined) return malformed('a line is no signature');
    const bytes = Buffer.from(encoded, 'base64');
    if (bytes.length <= 4 || bytes.toString('base64') !== encoded) {
      return malformed(`the signature by ${name} is not in base64`);
    }
    signatures.push({ name, bytes });
  }
  return ok({ text: note.slice(0, end + 1), signatures });
}

export function isSignedBy({ publicKey }: NoteKey, text: string, signature: Uint8Array): boolean {
  const der = Buffer.concat([SPKI, publicKey]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  return verify(null, Buffer.from(text), key, signature);
}
