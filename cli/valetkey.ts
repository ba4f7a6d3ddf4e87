#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { addAccountsCommands } from './accounts/commands.ts';
import { addPolicyCommands } from './policy/commands.ts';
import { terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** The `valetkey` command. Exit codes: 0 all is well, 1 what was checked is not, 2 wrong usage. */
const program = new Command('valetkey')
  .description('Narrow, short-lived AWS credentials, and the policy that decides about them')
  // Before the subcommands: they inherit it.
  .exitOverride()
  .showHelpAfterError('(add --help for what there is)');
// A reader such as head may leave before the end.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
addPolicyCommands(program, terminal(process.stdout, process.env));
addAccountsCommands(program, terminal(process.stdout, process.env));

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) {
    console.error(`valetkey: ${error.message}`);
    return 2;
  }
  // Commander has said what is wrong by then; help that was asked for is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  throw error;
}
