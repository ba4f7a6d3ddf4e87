import { canonicalJson } from '../canonical-json.ts';
import { EVENT_ID, GRANT_ID, sha256 } from '../ids.ts';

/** An entry that has the SHA-256 of an event instead of what happened: whose trail has the event. */
export type Digest = {
  readonly of:
    | { readonly grantId: string }
    | { readonly principalId: string; readonly id: string; readonly at: string };
  readonly sha256: string;
};

/** Null for an entry that is none. */
export function digestIn(entry: Uint8Array): Digest | null {
  const line = parsed(entry);
  const { grantId, principalId, id, at, sha256: hash } = line ?? {};
  if (typeof hash !== 'string') return null;
  if (typeof grantId === 'string') {
    return GRANT_ID.test(grantId) ? { of: { grantId }, sha256: hash } : null;
  }
  if (typeof principalId !== 'string' || typeof id !== 'string' || typeof at !== 'string')
    return null;
  return EVENT_ID.test(id) ? { of: { principalId, id, at }, sha256: hash } : null;
}

function parsed(entry: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    return JSON.parse(Buffer.from(entry).toString('utf8'));
  } catch {
    return null;
  }
}

/** The entry that it stands for, out of the events of the trail; null where none of them has this hash. */
export function wholeEntry({ sha256: hash }: Digest, trail: readonly object[]): Uint8Array | null {
  const lines = trail.map((event) => canonicalJson({ v: 1, ...event }));
  const found = lines.find((line) => sha256(line) === `sha256:${hash}`);
  return found === undefined ? null : Buffer.from(found);
}
