import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Whether the keyboard of a terminal signals us, and so our children as well: our process group is in the
 * foreground of our controlling terminal. What stdin is does not matter. Windows signals all processes of a
 * console.
 */
export function inForeground(): boolean {
  if (process.platform === 'win32') return true;
  try {
    return process.platform === 'linux' ? foregroundIn(ownStat()) : foregroundBy(ownIds());
  } catch {
    return process.stdin.isTTY === true;
  }
}

function ownStat(): string {
  return readFileSync('/proc/self/stat', 'utf8');
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function foregroundIn(stat: string): boolean {
  // The name of the program, in parentheses, may contain anything.
  const after = stat.slice(stat.lastIndexOf(')') + 1).trim();
  const [, , group, , terminal, inFront] = after.split(' ');
  return terminal !== '0' && group !== undefined && group === inFront;
}

function ownIds(): string {
  const args = ['-o', 'pgid=', '-o', 'tpgid=', '-p', String(process.pid)];
  return execFileSync('/bin/ps', args, { encoding: 'utf8', timeout: 2000 });
}

/** @param ids The process group of a process, and that in the foreground of its terminal: 0 or -1 without one. */
export function foregroundBy(ids: string): boolean {
  const [group, inFront] = ids.trim().split(/\s+/);
  return group !== undefined && group === inFront;
}
