import { Argument, type Command } from 'commander';
import { addProfileCommands } from '../credentials/profile-commands.ts';
import { examples, withBroker, withJson } from '../options.ts';
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

  addProfileCommands(program, out, err);

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
