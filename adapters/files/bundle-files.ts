import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { BundleFiles } from '../../core/bundle/bundle.ts';
import { bundlePaths } from '../../core/bundle/bundle-paths.ts';

/** What is wrong with a bundle's folder or its files, in words for their author. */
export class UnusableFiles extends Error {
  override readonly name = 'UnusableFiles';
}

/**
 * Reads the files of a policy bundle. A rule that is written down must not be ignored silently, so every other
 * file that could contain one is refused.
 *
 * @throws UnusableFiles if the folder does not exist, or if a file of it would be ignored or cannot be read.
 */
export function readBundleFiles(folder: string): BundleFiles {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UnusableFiles(
      `${folder} is not a folder; name the folder of the policy bundle with -c policy=DIR`,
    );
  }
  const paths = pathsIn(folder, '').toSorted();
  const parts = bundlePaths(paths);
  if (!parts.ok) throw new UnusableFiles(parts.error);
  return new Map(parts.value.map((path) => [path, textOf(folder, path)]));
}

function textOf(folder: string, path: string): string {
  const file = join(folder, path);
  // Reading a pipe or a device would never end.
  if (statOf(file)?.isFile() !== true) throw new UnusableFiles(`${path} is not a file; remove it`);
  const bytes = orUnusable(path, () => readFileSync(file));
  if (!isUtf8(bytes)) throw new UnusableFiles(`${path} is not UTF-8; save it as such`);
  return bytes.toString('utf8');
}

/** Null for a link that leads nowhere, or to itself. */
function statOf(file: string): Stats | null {
  try {
    return statSync(file);
  } catch {
    return null;
  }
}

function orUnusable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new UnusableFiles(`${path} cannot be read (${code})`);
  }
}

/**
 * Every file below the folder, but for folders of tools beside the parts, such as `.github`. Links are
 * followed, and one that leads nowhere counts as a file.
 */
function pathsIn(root: string, inside: string): readonly string[] {
  const names = orUnusable(inside === '' ? root : inside, () => readdirSync(join(root, inside)));
  return names.flatMap((name) => {
    const path = inside === '' ? name : `${inside}/${name}`;
    if (statOf(join(root, path))?.isDirectory() !== true) return [path];
    if (isOfTool(name, inside)) return [];
    const around = `${realpathSync(join(root, inside))}${sep}`;
    if (around.startsWith(`${realpathSync(join(root, path))}${sep}`)) {
      throw new UnusableFiles(`${path} is a link to a folder around it; remove it`);
    }
    return pathsIn(root, path);
  });
}

/** Among the parts, a hidden folder may hide a rule. */
function isOfTool(name: string, inside: string): boolean {
  return name === '.git' || (inside === '' && name.startsWith('.'));
}
