/** A mistake in what the caller sent, and where: `pointer` is an RFC 6901 JSON pointer. */
export type FieldError = { readonly pointer: string; readonly detail: string };

/** RFC 6901, section 3. */
export function escapePointer(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
