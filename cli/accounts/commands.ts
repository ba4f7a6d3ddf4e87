import { type Command, Option } from 'commander';
import { examples, withJson } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `valetkey accounts …`: looks at target accounts, with the AWS credentials of whoever calls. */
export function addAccountsCommands(program: Command, out: Terminal): void {
  const accounts = program
    .command('accounts')
    .description('look at target accounts, and prepare bootstraps of the CDK for them');

  const check = accounts
    .command('check')
    .description(
      'compare the roles of the account that your credentials are for with what they must be',
    )
    .option('--config <file>', 'the configuration', 'valetkey.yaml')
    .option('--policy <dir>', 'folder of the policy bundle (default: that of the configuration)')
    .option('--broker-account <id>', 'the broker’s account (default: that of the configuration)')
    .addOption(new Option('--json', 'answer with one JSON document').default(false))
    .action(async (options) => {
      // The AWS SDK is for this command alone.
      process.exitCode = await (await import('./check.ts')).check(options, out);
    });
  examples(check, 'AWS_PROFILE=shop valetkey accounts check');

  const bootstrap = accounts
    .command('bootstrap')
    .description('change CDK’s bootstrap template for stacks that are deployed under vended keys')
    .argument('<role>', 'ARN of the vendable role that may become its roles')
    .argument('<stack...>', 'names of the stacks that may be deployed')
    .action(async (role, stacks, { json }) => {
      (await import('./bootstrap.ts')).bootstrap(role, stacks, json, out);
    });
  examples(
    withJson(bootstrap),
    'npx cdk bootstrap --show-template | valetkey accounts bootstrap arn:aws:iam::111122223333:role/valetkey/shop-deploy Shop > bootstrap.yaml',
  );
}
