import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inheritable } from '../emulator.ts';
import type { Scene } from './scene.ts';

const PROGRAM = fileURLToPath(new URL('../../cli/valetkey.ts', import.meta.url));

export type Ended = {
  /** Null where it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** Runs the command as the operator: with the AWS credentials of the broker's account. */
export async function valetkey(
  { stack, stateDir, signal }: Scene,
  args: readonly string[],
  { killAfterMs }: { readonly killAfterMs?: number } = {},
): Promise<Ended> {
  const { emulatorUrl, accountId, region } = stack.state;
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    signal,
    env: {
      ...inheritable(process.env),
      HOME: stateDir,
      AWS_ENDPOINT_URL: emulatorUrl,
      AWS_ACCESS_KEY_ID: accountId,
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: region,
    },
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (data: Buffer) => {
      said[name] += data.toString();
    });
  }
  const timer =
    killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(timer);
  return { code, ...said };
}
