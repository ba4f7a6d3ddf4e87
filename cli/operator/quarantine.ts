import type { Command } from 'commander';
import * as z from 'zod/mini';
import { type Broker, Refusal } from '../broker/client.ts';
import { EXIT, Failure } from '../failure.ts';
import { examples, withBroker, withJson } from '../options.ts';
import { signedIn } from '../sign-in/bearer.ts';
import { plain, type Terminal } from '../terminal.ts';

const actor = z.union([z.string(), z.looseObject({ id: z.string(), name: z.string() })]);

export const quarantineState = z.looseObject({
  quarantine: z.nullable(
    z.looseObject({
      cause: z.string(),
      since: z.nullable(z.string()),
      by: actor,
      reason: z.string(),
      release: z.nullable(z.looseObject({ by: actor, at: z.string() })),
      deployed: z.boolean(),
    }),
  ),
});

export type QuarantineState = z.infer<typeof quarantineState>;

type Options = { readonly broker?: string; readonly json: boolean };

/** `valetkey quarantine`: shows it, begins it, asks to end it. */
export function addQuarantine(program: Command, out: Terminal): void {
  const show = (state: QuarantineState, { json }: Options): void =>
    json ? out.json(state) : showQuarantine(out, state);
  const group = program
    .command('quarantine')
    .description('show whether the broker is in quarantine, in which it gives no access')
    .action(async (options: Options) => {
      show(await readQuarantine(signedIn(options.broker)), options);
    });
  examples(withJson(withBroker(group)), 'valetkey quarantine');
  const begin = group
    .command('begin')
    .description('stop all new access, if you may administer the broker')
    .requiredOption('--reason <text>', 'why, for everybody who is refused meanwhile')
    .action(async ({ reason }: { readonly reason: string }, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const broker = signedIn(options.broker);
      show(await broker.post('/v1/quarantine', { reason }, quarantineState), options);
    });
  examples(withJson(withBroker(begin)), 'valetkey quarantine begin --reason "A token was stolen"');
  const release = group
    .command('release')
    .description('ask to end the quarantine; the second person who asks ends it')
    .option('--comment <text>', 'for the audit trail')
    .action(async ({ comment }: { readonly comment?: string }, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const broker = signedIn(options.broker);
      const body = comment === undefined ? {} : { comment };
      show(await broker.post('/v1/quarantine/release', body, quarantineState), options);
    });
  examples(
    withJson(withBroker(release)),
    'valetkey quarantine release --comment "All tokens are new"',
  );
}

export function readQuarantine(broker: Broker): Promise<QuarantineState> {
  return broker.get('/v1/quarantine', quarantineState);
}

/** Null also from a broker that is older than quarantines, or does not answer, which other calls tell. */
export async function quarantineIfKnown(broker: Broker): Promise<QuarantineState['quarantine']> {
  try {
    return (await readQuarantine(broker)).quarantine;
  } catch (error) {
    if (error instanceof Refusal && error.problem.status === 404) return null;
    if (error instanceof Failure && error.exitCode === EXIT.unreachable) return null;
    throw error;
  }
}

/** What whoever asks for something else has to know, beside its answer. */
export async function noteQuarantine(broker: Broker, err: Terminal): Promise<void> {
  const quarantine = await quarantineIfKnown(broker);
  if (quarantine === null) return;
  const says = `The broker gives no access now: ${quarantine.reason} (see: valetkey quarantine)`;
  err.print(plain(says));
}

export function showQuarantine(out: Terminal, { quarantine }: QuarantineState): void {
  if (quarantine === null) {
    out.print('The broker is not in quarantine.');
    return;
  }
  const { since, by, reason, release, deployed } = quarantine;
  out.print(
    plain(
      `The broker is in quarantine${since === null ? '' : ` since ${since}`}, by ${nameOf(by)}: ${reason}`,
    ),
  );
  out.print('It gives no access, and ends nothing by itself. Revoking and suspending work.');
  if (deployed)
    out.print('It is deployed like this: deploy it without -c recovery=on or standby first.');
  else if (release === null) out.print('Two people end it: valetkey quarantine release');
  else {
    const who = plain(nameOf(release.by));
    out.print(`${who} asked to end it at ${release.at}. Another person ends it:`);
    out.print('  valetkey quarantine release');
  }
}

function nameOf(by: z.infer<typeof actor>): string {
  return typeof by === 'string' ? 'the broker' : by.name;
}
