import { type Grant, grant as grantSchema } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { EXIT, Failure } from '../failure.ts';
import { type Interruption, interruptible } from '../grants/interruption.ts';
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
  options: ExecOptions,
  heard: Interruption,
  err: Terminal,
): Promise<number> {
  const tell: Terminal['tell'] = (text, facts) =>
    options.quiet ? undefined : err.tell(text === null ? null : err.paint('dim', text), facts);
  tell(null, { grant: vended.grant });
  try {
    return await runWithKeys(broker, vended, options, heard, tell);
  } finally {
    // Whatever went wrong; and an impatient second Ctrl-C must not leave the grant behind.
    if (options.release) await interruptible(() => releaseQuietly(broker, vended.grant, tell));
  }
}

async function runWithKeys(
  broker: Broker,
  vended: Vended,
  { command, asVariables }: ExecOptions,
  heard: Interruption,
  tell: Terminal['tell'],
): Promise<number> {
  const { id } = vended.grant;
  const shield = asVariables ? null : shieldFromFiles();
  for (const file of shield?.passedOver ?? []) {
    tell(`valetkey: keys of the default profile in ${file} are passed over`, { passedOver: file });
  }
  const keys = renewingKeys(vended, () => vendUnder(broker, id));
  const endpoint = await credentialsEndpoint(keys.current);
  try {
    const how = asVariables ? keyVariables(vended.credentials) : endpointVariables(endpoint);
    if (heard.signal.aborted) return EXIT.interrupted;
    const env = { ...scrubbed(process.env, id), ...shield?.variables, ...how };
    const ended = runChild(command, env);
    // From here on signals are the command's.
    heard.end();
    return await ended;
  } finally {
    keys.stop();
    endpoint.close();
    shield?.remove();
  }
}

/** The end of the command is the end of the grant; if the broker cannot be told, time is. */
async function releaseQuietly(
  broker: Broker,
  { id, expiresAt }: Grant,
  tell: Terminal['tell'],
): Promise<void> {
  try {
    const reason = 'the command ended';
    const ended = await broker.post(`/v1/grants/${id}/revoke`, { reason }, grantSchema);
    const mine = ended.endReason?.startsWith('released by the requester') === true;
    const meanwhile = plain(
      `valetkey: ${id} was ended meanwhile: ${ended.endReason ?? ended.status}`,
    );
    tell(mine ? null : meanwhile, { grant: ended });
  } catch (error) {
    const why = error instanceof Failure ? error.message : 'unknown error';
    const end = expiresAt ?? 'its time';
    const left = { notReleased: id, error: why, expiresAt };
    tell(plain(`valetkey: ${id} was not released (${why}) It ends at ${end}.`), left);
  }
}
