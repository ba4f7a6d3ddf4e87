import { Command, CommanderError } from 'commander';
import type { Problem } from './broker/answers.ts';
import { Refusal } from './broker/client.ts';
import { addCiCommands } from './ci/commands.ts';
import { addKeyCommands } from './credentials/commands.ts';
import { EXIT, Failure } from './failure.ts';
import { addChangeCommands } from './grants/change-commands.ts';
import { addGrantCommands } from './grants/commands.ts';
import { inJson, notes } from './notes.ts';
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
  const program = valetkey(terminal(process.stdout, process.env), notes);
  if (inJson) speechless(program);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    const { exitCode, ...said } = whatWentWrong(error);
    process.exitCode = exitCode;
    if (inJson && exitCode !== EXIT.ok) notes.json({ ...said, exitCode });
    else if (!(error instanceof CommanderError)) show(said);
  }
}

/** Commander's own words about wrong usage would not be JSON. */
function speechless(command: Command): void {
  command.configureOutput({ writeErr: () => undefined });
  for (const it of command.commands) speechless(it);
}

type WentWrong = {
  readonly error: string;
  readonly hint: string | null;
  /** The broker's answer, with the decision where policy said no. */
  readonly problem: Problem | null;
  readonly exitCode: number;
};

function whatWentWrong(error: unknown): WentWrong {
  if (error instanceof Failure) {
    const problem = error instanceof Refusal ? error.problem : null;
    return { error: error.message, hint: error.hint, problem, exitCode: error.exitCode };
  }
  if (error instanceof CommanderError) {
    // Help that was asked for is no error.
    const exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const said = error.code === 'commander.help' ? 'Name a command.' : error.message;
    return { error: said, hint: 'Add --help for what there is.', problem: null, exitCode };
  }
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const trace = process.env['VALETKEY_DEBUG'] && error instanceof Error ? error.stack : null;
  return {
    ...{ error: `this should not have happened: ${what}`, hint: trace ?? null },
    ...{ problem: null, exitCode: EXIT.failed },
  };
}

function show({ error, hint }: Pick<WentWrong, 'error' | 'hint'>): void {
  notes.print(`${notes.paint('red', 'valetkey:')} ${error}`);
  if (hint !== null) notes.print(hint);
}
