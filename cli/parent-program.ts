import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** The name of the program that started this one, such as `zsh`; null if it cannot be told. */
export function parentProgram(): string | null {
  const name = fromProc(process.ppid) ?? fromPs(process.ppid);
  // Login shells have a hyphen before their name.
  return name === null
    ? null
    : basename(name.trim())
        .replace(/^-/, '')
        .replace(/\.exe$/i, '');
}

/** Linux, also where `ps` is that of BusyBox. */
function fromProc(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8');
  } catch {
    return null;
  }
}

/** macOS and the BSDs. Windows has no such program. */
function fromPs(pid: number): string | null {
  if (process.platform === 'win32') return null;
  try {
    return execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5000,
    });
  } catch {
    return null;
  }
}
