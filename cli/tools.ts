import type { Command } from 'commander';
import { addAccountsCommands } from './accounts/commands.ts';
import { addLocalCommand } from './local.ts';
import { addPolicyCommands } from './policy/commands.ts';
import type { Terminal } from './terminal.ts';

/** The commands of the platform team. */
export function addToolCommands(program: Command, out: Terminal): void {
  addPolicyCommands(program, out, async (...args) =>
    (await import('./evidence/export-policy.ts')).exportPolicy(...args),
  );
  addAccountsCommands(program, out);
  addLocalCommand(program);
}
