import { type Home, newHome } from '../../support/run-command.ts';
import { person, stack } from '../support.ts';

/** A person at a shell: the broker is configured, the token is in the environment. */
export async function shellOf(groups: readonly string[], claims: object = {}): Promise<Home> {
  const token = await person(groups, claims);
  const home = newHome();
  const env = {
    VALETKEY_TOKEN: token,
    VALETKEY_BROKER: stack().apiUrl,
    AWS_ENDPOINT_URL: stack().emulatorUrl,
    AWS_REGION: stack().region,
  };
  return {
    ...home,
    env: { ...home.env, ...env },
    run: (args, more) => home.run(args, { ...env, ...more }),
    start: (args, more) => home.start(args, { ...env, ...more }),
  };
}

/** What `artifacts-read` is asked for with. */
export const ARTIFACTS_ARGS = [
  ...['artifacts-read', '-p', 'prefix=releases/1', '--for', '15m', '--reason', 'a test'],
];

export function json<T = Record<string, unknown>>(text: string): T {
  return JSON.parse(text) as T;
}
