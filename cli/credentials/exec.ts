import { type Grant, grant as grantSchema } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { EXIT, Failure } from '../failure.ts';
import { type Interruption, interruptible } from '../grants/interruption.ts';
import { plain, type Terminal } from '../terminal.ts';
import { shieldFromFiles } from './aws-files.ts';
import { credentialVariables, endpointVariables, scrubbed } from './child-environment.ts';
import { credentialsEndpoint } from './endpoint.ts';
import { type Vended, vendUnder } from './obtain.ts';
import { renewingCredentials } from './renewing.ts';
import { runChild } from './run-child.ts';

export type ExecOptions = {
  readonly command: readonly string[];
  /** Pass credentials as variables instead of an endpoint, for tools that support nothing else. */
  readonly asVariables: boolean;
  /** Whether to end the grant when the command ends. */
  readonly release: boolean;
  readonly quiet: boolean;
};

/**
 * Runs a command that fetches its credentials from this process while it runs. They are neither on disk
 * nor in its environment.
 *
 * @returns the command's exit code.
 */
export async function execWith(
  broker: Broker,
  vended: Vended,
  options: ExecOptions,
  interruption: Interruption,
  err: Terminal,
): Promise<number> {
  const note: Terminal['note'] = (text, facts) =>
    options.quiet ? undefined : err.note(text === null ? null : err.paint('dim', text), facts);
  note(null, { grant: vended.grant });
  try {
    return await runWithCredentials(broker, vended, options, interruption, note);
  } finally {
    // Also after an error; and Ctrl-C during the release must not leave the grant active.
    if (options.release) await interruptible(() => release(broker, vended.grant, note));
  }
}

async function runWithCredentials(
  broker: Broker,
  vended: Vended,
  { command, asVariables }: ExecOptions,
  interruption: Interruption,
  note: Terminal['note'],
): Promise<number> {
  const { id } = vended.grant;
  const shield = asVariables ? null : shieldFromFiles();
  for (const file of shield?.passedOver ?? []) {
    note(`valetkey: hiding the keys of the default profile in ${file}`, { passedOver: file });
  }
  const renewing = renewingCredentials(vended, () => vendUnder(broker, id));
  const endpoint = await credentialsEndpoint(renewing.current);
  try {
    const access = asVariables
      ? credentialVariables(vended.credentials)
      : endpointVariables(endpoint);
    if (interruption.signal.aborted) return EXIT.interrupted;
    const env = { ...scrubbed(process.env, id), ...shield?.variables, ...access };
    const exitCode = runChild(command, env);
    // From here on the command handles signals.
    interruption.end();
    return await exitCode;
  } finally {
    renewing.stop();
    endpoint.close();
    shield?.remove();
  }
}

/** Only warns if the broker cannot be reached: the grant then ends at its expiry. */
async function release(
  broker: Broker,
  { id, expiresAt }: Grant,
  note: Terminal['note'],
): Promise<void> {
  try {
    const reason = 'the command ended';
    const ended = await broker.post(`/v1/grants/${id}/revoke`, { reason }, grantSchema);
    const released = ended.endReason?.startsWith('released by the requester') === true;
    const message = `valetkey: ${id} had already ended: ${ended.endReason ?? ended.status}`;
    note(released ? null : plain(message), { grant: ended });
  } catch (error) {
    const why = error instanceof Failure ? error.message : 'Unknown error.';
    const facts = { notReleased: id, error: why, expiresAt };
    const end = expiresAt === null ? '' : ` It ends at ${expiresAt}.`;
    note(plain(`valetkey: could not release ${id}: ${why}${end}`), facts);
  }
}
