import { Command, CommanderError } from 'commander';
import { addCiCommands } from './ci/commands.ts';
import { EXIT, Failure } from './failure.ts';
import { addChangeCommands } from './grants/change-commands.ts';
import { addGrantCommands } from './grants/commands.ts';
import { addKeyCommands } from './keys/commands.ts';
import { addSetUpCommands } from './setup/commands.ts';
import { addSignInCommands } from './sign-in/commands.ts';
import { type Terminal, terminal } from './terminal.ts';
import { addToolCommands } from './tools.ts';
import { VERSION } from './version.ts';

/** All commands, in the order of `--help`. */
export function valetkey(out: Terminal, err: Terminal): Command {
  const program = new Command('valetkey')
    .description(
      'AWS credentials that are narrow, short, accounted for, and dead when you are done',
    )
    .version(VERSION, '-V, --version', 'print the version')
    // Before the subcommands: they inherit it.
    .exitOverride()
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText(
      'after',
      `
First steps:
  $ valetkey configure https://valetkey.acme.example
  $ valetkey login
  $ valetkey list
  $ valetkey exec artifacts-read -p prefix=releases/1 --reason "Roll back" -- aws s3 ls s3://acme-artifacts/`,
    );
  program.commandsGroup('Set up:');
  addSetUpCommands(program, out, err);
  addSignInCommands(program, out, err);
  program.commandsGroup('Grants:');
  addGrantCommands(program, out, err);
  addChangeCommands(program, out);
  program.commandsGroup('Keys:');
  addKeyCommands(program, out, err);
  program.commandsGroup('Pipelines:');
  addCiCommands(program, out, err);
  program.commandsGroup('Platform:');
  addToolCommands(program, out);
  return program;
}

/** Runs the command line; what goes wrong ends in a message and an exit code, never in a trace. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader such as head may leave before the end.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const err = terminal(process.stderr, process.env);
  try {
    await valetkey(terminal(process.stdout, process.env), err).parseAsync([...argv], {
      from: 'user',
    });
  } catch (error) {
    process.exitCode = exitCodeOf(error, err);
  }
}

function exitCodeOf(error: unknown, err: Terminal): number {
  if (error instanceof Failure) {
    err.print(`${err.paint('red', 'valetkey:')} ${error.message}`);
    if (error.hint !== null) err.print(error.hint);
    return error.exitCode;
  }
  // Commander has said what is wrong by then; help that was asked for is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  err.print(`valetkey: this should not have happened: ${what}`);
  if (process.env['VALETKEY_DEBUG'] && error instanceof Error) err.print(error.stack ?? '');
  return EXIT.failed;
}
