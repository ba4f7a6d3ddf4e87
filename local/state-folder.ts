import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../adapters/processes/is-alive.ts';

/** The folder of a stack: one stack at a time, which clients find by its `local.json`. */

/** `.valetkey/local.json`: what clients of the local stack need to know. */
export type LocalState = {
  readonly apiUrl: string;
  readonly issuers: Readonly<Record<string, string>>;
  readonly emulatorUrl: string;
  readonly tableName: string;
  readonly stateMachineArn: string;
  readonly region: string;
  readonly accountId: string;
  readonly pid: number;
};

export type StateFolder = {
  /** Writes `local.json`: the stack is ready. */
  readonly publish: (state: LocalState) => void;
  /** Removes `local.json`: the stack stops. */
  readonly withdraw: () => void;
  /** Another stack may start here, unless this one was published. */
  readonly endStart: () => void;
};

/**
 * Claims the folder for a start.
 *
 * @throws Error if another stack runs or starts there.
 */
export function claimStateFolder(stateDir: string): StateFolder {
  const stateFile = join(stateDir, 'local.json');
  const claim = join(stateDir, 'starting.pid');
  refuseSecondStack(stateFile, claim);
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(claim, JSON.stringify({ pid: process.pid }), { flag: 'wx' });
  return {
    publish: (state) => {
      writeFileSync(`${stateFile}.new`, `${JSON.stringify(state, null, 2)}\n`);
      renameSync(`${stateFile}.new`, stateFile);
    },
    withdraw: () => rmSync(stateFile, { force: true }),
    endStart: () => rmSync(claim, { force: true }),
  };
}

/** Removes the files of a stack that was killed; refuses to start beside one that lives. */
function refuseSecondStack(...files: readonly string[]): void {
  for (const file of files) {
    const pid = pidIn(file);
    if (pid !== null && isAlive(pid)) {
      throw new Error(
        `A local stack (process ${pid}) is already running here (${file}). Stop it with Ctrl-C, or start another one with VALETKEY_STATE=<another folder>.`,
      );
    }
    rmSync(file, { force: true });
  }
}

function pidIn(file: string): number | null {
  try {
    const { pid } = JSON.parse(readFileSync(file, 'utf8')) as { readonly pid?: unknown };
    return typeof pid === 'number' && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

/**
 * What a running stack has published.
 *
 * @throws Error where none runs
 */
export function readState(stateDir: string): LocalState {
  const file = join(stateDir, 'local.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as LocalState;
  throw new Error(`No local stack runs here (${file} is missing). Start it with: npm run local`);
}
