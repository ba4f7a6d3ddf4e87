import { type Grant, grant as grantSchema } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { EXIT, Failure } from '../failure.ts';
import { type Interruption, interruptible } from '../grants/interruption.ts';
import { plain, type Terminal } from '../terminal.ts';
import {
  credentialVariables,
  endpointVariables,
  grantVariables,
  regionVariables,
  scrubbed,
} from './child-environment.ts';
import { childFiles, type UsersFiles } from './child-files.ts';
import { credentialsEndpoint, verifyEndpoint } from './endpoint.ts';
import { type Vended, vendUnder } from './obtain.ts';
import { recorderOf } from './recorder.ts';
import { renewingCredentials } from './renewing.ts';
import { runChild } from './run-child.ts';

export type ExecOptions = {
  readonly command: readonly string[];
  /** What the command keeps of the user's AWS files. */
  readonly files: UsersFiles;
  /** Pass credentials as variables instead of an endpoint, for tools that support nothing else. */
  readonly asVariables: boolean;
  /** Whether to end the grant when the command ends. */
  readonly release: boolean;
  readonly quiet: boolean;
  /** A new file for what is needed to learn from the run later. */
  readonly record: string | null;
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
  { command, asVariables, files, record }: ExecOptions,
  interruption: Interruption,
  note: Terminal['note'],
): Promise<number> {
  const { grant } = vended;
  tellWhatIsHidden(files, grant, note);
  const own = childFiles(files);
  const recorder = recorderOf(vended, record, note);
  const renewing = renewingCredentials(vended, async () =>
    recorder.seen(await vendUnder(broker, grant.id)),
  );
  const endpoint = await credentialsEndpoint(renewing.current);
  try {
    if (!asVariables) await verifyEndpoint(endpoint, renewing.current);
    if (interruption.signal.aborted) return EXIT.interrupted;
    recorder.begin();
    const exitCode = runChild(command, {
      ...scrubbed(process.env),
      ...regionVariables(process.env, files.carried.region),
      ...grantVariables(grant),
      ...own.variables,
      ...(asVariables ? credentialVariables(vended.credentials) : endpointVariables(endpoint)),
    });
    // From here on the command handles signals.
    interruption.end();
    return await exitCode;
  } finally {
    recorder.end();
    renewing.stop();
    endpoint.close();
    tellWhatIsLost(own.changes(), note);
    own.remove();
  }
}

function tellWhatIsHidden({ hidden }: UsersFiles, grant: Grant, note: Terminal['note']): void {
  const outer = process.env['VALETKEY_GRANT'];
  if (outer) {
    const text = `valetkey: this is within exec of ${outer}; the command gets the keys of ${grant.id}`;
    note(plain(text), { within: outer, grant: grant.id });
  }
  for (const file of hidden.files) {
    note(plain(`valetkey: hiding the keys in ${file} from the command`), { passedOver: file });
  }
  if (hidden.leftOut.length > 0) {
    const names = hidden.leftOut.join(', ');
    note(plain(`valetkey: the command does not get these AWS settings: ${names}`), {
      leftOut: hidden.leftOut,
    });
  }
}

function tellWhatIsLost(lost: readonly string[], note: Terminal['note']): void {
  if (lost.length === 0) return;
  const text = `valetkey: the command set ${lost.join(', ')} in AWS files that were only its own; set it again outside of exec to keep it`;
  note(plain(text), { lost });
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
