import type { Command } from 'commander';
import { examples, type RequestOptions, withBroker, withJson, withRequest } from '../options.ts';
import { argumentsOf, savedFrom } from '../saved/saved-request.ts';
import { savedRequests } from '../saved/store.ts';
import { plain, type Terminal } from '../terminal.ts';
import { launcher, runsFromNpx } from './launcher.ts';
import {
  addProfile,
  type OurProfile,
  ourProfiles,
  profileFile,
  removeProfile,
  shadowedBy,
} from './profile.ts';

/** `profile add|list|remove`. */
export function addProfileCommands(program: Command, out: Terminal, err: Terminal): void {
  const profile = program
    .command('profile')
    .description('profiles of the AWS config file that get their keys from valetkey');
  const add = profile
    .command('add')
    .description('add a profile that gets its keys from valetkey; the rest of the file stays')
    .argument('<name>', 'name of the profile')
    .argument('<entitlement>', 'entitlement id (see valetkey list), or @NAME of a saved request')
    .option('--region <region>', 'Region of the profile')
    .option('--replace', 'replace where an existing profile gets its keys; its other settings stay')
    .action((name: string, entitlement: string, options: AddOptions, command: Command) => {
      // A saved request says all there is to say; the variable belongs to the shell.
      const ofShell = command.getOptionValueSource('broker') === 'env';
      const { broker: _, ...rest } = options;
      const chosen = options.saved !== undefined && ofShell ? rest : options;
      return addAndShow(name, entitlement, chosen, out, err);
    });
  examples(
    withJson(withBroker(withRequest(add))),
    'valetkey profile add releases artifacts-read -p prefix=releases/1 --reason "Daily report"',
    'valetkey profile add releases @release --region eu-central-1',
  );

  const list = profile
    .command('list')
    .alias('ls')
    .description('list the profiles that get their keys from valetkey')
    .action((options: Json) => listProfiles(options, out));
  examples(withJson(list), 'valetkey profile list');

  const remove = profile
    .command('remove')
    .description(
      'remove what valetkey wrote into a profile, and the profile if nothing else is in it',
    )
    .argument('<name>', 'name of the profile')
    .action((name: string, options: Json) => removeAndShow(name, options, out));
  examples(withJson(remove), 'valetkey profile remove releases');
}

type Json = { readonly json: boolean };
type AddOptions = RequestOptions & Json & { readonly region?: string; readonly replace?: boolean };

async function addAndShow(
  name: string,
  entitlement: string,
  options: AddOptions,
  out: Terminal,
  err: Terminal,
): Promise<void> {
  const request = savedFrom(entitlement, options);
  const added = { name, request, saved: options.saved, region: options.region };
  const replaced = await addProfile(added, launcher(), options.replace === true);
  const file = profileFile();
  if (options.json) out.json({ profile: name, file });
  else {
    out.print(
      `Wrote profile ${name} to ${file}. Try it: aws --profile ${name} sts get-caller-identity`,
    );
  }
  if (replaced.length > 0) err.print(`It replaces ${plain(replaced.join(', '))} of the profile.`);
  if (runsFromNpx()) err.print(NPX);
  const shadow = shadowedBy(name);
  if (shadow !== null) {
    err.print(`Static keys of [${name}] in ${shadow} take precedence. Remove them.`);
  }
}

function listProfiles({ json }: Json, out: Terminal): void {
  const all = ourProfiles();
  const saved = savedRequests();
  const requestOf = ({ saved: name }: OurProfile) =>
    name !== null && Object.hasOwn(saved, name) ? (saved[name] ?? null) : null;
  if (json) {
    const file = profileFile();
    out.json(
      all.map((one) => ({ profile: one.name, file, saved: one.saved, request: requestOf(one) })),
    );
    return;
  }
  if (all.length === 0) out.print(`No profile in ${profileFile()} gets its keys from valetkey.`);
  const width = Math.max(0, ...all.map(({ name }) => name.length));
  for (const one of all) {
    const request = requestOf(one);
    const missing = `its request is not saved any more: valetkey save ${one.saved} ENTITLEMENT`;
    const what =
      one.saved === null
        ? one.command
        : `@${one.saved}  ${request === null ? missing : argumentsOf(request)}`;
    out.print(`${out.paint('bold', one.name.padEnd(width))}  ${plain(what)}`);
  }
}

async function removeAndShow(name: string, { json }: Json, out: Terminal): Promise<void> {
  const saved = ourProfiles().find((ours) => ours.name === name)?.saved ?? null;
  const left = await removeProfile(name);
  if (json) {
    out.json({ profile: name, file: profileFile(), removed: true, left });
    return;
  }
  const rest = left.length === 0 ? '' : ` It still has ${plain(left.join(', '))}.`;
  out.print(`Removed the keys of profile ${name} from ${profileFile()}.${rest}`);
  if (saved !== null && Object.hasOwn(savedRequests(), saved)) {
    out.print(`Its request is still saved: valetkey saved remove ${saved}`);
  }
}

const NPX =
  'valetkey runs from the cache of npx, which npm may empty. Install it, and add the profile again.';
