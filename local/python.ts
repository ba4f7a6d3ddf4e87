import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isAlive } from '../adapters/processes/is-alive.ts';
import { run } from './process.ts';

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));
const SHARED = fileURLToPath(new URL('../.valetkey', import.meta.url));

/**
 * No installation takes longer: an older lock was left behind, and its process id is in use again.
 */
const STALE_LOCK_MS = 10 * 60_000;
const LOOK_AGAIN_MS = 250;

/** The Python in whose environment the emulator is installed. */
export function emulatorPython(log: (line: string) => void, signal?: AbortSignal): Promise<string> {
  return pythonEnvironment({ name: 'the emulator', requirements: REQUIREMENTS }, log, signal);
}

/** What to install from PyPI: its name for messages, and the file that pins it. */
export type Installed = { readonly name: string; readonly requirements: string };

/**
 * A virtual environment for this whole checkout, made on first use and again when its requirements
 * change.
 *
 * @returns the path of its Python
 * @throws Error if there is no Python ≥ 3.10, or the installation fails
 */
export async function pythonEnvironment(
  installed: Installed,
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  const pinned = readFileSync(installed.requirements);
  const stamp = createHash('sha256').update(pinned).digest('hex').slice(0, 16);
  const folder = join(SHARED, `venv-${stamp}`);
  const python = join(folder, 'bin', 'python');
  const done = join(folder, 'installed');
  const lock = `${folder}.lock`;
  mkdirSync(SHARED, { recursive: true });
  while (!existsSync(done)) {
    if (!takeLock(lock)) {
      await sleep(LOOK_AGAIN_MS, undefined, signal && { signal });
      continue;
    }
    try {
      if (!existsSync(done)) await install(installed, folder, python, done, log, signal);
    } finally {
      rmSync(lock, { force: true });
    }
  }
  return python;
}

async function install(
  { name, requirements }: Installed,
  folder: string,
  python: string,
  done: string,
  log: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  log(`installing ${name} from PyPI (once)`);
  rmSync(folder, { recursive: true, force: true });
  const what = `Installing ${name}`;
  await run(await findPython(), ['-m', 'venv', folder], { signal, what });
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '-r', requirements];
  await run(python, pip, { signal, what: `${what} from PyPI` });
  writeFileSync(done, '');
}

async function findPython(): Promise<string> {
  const check = 'import sys; sys.exit(0 if sys.version_info >= (3, 10) else 1)';
  for (const name of [
    'python3',
    'python3.13',
    'python3.12',
    'python3.11',
    'python3.10',
    'python',
  ]) {
    const found = await run(name, ['-c', check], {}).then(
      () => true,
      () => false,
    );
    if (found) return name;
  }
  throw new Error(
    'The local stack needs Python 3.10 or newer. Install it so that python3 is on the PATH.',
  );
}

/** Takes the lock. If its holder is dead, removes it instead, and the next attempt can take it. */
function takeLock(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  // Another process that saw the same dead holder may have removed it already.
  if (isAbandoned(lock)) rmSync(lock, { force: true });
  return false;
}

function isAbandoned(lock: string): boolean {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    const age = Date.now() - statSync(lock).mtimeMs;
    return age > STALE_LOCK_MS || (pid > 0 && !isAlive(pid));
  } catch {
    // Released in the meantime.
    return false;
  }
}
