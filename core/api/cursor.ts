import { GRANT_ID, SHORT_HASH } from '../ids.ts';
import type { ListPlace, SuspensionPlace } from '../ports.ts';

/** A place in a list of grants, opaque to callers; it contains nothing secret. */
export function encodeCursor(place: ListPlace): string {
  return encode(place.createdAt, place.id);
}

/** @returns null for a text that `encodeCursor` cannot have made. */
export function decodeCursor(cursor: string): ListPlace | null {
  const place = decode(cursor, GRANT_ID);
  return place && { createdAt: place.at, id: place.text };
}

/** A place in the list of suspended principals. */
export function encodeSuspensionCursor({ at, hash }: SuspensionPlace): string {
  return encode(at, hash);
}

/** @returns null for a text that `encodeSuspensionCursor` cannot have made. */
export function decodeSuspensionCursor(cursor: string): SuspensionPlace | null {
  const place = decode(cursor, SHORT_HASH);
  return place && { at: place.at, hash: place.text };
}

function encode(at: number, text: string): string {
  return Buffer.from(`${at}/${text}`).toString('base64url');
}

function decode(cursor: string, shape: RegExp): { at: number; text: string } | null {
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) return null;
  const [at = '', text = ''] = Buffer.from(cursor, 'base64url').toString().split('/');
  if (!/^[0-9]{1,15}$/.test(at) || !shape.test(text)) return null;
  return { at: Number(at), text };
}

/** A place in an audit trail. */
export function encodeEventCursor(place: string): string {
  return Buffer.from(place).toString('base64url');
}

/** @returns null for a text that `encodeEventCursor` cannot have made. */
export function decodeEventCursor(cursor: string): string | null {
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) return null;
  const place = Buffer.from(cursor, 'base64url').toString();
  return EVENT_PLACE.test(place) ? place : null;
}

/** A place in the list of checkpoints: the id of a version, which S3 makes. */
export function encodeCheckpointCursor(place: string): string {
  return encodeEventCursor(place);
}

/** @returns null for a text that `encodeCheckpointCursor` cannot have made. */
export function decodeCheckpointCursor(cursor: string): string | null {
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) return null;
  const place = Buffer.from(cursor, 'base64url').toString();
  return /^[\w.~-]{1,1024}$/.test(place) ? place : null;
}

const EVENT_PLACE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#\d{1,3}#ev_[0-9a-z]{20}$/;
