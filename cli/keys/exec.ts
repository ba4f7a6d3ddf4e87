import { type Grant, grant as grantSchema } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { Failure } from '../failure.ts';
import { plain, type Terminal } from '../terminal.ts';
import { shieldFromFiles } from './aws-files.ts';
import { endpointVariables, keyVariables, scrubbed } from './child-environment.ts';
import { credentialsEndpoint } from './endpoint.ts';
import { type Vended, vendUnder } from './obtain.ts';
import { renewingKeys } from './renewing.ts';
import { runChild } from './run-child.ts';

export type ExecOptions = {
  readonly command: readonly string[];
  /** Keys as variables instead of an endpoint: for tools that know nothing else. */
  readonly asVariables: boolean;
  /** Whether the grant is ended with the command. */
  readonly release: boolean;
  readonly quiet: boolean;
};

/**
 * Runs a command that fetches its keys from us as long as it lives. They are nowhere else: neither on
 * disk nor in its environment.
 *
 * @returns the command's exit code.
 */
export async function execWith(
  broker: Broker,
  vended: Vended,
  { command, asVariables, release, quiet }: ExecOptions,
  err: Terminal,
): Promise<number> {
  const { id } = vended.grant;
  const tell = (text: string): void => (quiet ? undefined : err.print(err.paint('dim', text)));
  const shield = asVariables ? null : shieldFromFiles();
  for (const file of shield?.passedOver ?? []) {
    tell(`valetkey: keys of the default profile in ${file} are passed over`);
  }
  const keys = renewingKeys(vended, () => vendUnder(broker, id));
  const endpoint = await credentialsEndpoint(keys.current);
  try {
    const how = asVariables ? keyVariables(vended.credentials) : endpointVariables(endpoint);
    return await runChild(command, {
      ...scrubbed(process.env, id),
      ...shield?.variables,
      ...how,
    });
  } finally {
    keys.stop();
    endpoint.close();
    shield?.remove();
    if (release) await releaseQuietly(broker, vended.grant, tell);
  }
}

/** The end of the command is the end of the grant; if the broker cannot be told, time is. */
async function releaseQuietly(
  broker: Broker,
  { id, expiresAt }: Grant,
  tell: (text: string) => void,
): Promise<void> {
  try {
    const reason = 'the command ended';
    const ended = await broker.post(`/v1/grants/${id}/revoke`, { reason }, grantSchema);
    const mine = ended.endReason?.startsWith('released by the requester') === true;
    if (!mine)
      tell(plain(`valetkey: ${id} was ended meanwhile: ${ended.endReason ?? ended.status}`));
  } catch (error) {
    const why = error instanceof Failure ? error.message : 'unknown error';
    tell(plain(`valetkey: ${id} was not released (${why}) It ends at ${expiresAt ?? 'its time'}.`));
  }
}
