import type { Command } from 'commander';
import { UsageError } from '../failure.ts';
import { requestGrant } from '../grants/commands.ts';
import { lastRequest } from '../grants/last-request.ts';
import {
  examples,
  type RequestOptions,
  type WaitingOptions,
  withBroker,
  withJson,
  withRequest,
  withWaiting,
} from '../options.ts';
import { fillIn } from '../saved/resolve.ts';
import { argumentsOf, savedFrom } from '../saved/saved-request.ts';
import { removeSaved, SAVE_HINT, savedRequests, saveRequest } from '../saved/store.ts';
import { plain, type Terminal } from '../terminal.ts';
import { run } from './commands.ts';
import { ourProfiles, profileFile } from './profile.ts';

/** `save`, `saved list|remove`, `again`: requests that need not be typed twice. */
export function addSavedCommands(program: Command, out: Terminal, err: Terminal): void {
  const save = program
    .command('save')
    .description('save a request by a name; other commands take @NAME for the entitlement')
    .argument('<name>', 'your name for the request')
    .argument('<entitlement>', 'entitlement id (see valetkey list), or another @NAME')
    .option('--replace', 'replace another request of that name')
    .action(async (name: string, entitlement: string, options: SaveOptions, command: Command) => {
      await saveAs(name, entitlement, options, command, out);
    });
  examples(
    withJson(withBroker(withRequest(save))),
    'valetkey save release artifacts-read -p prefix=releases/1 --for 30m --reason "Roll back"',
    'valetkey exec @release -- aws s3 ls s3://acme-artifacts/releases/1/',
    'valetkey exec @release -p prefix=releases/2 -- aws s3 ls s3://acme-artifacts/releases/2/',
  );

  const saved = program.command('saved').description('your saved requests');
  const list = saved
    .command('list')
    .alias('ls')
    .description('list your saved requests')
    .action((options: Json) => listSaved(options, out));
  examples(withJson(list), 'valetkey saved list');

  const remove = saved
    .command('remove')
    .description('remove a saved request')
    .argument('<name>', 'its name, with or without @')
    .action(async (given: string, { json }: Json) => {
      const name = given.replace(/^@/, '');
      refuseUsed(name);
      await removeSaved(name);
      if (json) out.json({ name, removed: true });
      else out.print(`Removed @${name}.`);
    });
  examples(withJson(remove), 'valetkey saved remove release');

  const again = program
    .command('again')
    .description('send your last request again; with a command, run it with keys as exec does')
    .argument('[command...]', 'the command, after --')
    .option('-y, --yes', 'send without confirmation')
    .action(
      (
        words: readonly string[],
        options: RequestOptions & WaitingOptions & Json,
        command: Command,
      ) => sendAgain(words, options, command, out, err),
    );
  examples(
    withJson(withBroker(withWaiting(withRequest(again)))),
    'valetkey again',
    'valetkey again --for 2h -- aws s3 ls s3://acme-artifacts/releases/1/',
  );
}

type Json = { readonly json: boolean };
type SaveOptions = RequestOptions & Json & { readonly replace?: boolean };

async function saveAs(
  name: string,
  entitlement: string,
  options: SaveOptions,
  command: Command,
  out: Terminal,
): Promise<void> {
  const { broker, ...rest } = options;
  // Not that of VALETKEY_BROKER: it belongs to the shell.
  const named = command.getOptionValueSource('broker') === 'env' ? undefined : broker;
  const request = savedFrom(entitlement, {
    ...rest,
    ...(named !== undefined && { broker: named }),
  });
  await saveRequest(name, request, options.replace === true);
  if (options.json) {
    out.json({ name, ...request });
    return;
  }
  out.print(`Saved @${name}: ${plain(argumentsOf(request))}`);
  out.print(`Use it:  valetkey exec @${name} -- COMMAND`);
}

function listSaved({ json }: Json, out: Terminal): void {
  const all = Object.entries(savedRequests()).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (json) {
    out.json(all.map(([name, request]) => ({ name, ...request })));
    return;
  }
  if (all.length === 0) out.print(`No requests are saved. ${SAVE_HINT}`);
  const width = Math.max(0, ...all.map(([name]) => name.length));
  for (const [name, request] of all) {
    out.print(`${out.paint('bold', `@${name}`.padEnd(width + 1))}  ${plain(argumentsOf(request))}`);
  }
}

/** @throws UsageError if a profile of the AWS config file would lose its request. */
function refuseUsed(name: string): void {
  const user = ourProfiles().find(({ saved }) => saved === name);
  if (user === undefined) return;
  throw new UsageError(
    `Profile "${plain(user.name)}" in ${profileFile()} uses @${name}.`,
    `Remove it first: valetkey profile remove ${plain(user.name)}`,
  );
}

async function sendAgain(
  words: readonly string[],
  options: RequestOptions & WaitingOptions & Json,
  command: Command,
  out: Terminal,
  err: Terminal,
): Promise<void> {
  const last = lastRequest();
  if (last === null) {
    throw new UsageError('There is no earlier request.', 'Send one: valetkey request ENTITLEMENT');
  }
  fillIn(command, last);
  if (words.length > 0) return run(last.entitlement, words, options, err);
  // As `request`, which waits only if it is told to.
  const { wait, ...rest } = options;
  return requestGrant(last.entitlement, wait === false ? { ...rest, wait } : rest, out, err);
}
