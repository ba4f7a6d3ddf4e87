import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BundleFiles } from '../../core/bundle/bundle.ts';

const FOLDERS = ['entitlements', 'policies', 'cases'];

/**
 * Reads a policy bundle's files; what belongs to no part of a bundle is left where it is.
 *
 * @throws Error when the folder is not there.
 */
export function readBundleFiles(folder: string): BundleFiles {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Error(`there is no policy bundle at ${folder}; name its folder with -c policy=DIR`);
  }
  const files = new Map<string, string>();
  const add = (path: string): void => {
    const text = readIfThere(join(folder, path));
    if (text !== null) files.set(path, text);
  };
  add('issuers.yaml');
  for (const part of FOLDERS) {
    for (const name of namesIn(join(folder, part))) add(`${part}/${name}`);
  }
  return files;
}

function namesIn(folder: string): readonly string[] {
  return statSync(folder, { throwIfNoEntry: false }) === undefined
    ? []
    : readdirSync(folder).sort();
}

function readIfThere(path: string): string | null {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
    ? readFileSync(path, 'utf8')
    : null;
}
