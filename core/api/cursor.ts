import { GRANT_ID } from '../ids.ts';
import type { ListPlace } from '../ports.ts';

/** A place in a list, opaque to callers; it contains nothing secret. */
export function encodeCursor(place: ListPlace): string {
  return Buffer.from(`${place.createdAt}/${place.id}`).toString('base64url');
}

/** @returns null for a text that `encodeCursor` cannot have made. */
export function decodeCursor(cursor: string): ListPlace | null {
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) return null;
  const [createdAt = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split('/');
  if (!/^[0-9]{1,15}$/.test(createdAt) || !GRANT_ID.test(id)) return null;
  return { createdAt: Number(createdAt), id };
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

const EVENT_PLACE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#\d{1,3}#ev_[0-9a-z]{20}$/;
