import * as z from 'zod/mini';
import type { Instant } from '../instant.ts';

const TIME = z.iso.datetime({ offset: true });

/**
 * Reads a time with a zone, as RFC 3339 writes it; section 5.6 allows `t` and `z` in lower case.
 *
 * @returns null if the text is anything else, or names a date or time that does not exist.
 */
export function readInstant(text: string): Instant | null {
  const upper = text.toUpperCase();
  return z.safeParse(TIME, upper).success ? Date.parse(upper) : null;
}
