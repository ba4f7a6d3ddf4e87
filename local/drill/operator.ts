import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inheritable } from '../emulator.ts';
import { people, type Scene } from './scene.ts';

const PROGRAM = fileURLToPath(new URL('../../cli/valetkey.ts', import.meta.url));

export type Ended = {
  /** Null where it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/**
 * Runs the command as an operator of the security team, with the AWS credentials of the broker's account.
 *
 * @param killed Kills the command.
 */
export async function valetkey(
  scene: Scene,
  args: readonly string[],
  { killed }: { readonly killed?: AbortSignal } = {},
): Promise<Ended> {
  const { stack, stateDir, signal } = scene;
  const { apiUrl, emulatorUrl, accountId, region } = stack.state;
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    signal,
    env: {
      ...inheritable(process.env),
      HOME: stateDir,
      VALETKEY_HOME: `${stateDir}/operator`,
      VALETKEY_BROKER: apiUrl,
      VALETKEY_TOKEN: await people(scene).zoe(),
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
  killed?.addEventListener('abort', () => child.kill('SIGKILL'), { once: true });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, ...said };
}
