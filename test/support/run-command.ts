import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMPILE_CACHE } from './compile-cache.ts';
import { packedCommand } from './packed-command.ts';

/** Runs the real command, as it is packed, in its own process and its own home folder. */

type Finished = { readonly code: number; readonly out: string; readonly err: string };

type Running = {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Waits until its output matches. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
};

export type Home = {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly run: (args: readonly string[], env?: Env, input?: string) => Promise<Finished>;
  /** With another current folder. */
  readonly runIn: (cwd: string, args: readonly string[], env?: Env) => Promise<Finished>;
  readonly start: (args: readonly string[], env?: Env, input?: string) => Running;
  readonly remove: () => void;
};

type Env = Readonly<Record<string, string>>;

/**
 * @param command the program and its first arguments; default: the packed command, run with the tests' Node
 */
export function newHome(command: readonly string[] = [process.execPath, packedCommand()]): Home {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-home-'));
  const own = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    VALETKEY_HOME: join(folder, 'valetkey'),
    AWS_CONFIG_FILE: join(folder, 'aws-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'aws-credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    ...COMPILE_CACHE,
  };
  const startIn = (cwd: string, args: readonly string[], env: Env = {}, input = ''): Running => {
    const [program = '', ...first] = command;
    const child = spawn(program, [...first, ...args], {
      cwd,
      env: { ...own, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      // Without the terminal of whoever runs the tests, whose Ctrl-C would reach its commands as well.
      detached: true,
    });
    // A command that ends before it has read is no failure of the test.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    return watch(child);
  };
  const start = (args: readonly string[], env: Env = {}, input = ''): Running =>
    startIn(folder, args, env, input);
  return {
    folder,
    env: own,
    start,
    runIn: (cwd, args, env) => startIn(cwd, args, env).finished,
    run: (args, env, input) => start(args, env, input).finished,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function watch(child: ChildProcess): Running {
  let out = '';
  let err = '';
  const listeners = new Set<() => void>();
  const hear = (add: (text: string) => void) => (data: Buffer) => {
    add(data.toString());
    for (const listener of listeners) listener();
  };
  child.stdout?.on(
    'data',
    hear((text) => (out += text)),
  );
  child.stderr?.on(
    'data',
    hear((text) => (err += text)),
  );
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ code: code ?? (signal === null ? -1 : -2), out, err });
      for (const listener of listeners) listener();
    });
  });
  const says = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(`${out}\n${err}`);
        if (found === null && child.exitCode === null) return;
        listeners.delete(look);
        if (found !== null) resolve(found);
        else reject(new Error(`the command ended without ${pattern}: ${out}${err}`));
      };
      listeners.add(look);
      look();
    });
  return { child, finished, says };
}
