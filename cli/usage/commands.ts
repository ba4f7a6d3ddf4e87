import type { Command } from 'commander';
import { examples, wholeNumber, withBroker, withJson } from '../options.ts';
import { signedIn } from '../sign-in/bearer.ts';
import type { Terminal } from '../terminal.ts';
import type { UsageContext } from './context.ts';

/** `valetkey usage …`: what grants really needed. Loaded on use. */
export function addUsageCommands(program: Command, out: Terminal): void {
  const usage = program
    .command('usage')
    .description('see what was called under grants, and make entitlements narrower');

  const grant = usage
    .command('grant')
    .description('show what was called under a grant, of what it allows')
    .argument('<grant>', 'grant id')
    .action(async (id: string, options) =>
      (await import('./grant-usage.ts')).showGrantUsage(id, options, contextOf(options), out),
    );
  examples(
    withJson(withBroker(withLogs(grant))),
    'valetkey usage grant gr_8f2k1m0c5d9f3g7h4j6n',
    'valetkey usage grant gr_8f2k1m0c5d9f3g7h4j6n --logs s3://acme-trail/AWSLogs/',
  );

  const entitlement = usage
    .command('entitlement')
    .description('show who used how much of an entitlement, idle grants, and refused calls')
    .argument('<entitlement>', 'entitlement id')
    .requiredOption('--days <number>', 'grants that began within so many days', wholeNumber)
    .action(async (id: string, options) =>
      (await import('./entitlement-usage.ts')).showEntitlementUsage(
        id,
        options,
        contextOf(options),
        out,
      ),
    );
  examples(
    withJson(withBroker(withLogs(entitlement))),
    'valetkey usage entitlement database-admin --days 90',
  );

  const propose = usage
    .command('propose')
    .description('make a narrower entitlement as a patch, and show it if nothing speaks against it')
    .argument('<entitlement>', 'entitlement id')
    .requiredOption('--days <number>', 'grants that began within so many days', wholeNumber)
    .option('--decisions <file>', 'recorded requests to decide again (default: ask the broker)')
    .option('--out <file>', 'write the patch to a new file')
    .action(async (id: string, options) => {
      // The SDK is loaded by this command alone.
      const { policySimulator } = await import('../../adapters/iam/simulate-policy.ts');
      const simulator = (region: string) => policySimulator(region);
      const context = { ...contextOf(options), simulator };
      const { proposeNarrower } = await import('./propose.ts');
      process.exitCode = await proposeNarrower(id, options, context, out);
    });
  examples(
    withJson(withBroker(withLogs(propose))),
    'valetkey usage propose database-admin --days 90',
    'valetkey usage propose database-admin --days 90 --policy ../our-policy --out narrower.patch',
  );
}

function withLogs(command: Command): Command {
  return command
    .option('--logs <path>', 'CloudTrail files: a file, a folder, or s3://bucket/prefix')
    .option('--trails <file>', 'settings of the trails, as JSON (default: ask AWS)')
    .option('--policy <dir>', 'folder of the policy bundle (default: that of a deployment)');
}

function contextOf({ broker }: { readonly broker?: string }): UsageContext {
  return {
    broker: signedIn(broker),
    reading: async () => (await import('./read-here.ts')).openReading(),
    now: Date.now,
  };
}
