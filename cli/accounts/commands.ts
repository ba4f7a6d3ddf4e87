import { type Command, Option } from 'commander';
import { DEFAULT_STACK_NAME } from '../../core/config/stack-name.ts';
import { examples, withJson } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `valetkey accounts …`: works on target accounts, with the AWS credentials of the caller. */
export function addAccountsCommands(program: Command, out: Terminal): void {
  const accounts = program
    .command('accounts')
    .description('check target accounts, and prepare CDK bootstraps for them');

  const check = accounts
    .command('check')
    .description('compare the roles in your current AWS account with what the bundle needs')
    .option('--config <file>', 'configuration file', 'valetkey.yaml')
    .option('--policy <dir>', 'folder of the policy bundle (default: from the configuration)')
    .option('--broker-account <id>', 'AWS account of the broker (default: from the configuration)')
    .addOption(new Option('--json', 'print one JSON document').default(false))
    .action(async (options) => {
      // Imported on use: only this command needs the AWS SDK.
      process.exitCode = await (await import('./check.ts')).check(options, out);
    });
  examples(check, 'AWS_PROFILE=shop valetkey accounts check');

  const bootstrap = accounts
    .command('bootstrap')
    .description("adapt CDK's bootstrap template for deployments with vended keys")
    .argument('<role>', 'ARN of the vendable role that may assume the bootstrap roles')
    .argument('<stack...>', 'names of the stacks that it may deploy')
    .option('--broker-stack <name>', "name of the broker's stack", DEFAULT_STACK_NAME)
    .action(async (role, stacks, { brokerStack, json }) => {
      const options = { broker: brokerStack, json };
      (await import('./bootstrap.ts')).bootstrap(role, stacks, options, out);
    });
  examples(
    withJson(bootstrap),
    'npx cdk bootstrap --show-template | valetkey accounts bootstrap arn:aws:iam::111122223333:role/valetkey/shop-deploy Shop > bootstrap.yaml',
  );
}
