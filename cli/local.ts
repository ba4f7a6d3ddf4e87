import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { runChild } from './credentials/run-child.ts';
import { UsageError } from './failure.ts';
import { examples } from './options.ts';

/** `valetkey local`: runs the local stack of a checkout; the installed command does not contain it. */
export function addLocalCommand(program: Command): void {
  const local = program
    .command('local')
    .description('run the whole broker on this machine, from a checkout of Valet Key')
    .option('--policy <dir>', 'folder of the policy bundle')
    .action(async ({ policy }: { readonly policy?: string }) => {
      const script = join('local', 'run.ts');
      if (!existsSync(script)) {
        throw new UsageError(
          'This folder has no local stack.',
          'Run the command in a checkout of Valet Key.',
        );
      }
      const node = existsSync(join('node_modules', '.bin', 'node'))
        ? join('node_modules', '.bin', 'node')
        : process.execPath;
      const env = Object.fromEntries(
        Object.entries(process.env).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, value]],
        ),
      );
      process.exitCode = await runChild([node, script], {
        ...env,
        ...(policy !== undefined && { VALETKEY_POLICY: policy }),
      });
    });
  examples(local, 'valetkey local', 'valetkey local --policy ../our-policy');
}
