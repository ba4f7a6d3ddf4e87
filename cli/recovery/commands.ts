import type { Command } from 'commander';
import { DEFAULT_STACK_NAME } from '../../core/config/stack-name.ts';
import { examples, withJson } from '../options.ts';
import type { Terminal } from '../terminal.ts';
import type { RecoverOptions } from './recover.ts';

/** `valetkey recover`, with the AWS credentials of an operator. */
export function addRecover(program: Command, out: Terminal, notes: Terminal): void {
  const command = program
    .command('recover')
    .description('rebuild the broker on a restored table, from its roles and its ledger')
    .requiredOption('--table <name>', 'the restored table')
    .option('--stack <name>', 'name of the broker’s stack', DEFAULT_STACK_NAME)
    .option(
      '--from <time|file>',
      'the moment that the table shows (RFC 3339), default: what it was restored to; or a file with the newest checkpoint of the ledger that anybody has',
    )
    .option('--without-ledger', 'go on without the ledger, and end every open grant', false)
    .option('--dry-run', 'only say what would be done', false)
    .action(async (options: RecoverOptions) => {
      // The SDK is loaded by this command alone.
      const { recover } = await import('./recover.ts');
      await recover(options, out, notes);
    });
  examples(
    withJson(command),
    'valetkey recover --table valetkey-restored --dry-run',
    'valetkey recover --table valetkey-restored',
  );
}
