import { canonicalJson } from '../canonical-json.ts';
import { GRANT_ID, sha256 } from '../ids.ts';

/** An entry that has the SHA-256 of an event instead of what happened, and whose grant has it in its trail. */
export type Digest = { readonly grantId: string; readonly sha256: string };

/** Null for an entry that is none. */
export function digestIn(entry: Uint8Array): Digest | null {
  try {
    const line: unknown = JSON.parse(Buffer.from(entry).toString('utf8'));
    const { grantId, sha256: hash } = (line ?? {}) as Partial<Digest>;
    if (typeof grantId !== 'string' || !GRANT_ID.test(grantId)) return null;
    return typeof hash === 'string' ? { grantId, sha256: hash } : null;
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
