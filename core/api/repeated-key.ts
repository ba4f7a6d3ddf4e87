import { escapePointer } from '../field-error.ts';

/** Strings, with the colon that makes one a key, and the structure around them. */
const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\],]/g;

/** An object or a list that is being read; a list has no keys. */
type Open = { readonly keys: Set<string> | null; at: string };

/**
 * The first key that an object has twice. `JSON.parse` keeps the last of them without a word, and another
 * reader on the way may keep the first (RFC 8259, section 4).
 *
 * @param text valid JSON
 * @returns its JSON pointer (RFC 6901), or null
 */
export function repeatedKey(text: string): string | null {
  const path: Open[] = [];
  for (const [token, colon] of text.matchAll(TOKEN)) {
    const inside = path.at(-1);
    if (token === '{') path.push({ keys: new Set(), at: '' });
    else if (token === '[') path.push({ keys: null, at: '0' });
    else if (token === '}' || token === ']') path.pop();
    else if (inside !== undefined && token === ',' && inside.keys === null) {
      inside.at = String(Number(inside.at) + 1);
    } else if (inside !== undefined && colon !== undefined) {
      inside.at = JSON.parse(token.slice(0, -colon.length)) as string;
      if (inside.keys?.has(inside.at)) return pointerTo(path);
      inside.keys?.add(inside.at);
    }
  }
  return null;
}

function pointerTo(path: readonly Open[]): string {
  return path.map(({ at }) => `/${escapePointer(at.slice(0, 64))}`).join('');
}
