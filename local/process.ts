import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type RunOptions = {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** The file to which its output is appended. Default: the output is returned. */
  readonly logFile?: string;
  /** Ends the command and everything that it started. */
  readonly signal?: AbortSignal | undefined;
  /** What error messages call the command. Default: the command line. */
  readonly what?: string;
};

const TAIL_LINES = 30;
const KILL_AFTER_MS = 5000;

/**
 * Runs a command to its end in its own process group: Ctrl-C in a terminal then reaches only this
 * process, which stops everything in order.
 *
 * @throws Error with the end of its output if it does not exit with 0; the reason of the signal if
 * it was stopped, once the whole group has ended.
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
  const place = options.logFile === undefined ? '' : `; the full log is ${options.logFile}`;
  const what = options.what ?? [command, ...args].join(' ');
  throw new Error(`${what} failed (exit code ${code})${place}:\n${tail}`);
}

/** Ends a process group that was started as `detached`: with SIGTERM first, then with SIGKILL. */
export async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (child.exitCode === null && child.signalCode === null) {
    signalGroup(child.pid, 'SIGTERM');
    await Promise.race([ended, sleep(KILL_AFTER_MS, undefined, { ref: false })]);
  }
  // Processes that the leader started may outlive it.
  signalGroup(child.pid, 'SIGKILL');
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // No process is left in the group.
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
