import type { Command } from 'commander';
import { Option } from 'commander';
import { UsageError } from '../failure.ts';
import { type Interruption, interruptible } from '../grants/interruption.ts';
import { requestBody } from '../grants/request.ts';
import {
  examples,
  type RequestOptions,
  withBroker,
  withJson,
  withJsonNotes,
  withRequest,
} from '../options.ts';
import { signedIn } from '../sign-in/bearer.ts';
import type { Terminal } from '../terminal.ts';
import { consoleUrl, refuseLocal } from './console.ts';
import { credentialProcess } from './credential-process.ts';
import { execWith } from './exec.ts';
import { exportLines, SHELLS, shellOf } from './export-lines.ts';
import { askAndVend, type Vended, vendUnder } from './obtain.ts';

/** Every way to get keys to where they are used. */
export function addKeyCommands(program: Command, out: Terminal, err: Terminal): void {
  const exec = program
    .command('exec')
    .description('run a command with keys that live as long as it does')
    .argument('[entitlement]')
    .argument('[command...]', 'after --')
    .option('--grant <id>', 'under a grant that is there, which goes on afterwards')
    .option('--env', 'give the keys as variables; they are not renewed then')
    .option('--keep', 'leave the grant active when the command has ended')
    .option('-q, --quiet', 'no notes on stderr')
    .action((entitlement, command, options) => run(entitlement, command, options, err));
  examples(
    withJsonNotes(withBroker(withRequest(exec))),
    'valetkey exec artifacts-read -p prefix=releases/1 --reason "Roll back" -- aws s3 ls s3://acme-artifacts/',
    'valetkey exec service-deploy -p service=shop --for 30m -- cdk deploy Shop',
  );

  const shell = program
    .command('shell')
    .description('a shell with keys that live as long as it does')
    .argument('[entitlement]')
    .option('--grant <id>', 'under a grant that is there, which goes on afterwards')
    .action((entitlement, options) => {
      const own = process.env[process.platform === 'win32' ? 'COMSPEC' : 'SHELL'] || 'sh';
      return run(entitlement, [own], options, err);
    });
  examples(withJsonNotes(withBroker(withRequest(shell))), 'valetkey shell database-admin --for 1h');

  const env = program
    .command('env')
    .description('print keys as variables for the shell; prefer exec, which renews and releases')
    .argument('[entitlement]')
    .option('--grant <id>', 'under a grant that is there')
    .addOption(new Option('--shell <name>', 'for which shell (default: yours)').choices(SHELLS))
    .action(async (entitlement, options: Options) => {
      const shellName = shellOf(options.shell);
      const { credentials } = await interruptible(await keySource(entitlement, options));
      if (options.json) return out.json(credentials);
      out.print(exportLines(credentials, shellName));
    });
  examples(
    withJson(withBroker(withRequest(env))),
    'valetkey env artifacts-read -p prefix=releases/1 --shell fish | source',
    'eval "$(valetkey env artifacts-read -p prefix=releases/1 --reason test)"',
  );

  const forSdk = program
    .command('credential-process')
    .description('for `credential_process` in the AWS config file; see `valetkey profile add`')
    .argument('<entitlement>')
    .action(async (entitlement, options) => {
      const broker = signedIn(options.broker);
      const body = () => requestBody(broker, entitlement, options);
      const args = process.argv.slice(3);
      process.stdout.write(await credentialProcess(broker, body, args));
    });
  examples(
    withBroker(withRequest(forSdk)),
    'valetkey credential-process artifacts-read -p prefix=releases/1 --reason "Daily report"',
  );

  const browser = program
    .command('console')
    .description('a link that signs a browser in to the AWS console')
    .argument('[entitlement]')
    .option('--grant <id>', 'under a grant that is there')
    .option('--to <url>', 'where to in the console', 'https://console.aws.amazon.com/')
    .action(async (entitlement, options: Options) => {
      refuseLocal(signedIn(options.broker).settings.url);
      const vended = await interruptible(await keySource(entitlement, options));
      const link = await consoleUrl(vended, options.to ?? '');
      return options.json ? out.json({ url: link, grant: vended.grant.id }) : out.print(link);
    });
  examples(withJson(withBroker(withRequest(browser))), 'valetkey console support-read --for 1h');
}

type Options = RequestOptions & {
  readonly grant?: string;
  readonly env?: boolean;
  readonly keep?: boolean;
  readonly quiet?: boolean;
  readonly shell?: string;
  readonly to?: string;
  readonly json?: boolean;
};

async function run(
  entitlement: string | undefined,
  command: readonly string[],
  options: Options,
  err: Terminal,
): Promise<void> {
  // With --grant there is no entitlement to name: the first word is the command's.
  const under = options.grant !== undefined;
  const words =
    under && entitlement !== undefined && command.length === 0 ? [entitlement] : command;
  if (words.length === 0) throw new UsageError('Say what to run, after --.', EXAMPLE);
  const how = {
    command: words,
    asVariables: options.env === true,
    release: !under && options.keep !== true,
    quiet: options.quiet === true,
  };
  const keys = await keySource(entitlement, options);
  await interruptible(async (heard) => {
    const vended = await keys(heard);
    process.exitCode = await execWith(signedIn(options.broker), vended, how, heard, err);
  });
}

/** All that can be asked of the user is asked by then. */
async function keySource(
  entitlement: string | undefined,
  options: Options,
): Promise<(heard: Interruption) => Promise<Vended>> {
  const broker = signedIn(options.broker);
  if (options.grant === undefined) {
    const body = await requestBody(broker, entitlement, options);
    return (heard) => askAndVend(broker, body, heard);
  }
  const { grant } = options;
  if (!/^gr_[a-z0-9]{20}$/.test(grant)) {
    throw new UsageError(`${grant} is no grant's id.`, 'See `valetkey requests`.');
  }
  return () => vendUnder(broker, grant);
}

const EXAMPLE = 'Such as: valetkey exec artifacts-read -p prefix=releases/1 -- aws s3 ls';
