/**
 * A principal's id as the part of a path that names it.
 *
 * A gateway decodes a path before it matches routes, and gateways differ in how often: an HTTP API of API
 * Gateway was seen to decode `%252F` to `/`, to answer 400 to `%25d`, and to cut the path at a decoded `?`.
 * So percent-encoding once is exact only for ids without `%` and `?`. Every id arrives unchanged as a tilde
 * and its base64url (RFC 4648, section 5), which no gateway touches; no id begins with a tilde, because ids
 * begin with that of their issuer.
 */

const TILDE_FORM = /^~([\w-]+)={0,2}$/;

/** What arrives the same, however often it is decoded and whether or not `+`, `//` and `..` are resolved. */
const UNTOUCHED = /^[\w.:@|=,-]+(?:\/[\w.:@|=,-]+)*$/;
const DOT_SEGMENT = /(?:^|\/)\.{1,2}(?:\/|$)/;

/** In a path: whoever calls. No id of a principal is like it, because they all have a colon. */
export const ME = 'me';

/** For clients: the id as it stands in a path. */
export function principalInPath(id: string): string {
  return UNTOUCHED.test(id) && !DOT_SEGMENT.test(id)
    ? encodeURIComponent(id)
    : `~${base64url(new TextEncoder().encode(id))}`;
}

/** Also in browsers, which have no `Buffer`. */
function base64url(bytes: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...bytes));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * The id that a path names, which the gateway has already decoded. Nothing here decodes percent signs.
 *
 * @returns null for a tilde with anything but the base64url of a text.
 */
export function principalFromPath(text: string): string | null {
  if (!text.startsWith('~')) return text;
  const encoded = TILDE_FORM.exec(text)?.[1];
  if (encoded === undefined) return null;
  const id = Buffer.from(encoded, 'base64url').toString();
  return Buffer.from(id).toString('base64url') === encoded ? id : null;
}
