import type * as z from 'zod/mini';
import { Failure } from '../failure.ts';
import { readPrivate } from '../private-file.ts';
import { plain } from '../terminal.ts';

/** Files in JSON, which people may also edit. */

/**
 * @param hint What to do if it is broken.
 * @returns null if the file does not exist.
 * @throws Failure that names the field which is wrong.
 */
export function readAs<T>(path: string, schema: z.ZodMiniType<T>, hint = SAVE_AGAIN): T | null {
  const text = readPrivate(path);
  if (text === null) return null;
  const read = schema.safeParse(parseJson(path, text, hint));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys : [];
  const where = [...(issue?.path ?? []), ...unknown.slice(0, 1)].map(String).join('.');
  const what = unknown.length > 0 ? 'is not known' : 'is not valid';
  throw broken(path, plain(where === '' ? 'it is not an object' : `${where} ${what}`), hint);
}

function parseJson(path: string, text: string, hint: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw broken(path, 'it is not JSON', hint);
  }
}

function broken(path: string, what: string, hint: string): Failure {
  return new Failure('failed', `${path} cannot be used: ${what}.`, hint);
}

export function textOf(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

const SAVE_AGAIN = 'Mend it, or move it away and save the requests again.';
