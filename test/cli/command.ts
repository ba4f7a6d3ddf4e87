import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BundleFiles } from '../../core/bundle/bundle.ts';

/** Runs the command in its own process, in the root of the checkout. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export type Finished = { readonly code: number; readonly out: string; readonly err: string };

export function valetkey(...args: readonly string[]): Promise<Finished> {
  return valetkeyWith({}, ...args);
}

/** Runs the command with additional variables. */
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

/** Writes a file, and returns its path. */
export function written(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** Writes a bundle into a new folder, and returns the folder. */
export function bundleFolder(files: BundleFiles): string {
  const bundle = mkdtempSync(join(folder, 'policy-'));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(bundle, path)), { recursive: true });
    writeFileSync(join(bundle, path), text);
  }
  return bundle;
}
