import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import spawn from 'cross-spawn';
import { codeOf, Failure } from '../failure.ts';
import { inForeground } from './foreground.ts';

/** A terminal sends these to its whole foreground: to the child as well. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];
const PASSED_ON: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'];

/**
 * Runs a command on our terminal, passes signals on and waits for its end. On Windows cross-spawn finds
 * commands such as `npm`, which are `.cmd` files there that Node starts only through a shell
 * (CVE-2024-27980), and escapes their arguments.
 *
 * @returns its exit code, or 128 plus the number of the signal that ended it, as in shells.
 * @throws Failure (126, 127) if it cannot be started.
 */
export function runChild(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    // Registered before the child starts: a signal in between would end us and orphan the child.
    let child: ChildProcess | null = null;
    const handlers = new Map<NodeJS.Signals, () => void>();
    for (const signal of PASSED_ON) handlers.set(signal, () => child?.kill(signal));
    for (const signal of FROM_TERMINAL) {
      handlers.set(signal, () => {
        if (!inForeground()) child?.kill(signal);
      });
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
    missing ? `${program}: command not found.` : `Cannot run ${program} (${codeOf(error)}).`,
    'The command is everything after --.',
  );
}
