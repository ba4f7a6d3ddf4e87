import { type ChildProcess, execFile, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BundleFiles } from '../../core/bundle/bundle.ts';
import { COMPILE_CACHE } from '../support/compile-cache.ts';
import type { Answer, Call } from './command-server.ts';

/** Runs the real command, outside Jest. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { FORCE_COLOR: _, ...inherited } = process.env;
const ENVIRONMENT = { ...inherited, ...COMPILE_CACHE };

export type Finished = { readonly code: number; readonly out: string; readonly err: string };

/** Runs the command in a process that all calls of a test file share. */
export async function valetkey(...args: readonly string[]): Promise<Finished> {
  const server = serverFor(args.includes('--json'));
  calls += 1;
  const id = calls;
  return new Promise((resolve, reject) => {
    const hear = (answer: Answer): void => {
      if (answer.id !== id) return;
      server.off('message', hear);
      server.off('exit', reject);
      const { code, out, err } = answer;
      resolve({ code, out, err });
    };
    server.on('message', hear);
    server.once('exit', reject);
    server.send({ id, args } satisfies Call);
  });
}

let calls = 0;
const servers = new Map<boolean, ChildProcess>();

function serverFor(json: boolean): ChildProcess {
  const known = servers.get(json);
  if (known !== undefined) return known;
  const started = fork(join(ROOT, 'test/cli/command-server.ts'), json ? ['--json'] : [], {
    cwd: ROOT,
    env: ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  started.setMaxListeners(0);
  servers.set(json, started);
  return started;
}

/** Runs the command in its own process, with additional variables. */
export function valetkeyWith(
  more: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Finished> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(ROOT, 'cli/valetkey.ts'), ...args],
      { cwd: ROOT, env: { ...ENVIRONMENT, ...more } },
      (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err }),
    );
  });
}

const folder = mkdtempSync(join(tmpdir(), 'valetkey-cli-'));

export function cleanUp(): void {
  for (const server of servers.values()) server.disconnect();
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
