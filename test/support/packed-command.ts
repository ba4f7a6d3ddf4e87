import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The command as it is packed, built once for the state that the sources have. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILDER = join(ROOT, 'tools/build-command.ts');
const BUILDS = join(ROOT, '.valetkey', 'packed');
const A_DAY_MS = 24 * 60 * 60_000;

/** @returns the file to give to a Node. */
export function packedCommand(): string {
  const folder = join(BUILDS, stateOfSources());
  if (!existsSync(folder)) {
    // Several workers may build at once: the first one's result stays.
    const fresh = `${folder}.${process.pid}`;
    mkdirSync(BUILDS, { recursive: true });
    const build = `const { buildCommand } = await import(${JSON.stringify(pathToFileURL(BUILDER).href)});
      await buildCommand(${JSON.stringify(fresh)});`;
    execFileSync(process.execPath, ['--input-type=module', '-e', build], { cwd: ROOT });
    try {
      renameSync(fresh, folder);
    } catch {
      rmSync(fresh, { recursive: true, force: true });
    }
    for (const name of readdirSync(BUILDS)) {
      const other = join(BUILDS, name);
      const age = Date.now() - (statSync(other, { throwIfNoEntry: false })?.mtimeMs ?? 0);
      if (age > A_DAY_MS) rmSync(other, { recursive: true, force: true });
    }
  }
  return join(folder, 'valetkey.cjs');
}

function stateOfSources(): string {
  const hash = createHash('sha256');
  const parts = ['cli', 'core', 'adapters', 'lib', 'local', 'presets', 'tools'].flatMap((part) =>
    readdirSync(join(ROOT, part), { recursive: true, withFileTypes: true }),
  );
  const files = parts
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  for (const file of [...files, join(ROOT, 'package-lock.json')].toSorted()) {
    hash.update(`${file}\0`).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}
