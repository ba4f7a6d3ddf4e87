import { GRANT_ID } from '../ids.ts';
import type { ListPlace } from '../ports.ts';

/** A place in a list as callers pass it back: opaque to them, and nothing secret in it. */
export function encodeCursor(place: ListPlace): string {
  return Buffer.from(`${place.createdAt}/${place.id}`).toString('base64url');
}

/** @returns null for anything that no answer of ours held. */
export function decodeCursor(cursor: string): ListPlace | null {
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) return null;
  const [createdAt = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split('/');
  if (!/^[0-9]{1,15}$/.test(createdAt) || !GRANT_ID.test(id)) return null;
  return { createdAt: Number(createdAt), id };
}
