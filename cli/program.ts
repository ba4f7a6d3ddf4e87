import { Command, CommanderError } from 'commander';
import { addAuditCommands } from './audit/commands.ts';
import type { Problem } from './broker/answers.ts';
import { Refusal } from './broker/client.ts';
import { addCiCommands } from './ci/commands.ts';
import { addCredentialCommands } from './credentials/commands.ts';
import { addSavedCommands } from './credentials/saved-commands.ts';
import { addEvidenceCommands } from './evidence/commands.ts';
import { EXIT, Failure } from './failure.ts';
import { addChangeCommands } from './grants/change-commands.ts';
import { addGrantCommands } from './grants/commands.ts';
import { inJson, notes } from './notes.ts';
import { addQuarantine } from './operator/quarantine.ts';
import { addRecover } from './recovery/commands.ts';
import { addReviewCommands } from './review-access/commands.ts';
import { resolveSaved } from './saved/resolve.ts';
import { addSetUpCommands } from './setup/commands.ts';
import { addSignInCommands } from './sign-in/commands.ts';
import { systemFailure } from './system-failure.ts';
import { type Terminal, terminal } from './terminal.ts';
import { addToolCommands } from './tools.ts';
import { addUsageCommands } from './usage/commands.ts';
import { VERSION } from './version.ts';
import { HELP_WIDTH, wrapCommand } from './wrap.ts';

const FIRST_STEPS = [
  'valetkey configure https://valetkey.acme.example',
  'valetkey login',
  'valetkey list',
  'valetkey exec artifacts-read -p prefix=releases/1 --reason "Roll back" -- aws s3 ls s3://acme-artifacts/',
];

/** All commands, in the order of `--help`. */
export function valetkey(out: Terminal, err: Terminal): Command {
  const program = new Command('valetkey')
    .description(
      'AWS credentials that are narrow, short-lived, accounted for, and dead when you are done',
    )
    .version(VERSION, '-V, --version', 'print the version')
    // Set before the subcommands are added, because they inherit them.
    .exitOverride()
    .configureOutput({
      getOutHelpWidth: () => process.stdout.columns || HELP_WIDTH,
      getErrHelpWidth: () => process.stderr.columns || HELP_WIDTH,
    })
    // Lists commands without their arguments, so that descriptions have room on 80 columns.
    .configureHelp({ subcommandTerm: termOf, minWidthToWrap: 20 })
    .showHelpAfterError('(add --help for the options)')
    .addHelpText(
      'after',
      `\nFirst steps:\n${FIRST_STEPS.map((line) => wrapCommand(line, '  ', '$ ')).join('\n')}`,
    );
  program.hook('preAction', (_, command) => resolveSaved(command));
  program.commandsGroup('Set up:');
  addSetUpCommands(program, out, err);
  addSignInCommands(program, out, err);
  program.commandsGroup('Grants:');
  addGrantCommands(program, out, err);
  addChangeCommands(program, out);
  addSavedCommands(program, out, err);
  program.commandsGroup('Keys:');
  addCredentialCommands(program, out, err);
  program.commandsGroup('Pipelines:');
  addCiCommands(program, out, err);
  program.commandsGroup('Audit:');
  addAuditCommands(program, out, async (...args) =>
    (await import('./evidence/verify-export.ts')).verifyExport(...args),
  );
  addEvidenceCommands(program, out);
  addReviewCommands(program, out);
  addUsageCommands(program, out);
  program.commandsGroup('Platform:');
  addQuarantine(program, out);
  addRecover(program, out, err);
  addToolCommands(program, out);
  return program;
}

function termOf(command: Command): string {
  return [command.name(), ...command.aliases()].join('|');
}

/** Runs the command line. Every error ends in a message and an exit code, never in a stack trace. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader such as `head` may close the pipe early.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const program = valetkey(terminal(process.stdout, process.env), notes);
  if (inJson) silenceUsageErrors(program);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    const report = reportOf(error);
    process.exitCode = report.exitCode;
    if (inJson && report.exitCode !== EXIT.ok) notes.json(report);
    else if (!(error instanceof CommanderError)) show(report);
  }
}

/** Commander's own messages about invalid usage would not be JSON. */
function silenceUsageErrors(command: Command): void {
  command.configureOutput({ writeErr: () => undefined });
  for (const subcommand of command.commands) silenceUsageErrors(subcommand);
}

type ErrorReport = {
  readonly error: string;
  readonly hint: string | null;
  /** The broker's answer, which has the decision if policy denied the request. */
  readonly problem: Problem | null;
  readonly exitCode: number;
};

function reportOf(error: unknown): ErrorReport {
  if (error instanceof Failure) {
    const problem = error instanceof Refusal ? error.problem : null;
    return { error: error.message, hint: error.hint, problem, exitCode: error.exitCode };
  }
  if (error instanceof CommanderError) {
    // `--help` and `--version` end with 0.
    const exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const message = error.code === 'commander.help' ? 'No command given.' : error.message;
    return { error: message, hint: 'Add --help for the options.', problem: null, exitCode };
  }
  const broken = systemFailure(error);
  if (broken !== null) return { ...broken, problem: null, exitCode: EXIT.failed };
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const trace = process.env['VALETKEY_DEBUG'] && error instanceof Error ? error.stack : null;
  return {
    error: `Internal error: ${what}`,
    hint: trace ?? null,
    problem: null,
    exitCode: EXIT.failed,
  };
}

function show({ error, hint }: ErrorReport): void {
  notes.print(`${notes.paint('red', 'valetkey:')} ${error}`);
  if (hint !== null) notes.print(hint);
}
