import { sha256 } from '../ids.ts';
import { err, ok, type Result } from '../result.ts';
import type { BundleFiles } from './bundle.ts';
import { bundlePaths } from './bundle-paths.ts';
import { CEDAR_SCHEMA } from './cedar-schema.ts';

/** What the hash of a bundle is over: the schema and every file that decides, as one text. */

/** @param files Cases are left out: they decide nothing. */
export function bundleSource(files: BundleFiles): string {
  const deciding = [...files].filter(([file]) => !file.startsWith('cases/'));
  const sorted = deciding.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([CEDAR_SCHEMA, ...sorted]);
}

export type BundleSource = {
  readonly files: BundleFiles;
  /** Whether it was compiled with the schema of this version: only then do the files have the same hash again. */
  readonly sameSchema: boolean;
};

/**
 * The files that {@link bundleSource} made a text of.
 *
 * @returns `changed` for a text that is not the one with this hash, `unreadable` for one that is no such text.
 */
export function readBundleSource(
  text: string,
  hash: string,
): Result<BundleSource, 'changed' | 'unreadable'> {
  if (sha256(text) !== hash) return err('changed');
  const parsed = parse(text);
  if (!Array.isArray(parsed) || parsed.length < 2) return err('unreadable');
  const [schema, ...entries] = parsed as readonly unknown[];
  if (typeof schema !== 'string' || !entries.every(isFile)) return err('unreadable');
  const files = new Map(entries);
  const paths = bundlePaths([...files.keys()]);
  const isWhole = paths.ok && paths.value.length === entries.length;
  return isWhole ? ok({ files, sameSchema: schema === CEDAR_SCHEMA }) : err('unreadable');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A path with a backslash leads elsewhere on Windows. */
function isFile(entry: unknown): entry is readonly [string, string] {
  if (!Array.isArray(entry) || entry.length !== 2) return false;
  const [path, text] = entry as readonly unknown[];
  return typeof path === 'string' && !path.includes('\\') && typeof text === 'string';
}
