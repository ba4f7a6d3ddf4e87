import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BundleFiles } from '../../core/bundle/bundle.ts';

const FOLDERS = ['entitlements', 'policies', 'cases'];

/**
 * Reads a policy bundle's files; what belongs to no part of a bundle is left where it is.
 *
 * @throws Error when the folder is not there, or a policy lies where it would never apply.
 */
export function readBundleFiles(folder: string): BundleFiles {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Error(`there is no policy bundle at ${folder}; name its folder with -c policy=DIR`);
  }
  refuseMisplaced(folder);
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

/** A forbid in a subfolder, or under another ending, would be passed over and nobody would notice. */
function refuseMisplaced(folder: string): void {
  const places = { entitlements: /^[^/]+\.ya?ml$/, policies: /^[^/]+\.cedar$/ };
  for (const [part, name] of Object.entries(places)) {
    const root = join(folder, part);
    if (statSync(root, { throwIfNoEntry: false }) === undefined) continue;
    const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
    const misplaced = names.find((it) => /\.(cedar|ya?ml)/i.test(it) && !name.test(it));
    if (misplaced === undefined) continue;
    const ending = part === 'policies' ? '.cedar' : '.yaml';
    throw new Error(
      `${part}/${misplaced} would be ignored: put it right into ${part}/, ending in ${ending}`,
    );
  }
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
