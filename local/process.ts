import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type RunOptions = {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Where its output goes; without one it is kept and shown if the command fails. */
  readonly logFile?: string;
  /** Ends the command, and whatever it started. */
  readonly signal?: AbortSignal | undefined;
  /** What a failure is called; the command itself if there is none. */
  readonly what?: string;
};

const TAIL_LINES = 30;
const KILL_AFTER_MS = 5000;

/**
 * Runs a command to its end, in a process group of its own: Ctrl-C in a terminal then reaches only
 * this process, which stops everything in order.
 *
 * @throws Error with the tail of its output when it does not exit with 0; the signal's reason when
 * it was stopped, once the whole group is gone.
 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<string> {
  const { signal } = options;
  signal?.throwIfAborted();
  const log = options.logFile === undefined ? 'pipe' : openSync(options.logFile, 'a');
  const child = spawn(command, args, {
    env: options.env ?? process.env,
    stdio: ['ignore', log, log],
    detached: true,
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  });
  if (typeof log === 'number') closeSync(log);
  let output = '';
  child.stdout?.on('data', (data: Buffer) => {
    output += data.toString();
  });
  child.stderr?.on('data', (data: Buffer) => {
    output += data.toString();
  });
  let ended: Promise<void> | undefined;
  const onAbort = (): void => {
    ended = endGroup(child);
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => signal?.removeEventListener('abort', onAbort));
  await ended;
  signal?.throwIfAborted();
  if (code === 0) return output;
  const text = options.logFile === undefined ? output : readFileSync(options.logFile, 'utf8');
  const tail = text.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  const place = options.logFile === undefined ? '' : `; the whole log is ${options.logFile}`;
  const what = options.what ?? [command, ...args].join(' ');
  throw new Error(`${what} failed (exit code ${code})${place}:\n${tail}`);
}

/** Ends a process group that was started as `detached`: asks first, then kills. */
export async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (child.exitCode === null && child.signalCode === null) {
    signalGroup(child.pid, 'SIGTERM');
    await Promise.race([ended, sleep(KILL_AFTER_MS, undefined, { ref: false })]);
  }
  // What the leader started may outlive it.
  signalGroup(child.pid, 'SIGKILL');
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}

/** Whether there is a process of that id. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be signalled, but it lives.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A port of 127.0.0.1 that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
