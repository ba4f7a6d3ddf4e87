import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BundleFiles } from '../../core/bundle/bundle.ts';

const FOLDERS = ['entitlements', 'policies', 'cases'];

/**
 * Reads the files of a policy bundle; ignores files that are no part of one.
 *
 * @throws Error if the folder does not exist, or if a policy or an entitlement would be ignored.
 */
export function readBundleFiles(folder: string): BundleFiles {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Error(
      `${folder} is not a folder; name the folder of the policy bundle with -c policy=DIR`,
    );
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

/** A forbid in a subfolder, or with another file ending, must not be ignored silently. */
function refuseMisplaced(folder: string): void {
  const places = { entitlements: /^[^/]+\.ya?ml$/, policies: /^[^/]+\.cedar$/ };
  for (const [part, name] of Object.entries(places)) {
    const root = join(folder, part);
    if (statSync(root, { throwIfNoEntry: false }) === undefined) continue;
    const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
    const misplaced = names.find((path) => /\.(cedar|ya?ml)/i.test(path) && !name.test(path));
    if (misplaced === undefined) continue;
    const ending = part === 'policies' ? '.cedar' : '.yaml';
    throw new Error(
      `${part}/${misplaced} would be ignored; move it directly into ${part}/, with the ending ${ending}`,
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
