import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { endGroup, freePort } from './process.ts';

/** The emulator's own account, and the Region of everything on it. */
export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';

const PROGRAM = fileURLToPath(new URL('emulator.py', import.meta.url));
const READY_WITHIN_MS = 60_000;
const LOOPBACK = '127.0.0.1,localhost';

/** Variables that change how AWS clients, the emulator or its Lambdas run. */
const NOT_INHERITED = /^(AWS_|MINISTACK_|LAMBDA_|SFN_|PYTHON|NODE_|(PERSIST_STATE|USE_SSL)$)/;

export type Emulator = { readonly url: string; readonly stop: () => Promise<void> };

/**
 * Starts the emulator with IAM enforced, on a free port of 127.0.0.1. It ends with this process,
 * however this process ends.
 *
 * @throws Error if it does not answer in time.
 */
export async function startEmulator(python: string, stateDir: string): Promise<Emulator> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(stateDir, 'emulator.log');
  const log = openSync(logFile, 'w');
  const child = spawn(python, ['-I', PROGRAM, stateDir], {
    stdio: ['pipe', log, log],
    detached: true,
    env: {
      ...inheritable(process.env),
      // The emulator runs Lambdas on the first node of the PATH: this one.
      PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
      AUTH: 'true',
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      IOT_MTLS_ENABLED: '0',
      MINISTACK_ACCOUNT_ID: ACCOUNT,
      TMPDIR: temporaryFolder(stateDir),
    },
  });
  closeSync(log);
  const stop = (): Promise<void> => endGroup(child);
  try {
    await ready(url, child, logFile);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

/**
 * The folder in which the emulator unpacks Lambdas. Its own worker script is CommonJS, but below
 * this project's package.json it would count as an ES module.
 */
function temporaryFolder(stateDir: string): string {
  const folder = join(stateDir, 'tmp');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}');
  return folder;
}

/** The environment without what sends AWS clients elsewhere or changes how the emulator runs. */
export function inheritable(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !NOT_INHERITED.test(name));
  return { ...Object.fromEntries(kept), NO_PROXY: LOOPBACK, no_proxy: LOOPBACK };
}

async function ready(url: string, child: ChildProcess, logFile: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(`${url}/_ministack/health`).catch(() => null);
    if (answer?.ok === true) return;
    await sleep(100);
  }
  const tail = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
  throw new Error(`The emulator did not start. The end of its log (${logFile}):\n${tail}`);
}
