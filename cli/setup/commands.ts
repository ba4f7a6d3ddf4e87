import { realpathSync } from 'node:fs';
import { Argument, type Command } from 'commander';
import { formatDuration } from '../../core/duration.ts';
import { addProfile, shadowedBy } from '../credentials/profile.ts';
import { examples, type RequestOptions, withBroker, withJson, withRequest } from '../options.ts';
import type { Terminal } from '../terminal.ts';
import { COMPLETION_SHELLS, candidates, completionScript } from './completion.ts';
import { configure } from './configure.ts';
import { doctor } from './doctor.ts';

/** What is done once: the broker, profiles, completion; and a look at what is wrong. */
export function addSetUpCommands(program: Command, out: Terminal, err: Terminal): void {
  const configureCommand = program
    .command('configure')
    .description('remember a broker: its URL is all that is needed')
    .argument('[url]')
    .option('--name <name>', 'a name of yours for it, where there are several')
    .option('--default', 'take it where no other is named')
    .action((url, options) => configure(url, options, out));
  examples(
    withJson(configureCommand),
    'valetkey configure https://valetkey.acme.example',
    'valetkey configure https://valetkey-test.acme.example --name test',
  );

  const doctorCommand = program
    .command('doctor')
    .description('look at clock, network, sign-in and AWS settings, and say what to mend')
    .action(async (options) => {
      if (!(await doctor(options, out))) process.exitCode = 1;
    });
  examples(withJson(withBroker(doctorCommand)), 'valetkey doctor');

  const profile = program.command('profile').description('profiles of the AWS config file');
  const add = profile
    .command('add')
    .description('write a profile that gets its keys from valetkey; the rest of the file stays')
    .argument('<name>', 'of the profile')
    .argument('<entitlement>')
    .option('--region <region>', 'its Region')
    .option('--replace', 'also where there is one of that name')
    .action((name: string, entitlement: string, options) => {
      const args = [entitlement, ...argumentsOf(options)];
      const written = { name, args, region: options.region };
      const path = addProfile(written, [process.execPath, SCRIPT], options.replace === true);
      if (options.json) out.json({ profile: name, file: path });
      else
        out.print(
          `Wrote ${name} to ${path}. Try it: aws --profile ${name} sts get-caller-identity`,
        );
      const shadow = shadowedBy(name);
      if (shadow !== null)
        err.print(`Static keys of [${name}] in ${shadow} win over it: remove them.`);
    });
  examples(
    withJson(withBroker(withRequest(add))),
    'valetkey profile add releases artifacts-read -p prefix=releases/1 --reason "Daily report"',
  );

  const completion = program
    .command('completion')
    .description('print a completion script')
    .addArgument(new Argument('<shell>').choices(COMPLETION_SHELLS))
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
    .action((words: readonly string[]) => {
      for (const word of candidates(program, words)) out.print(word);
    });
}

/** The script that runs now, which the profile will run. */
const SCRIPT = realpathSync(process.argv[1] ?? '');

function argumentsOf(options: RequestOptions): readonly string[] {
  const repeated = (flag: string, values: readonly string[]) => values.flatMap((it) => [flag, it]);
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
