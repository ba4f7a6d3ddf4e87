import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { run } from './process.ts';

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));
const SHARED = fileURLToPath(new URL('../.valetkey', import.meta.url));

/** An install that has not finished by then was killed half-way: the next one starts over. */
const STALE_LOCK_MS = 10 * 60_000;

/**
 * The Python that has the emulator installed: a virtual environment shared by all stacks of this
 * checkout, made at the first start and again when `requirements.txt` changes.
 *
 * @throws Error when there is no Python ≥ 3.10, or it cannot install.
 */
export async function emulatorPython(log: (line: string) => void): Promise<string> {
  const stamp = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 16);
  const folder = join(SHARED, `venv-${stamp}`);
  const python = join(folder, 'bin', 'python');
  const done = join(folder, 'installed');
  mkdirSync(SHARED, { recursive: true });
  while (!existsSync(done)) {
    const lock = `${folder}.lock`;
    if (!takeLock(lock)) {
      await sleep(250);
      continue;
    }
    try {
      if (!existsSync(done)) await install(folder, python, done, log);
    } finally {
      rmSync(lock, { force: true });
    }
  }
  return python;
}

async function install(
  folder: string,
  python: string,
  done: string,
  log: (line: string) => void,
): Promise<void> {
  log('installing the emulator from PyPI (once)');
  rmSync(folder, { recursive: true, force: true });
  await run(await findPython(), ['-m', 'venv', folder], {});
  await run(python, ['-m', 'pip', 'install', '--quiet', '--no-deps', '-r', REQUIREMENTS], {});
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
    'The local stack needs Python 3.10 or newer: install it so that python3 is on the PATH.',
  );
}

function takeLock(lock: string): boolean {
  const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  if (age > STALE_LOCK_MS) rmSync(lock, { force: true });
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}
