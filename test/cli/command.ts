import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BundleFiles } from '../../core/bundle/bundle.ts';

/** The real command in a process of its own, as people and CI run it. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export type Finished = { readonly code: number; readonly out: string; readonly err: string };

export function valetkey(...args: readonly string[]): Promise<Finished> {
  return valetkeyWith({}, ...args);
}

/** With more in its environment. */
export function valetkeyWith(
  more: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Finished> {
  const { FORCE_COLOR: _, ...inherited } = process.env;
  const env = { ...inherited, ...more };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(ROOT, 'cli/valetkey.ts'), ...args],
      { cwd: ROOT, env },
      (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err }),
    );
  });
}

const folder = mkdtempSync(join(tmpdir(), 'valetkey-cli-'));

export function cleanUp(): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Writes one file; answers its path. */
export function written(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** Writes a bundle into a folder of its own; answers the folder. */
export function bundleFolder(files: BundleFiles): string {
  const own = mkdtempSync(join(folder, 'policy-'));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(own, path)), { recursive: true });
    writeFileSync(join(own, path), text);
  }
  return own;
}
