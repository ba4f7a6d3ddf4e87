import type { Command } from 'commander';
import { addAccountsCommands } from './accounts/commands.ts';
import { addLocalCommand } from './local.ts';
import { addPolicyCommands } from './policy/commands.ts';
import { signedIn } from './sign-in/bearer.ts';
import type { Terminal } from './terminal.ts';

/** The commands of the platform team. */
export function addToolCommands(program: Command, out: Terminal): void {
  addPolicyCommands(program, out, {
    exportPolicy: async (...args) =>
      (await import('./evidence/export-policy.ts')).exportPolicy(...args),
    learn: async (options, terminal) => {
      const { learn } = await import('./usage/learn.ts');
      const broker = () => signedIn(options.broker);
      await learn(
        options,
        {
          broker,
          reading: async () => (await import('./usage/read-here.ts')).openReading(),
          now: Date.now,
        },
        terminal,
      );
    },
  });
  addAccountsCommands(program, out);
  addLocalCommand(program);
}
