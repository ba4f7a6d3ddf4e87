import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import spawn from 'cross-spawn';
import { codeOf, Failure } from '../failure.ts';

/** What a terminal sends to both of us anyway, so that only others' signals are passed on. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];
const PASSED_ON: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'];

/**
 * Runs a command with our terminal, and outlives it whatever signal comes. On Windows cross-spawn finds
 * `npm` and the like, which are `.cmd` files there and which Node starts only by a shell
 * (CVE-2024-27980), and escapes the arguments for it.
 *
 * @returns its exit code, or 128 and the number of the signal that ended it, as shells say it.
 * @throws Failure (126, 127) where it cannot be started.
 */
export function runChild(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    // Before the child is there: a signal in between would end us, and leave the child alone.
    let child: ChildProcess | null = null;
    const handlers = new Map<NodeJS.Signals, () => void>();
    for (const signal of [...FROM_TERMINAL, ...PASSED_ON]) {
      const shared = FROM_TERMINAL.includes(signal) && process.stdin.isTTY === true;
      handlers.set(signal, () => (shared ? undefined : child?.kill(signal)));
    }
    for (const [signal, handler] of handlers) process.on(signal, handler);
    child = spawn(program, args, { stdio: 'inherit', env });
    const done = (): void => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
    };
    child.once('error', (error) => {
      done();
      reject(notStarted(program, error));
    });
    child.once('exit', (code, signal) => {
      done();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

function notStarted(program: string, error: Error): Failure {
  const missing = codeOf(error) === 'ENOENT';
  return new Failure(
    missing ? 'notFound' : 'cannotRun',
    missing ? `${program}: command not found.` : `${program} cannot be run (${codeOf(error)}).`,
    'Everything after -- is the command.',
  );
}
