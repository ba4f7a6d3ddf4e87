import type { ReviewItem } from '../access-review.ts';
import { canonicalJson } from '../canonical-json.ts';
import { sha256 } from '../ids.ts';

/** SHA-256 of the canonical JSON (RFC 8785) of the list, in its order. */
export function itemsHash(items: readonly ReviewItem[]): string {
  return sha256(canonicalJson(items));
}
