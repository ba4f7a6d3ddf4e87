import type * as z from 'zod/mini';
import { Failure } from '../failure.ts';
import { readPrivate } from '../private-file.ts';
import { plain } from '../terminal.ts';

/** Files of saved requests, which people may also edit. */

/**
 * @returns null if the file does not exist.
 * @throws Failure that names the field which is wrong.
 */
export function readAs<T>(path: string, schema: z.ZodMiniType<T>): T | null {
  const text = readPrivate(path);
  if (text === null) return null;
  const read = schema.safeParse(parseJson(path, text));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys : [];
  const where = [...(issue?.path ?? []), ...unknown.slice(0, 1)].map(String).join('.');
  const what = unknown.length > 0 ? 'is not known' : 'is not valid';
  throw broken(path, plain(where === '' ? 'it is not an object' : `${where} ${what}`));
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw broken(path, 'it is not JSON');
  }
}

function broken(path: string, what: string): Failure {
  return new Failure(
    'failed',
    `${path} cannot be used: ${what}.`,
    'Mend it, or move it away and save the requests again.',
  );
}

export function textOf(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
