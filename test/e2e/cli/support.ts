import { type Home, newHome } from '../../support/run-command.ts';
import { person, stack } from '../support.ts';

/** The shell of a person: the broker and the token are in the environment. */
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

/** A request for `artifacts-read` that policy allows at once. */
export const ARTIFACTS_ARGS = [
  'artifacts-read',
  '-p',
  'prefix=releases/1',
  '--for',
  '15m',
  '--reason',
  'a test',
];

export function json<T = Record<string, unknown>>(text: string): T {
  return JSON.parse(text) as T;
}
