import { realpathSync } from 'node:fs';
import { Argument, type Command } from 'commander';
import { formatDuration } from '../../core/duration.ts';
import { addProfile, shadowedBy } from '../credentials/profile.ts';
import { examples, type RequestOptions, withBroker, withJson, withRequest } from '../options.ts';
import type { Terminal } from '../terminal.ts';
import { addBrokersCommands } from './brokers-commands.ts';
import { COMPLETION_SHELLS, completionScript } from './completion.ts';
import { configure } from './configure.ts';
import { doctor } from './doctor.ts';

/** Commands for the set-up: brokers, profiles, shell completion and diagnosis. */
export function addSetUpCommands(program: Command, out: Terminal, err: Terminal): void {
  const configureCommand = program
    .command('configure')
    .description('add a broker by its URL')
    .argument('[url]', 'URL of the broker')
    .option('--name <name>', 'your name for the broker, if you use several')
    .option('--default', 'use this broker when no other is named')
    .action((url, options) => configure(url, options, out));
  examples(
    withJson(configureCommand),
    'valetkey configure https://valetkey.acme.example',
    'valetkey configure https://valetkey-test.acme.example --name test',
  );

  addBrokersCommands(program, out);

  const doctorCommand = program
    .command('doctor')
    .description('check clock, network, sign-in and AWS settings, and suggest fixes')
    .action(async (options) => {
      if (!(await doctor(options, out))) process.exitCode = 1;
    });
  examples(withJson(withBroker(doctorCommand)), 'valetkey doctor');

  const profile = program.command('profile').description('profiles of the AWS config file');
  const add = profile
    .command('add')
    .description('add a profile that gets its keys from valetkey; the rest of the file stays')
    .argument('<name>', 'name of the profile')
    .argument('<entitlement>', 'entitlement id (see valetkey list)')
    .option('--region <region>', 'Region of the profile')
    .option('--replace', 'replace an existing profile of that name')
    .action((name: string, entitlement: string, options) => {
      const args = [entitlement, ...argumentsOf(options)];
      const added = { name, args, region: options.region };
      const path = addProfile(added, [process.execPath, SCRIPT], options.replace === true);
      if (options.json) out.json({ profile: name, file: path });
      else {
        out.print(
          `Wrote profile ${name} to ${path}. Try it: aws --profile ${name} sts get-caller-identity`,
        );
      }
      const shadow = shadowedBy(name);
      if (shadow !== null) {
        err.print(`Static keys of [${name}] in ${shadow} take precedence. Remove them.`);
      }
    });
  examples(
    withJson(withBroker(withRequest(add))),
    'valetkey profile add releases artifacts-read -p prefix=releases/1 --reason "Daily report"',
  );

  const completion = program
    .command('completion')
    .description('print a completion script')
    .addArgument(new Argument('<shell>', 'your shell').choices(COMPLETION_SHELLS))
    .action((shell) => out.print(completionScript(shell)));
  examples(
    completion,
    'valetkey completion bash >> ~/.bashrc',
    'valetkey completion zsh >> ~/.zshrc',
    'valetkey completion fish > ~/.config/fish/completions/valetkey.fish',
  );
  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .helpOption(false)
    .action(async (words: readonly string[]) => {
      const { complete } = await import('./complete.ts');
      for (const word of await complete(program, words)) out.print(word);
      // A call that is still under way would keep the shell waiting.
      process.stdout.write('', () => process.exit(0));
    });
}

/** The running script, which the profile will run. */
const SCRIPT = realpathSync(process.argv[1] ?? '');

function argumentsOf(options: RequestOptions): readonly string[] {
  const repeated = (flag: string, values: readonly string[]) =>
    values.flatMap((value) => [flag, value]);
  const one = (flag: string, value: string | undefined) =>
    value === undefined ? [] : [flag, value];
  return [
    ...repeated(
      '-p',
      Object.entries(options.parameter ?? {}).map(([name, value]) => `${name}=${value}`),
    ),
    ...one('--for', options.for === undefined ? undefined : formatDuration(options.for)),
    ...one('--reason', options.reason),
    ...one('--ticket', options.ticket),
    ...repeated('--action', options.action ?? []),
    ...repeated('--resource', options.resource ?? []),
    ...one('--broker', options.broker),
  ];
}
