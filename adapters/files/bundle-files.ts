import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BundleFiles } from '../../core/bundle/bundle.ts';

/** The files that make a bundle, in the order in which they are read. */
const PARTS = [
  /^issuers\.yaml$/,
  /^entitlements\/[^/]+\.ya?ml$/,
  /^policies\/[^/]+\.cedar$/,
  /^cases\/[^/]+\.ya?ml$/,
];

/** Files that look as if they were meant to be part: by their ending, or because they are among the parts. */
const MEANT = /^(entitlements|policies|cases)\/|\.(cedar|ya?ml|json)([.~][^/]*|~)?$/i;
const ELSE = /(^|\/)([^/]+\.md|\.git[^/]*|\.DS_Store)$/;

const MOST_NAMED = 5;

/**
 * Reads the files of a policy bundle. A rule that is written down must not be ignored silently, so every other
 * file that could contain one is refused.
 *
 * @throws Error if the folder does not exist, or if a file of it would be ignored or cannot be read.
 */
export function readBundleFiles(folder: string): BundleFiles {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Error(
      `${folder} is not a folder; name the folder of the policy bundle with -c policy=DIR`,
    );
  }
  const paths = pathsIn(folder, '').toSorted();
  refuse(paths.filter((path) => !isPart(path) && MEANT.test(path) && !ELSE.test(path)));
  const parts = PARTS.flatMap((part) => paths.filter((path) => part.test(path)));
  return new Map(parts.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

function isPart(path: string): boolean {
  return PARTS.some((part) => part.test(path));
}

/**
 * Every file below the folder, but for folders of tools such as `.git`. Links are followed, and one that leads
 * nowhere counts as a file.
 */
function pathsIn(root: string, inside: string): readonly string[] {
  return readdirSync(join(root, inside)).flatMap((name) => {
    const path = inside === '' ? name : `${inside}/${name}`;
    const isFolder = statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() === true;
    if (!isFolder) return [path];
    return name.startsWith('.') ? [] : pathsIn(root, path);
  });
}

function refuse(ignored: readonly string[]): void {
  if (ignored.length === 0) return;
  const named = ignored.slice(0, MOST_NAMED).join(', ');
  const more = ignored.length > MOST_NAMED ? ` and ${ignored.length - MOST_NAMED} more` : '';
  throw new Error(
    `${named}${more} would be ignored; a bundle consists of issuers.yaml, entitlements/*.yaml, policies/*.cedar and cases/*.yaml: move, rename or remove what is not one of them`,
  );
}
