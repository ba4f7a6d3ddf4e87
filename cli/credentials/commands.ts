import type { Command } from 'commander';
import { Option } from 'commander';
import { UsageError } from '../failure.ts';
import { type Interruption, interruptible } from '../grants/interruption.ts';
import { rememberLast } from '../grants/last-request.ts';
import { requestBody } from '../grants/request.ts';
import {
  examples,
  type RequestOptions,
  type WaitingOptions,
  withBroker,
  withJson,
  withJsonNotes,
  withRequest,
  withWaiting,
} from '../options.ts';
import { shellWord } from '../saved/saved-request.ts';
import { signedIn } from '../sign-in/bearer.ts';
import { refuseOwnKeys } from '../sign-in/signing-in.ts';
import type { Terminal } from '../terminal.ts';
import { consoleUrl, refuseLocal } from './console.ts';
import { credentialProcess } from './credential-process.ts';
import { execWith } from './exec.ts';
import { exportLines, SHELLS, shellOf } from './export-lines.ts';
import { requestAndVend, type Vended, vendUnder } from './obtain.ts';

/** Every way to hand credentials to the program that uses them. */
export function addCredentialCommands(program: Command, out: Terminal, err: Terminal): void {
  const exec = program
    .command('exec')
    .description('run a command with keys, and end the grant when the command ends')
    .argument('[entitlement]', 'entitlement id (see valetkey list), or @NAME of a saved request')
    .argument('[command...]', 'the command, after --')
    .option('--grant <id>', 'use an existing grant and leave it active')
    .option('--env', 'pass the keys as variables, which are not renewed')
    .option('--keep', 'leave the grant active when the command ends')
    .option('-q, --quiet', 'print no notes on stderr')
    .action((entitlement, command, options) => run(entitlement, command, options, err));
  examples(
    withJsonNotes(withBroker(withWaiting(withRequest(exec)))),
    'valetkey exec artifacts-read -p prefix=releases/1 --reason "Roll back" -- aws s3 ls s3://acme-artifacts/',
    'valetkey exec service-deploy -p service=shop --for 30m -- cdk deploy Shop',
  );

  const shell = program
    .command('shell')
    .description('open a shell with keys, and end the grant when the shell ends')
    .argument('[entitlement]', 'entitlement id (see valetkey list), or @NAME of a saved request')
    .option('--grant <id>', 'use an existing grant and leave it active')
    .action((entitlement, options) => {
      const userShell = process.env[process.platform === 'win32' ? 'COMSPEC' : 'SHELL'] || 'sh';
      return run(entitlement, [userShell], options, err);
    });
  examples(
    withJsonNotes(withBroker(withWaiting(withRequest(shell)))),
    'valetkey shell database-admin --for 1h',
  );

  const env = program
    .command('env')
    .description('print keys as shell variables; prefer exec, which renews and releases them')
    .argument('[entitlement]', 'entitlement id (see valetkey list), or @NAME of a saved request')
    .option('--grant <id>', 'use an existing grant')
    .addOption(
      new Option('--shell <name>', 'syntax to print (default: your shell)').choices(SHELLS),
    )
    .action(async (entitlement, options: Options) => {
      const shellName = shellOf(options.shell);
      const source = await credentialSource(entitlement, options, (how) => `env ${how}`);
      const { credentials } = await interruptible(source);
      if (options.json) return out.json(credentials);
      out.print(exportLines(credentials, shellName));
    });
  examples(
    withJson(withBroker(withWaiting(withRequest(env)))),
    'valetkey env artifacts-read -p prefix=releases/1 --shell fish | source',
    'eval "$(valetkey env artifacts-read -p prefix=releases/1 --reason test)"',
  );

  const forSdk = program
    .command('credential-process')
    .description('serve `credential_process` of the AWS config file; see `valetkey profile add`')
    .argument('<entitlement>', 'entitlement id (see valetkey list), or @NAME of a saved request')
    .action(async (entitlement, options) => {
      refuseOwnKeys();
      const broker = signedIn(options.broker);
      const body = () => requestBody(broker, entitlement, options);
      const args = process.argv.slice(3);
      const answer = await credentialProcess(broker, body, args);
      // The SDK waits for the end, and not for a call that the broker has not answered.
      process.stdout.write(answer, () => process.exit());
    });
  examples(
    withBroker(withRequest(forSdk)),
    'valetkey credential-process artifacts-read -p prefix=releases/1 --reason "Daily report"',
  );

  const browser = program
    .command('console')
    .description('print a link that signs a browser in to the AWS console')
    .argument('[entitlement]', 'entitlement id (see valetkey list), or @NAME of a saved request')
    .option('--grant <id>', 'use an existing grant')
    .option('--to <url>', 'page of the console to open', 'https://console.aws.amazon.com/')
    .action(async (entitlement, options: Options) => {
      refuseLocal(signedIn(options.broker).settings.url);
      const source = await credentialSource(entitlement, options, (how) => `console ${how}`);
      const vended = await interruptible(source);
      const link = await consoleUrl(vended, options.to ?? '');
      return options.json ? out.json({ url: link, grant: vended.grant.id }) : out.print(link);
    });
  examples(
    withJson(withBroker(withWaiting(withRequest(browser)))),
    'valetkey console support-read --for 1h',
  );
}

type Options = RequestOptions &
  WaitingOptions & {
    readonly grant?: string;
    readonly env?: boolean;
    readonly keep?: boolean;
    readonly quiet?: boolean;
    readonly shell?: string;
    readonly to?: string;
    readonly json?: boolean;
  };

/** `exec`, with the request that the options say. */
export async function run(
  entitlement: string | undefined,
  command: readonly string[],
  options: Options,
  err: Terminal,
): Promise<void> {
  // With --grant there is no entitlement argument: the first word belongs to the command.
  const existing = options.grant !== undefined;
  const words =
    existing && entitlement !== undefined && command.length === 0 ? [entitlement] : command;
  if (words.length === 0) throw new UsageError('No command given after --.', EXAMPLE);
  const how = {
    command: words,
    asVariables: options.env === true,
    release: !existing && options.keep !== true,
    quiet: options.quiet === true,
  };
  const goOn: GoOn = (grant) => `exec ${grant} -- ${words.map(shellWord).join(' ')}`;
  const obtain = await credentialSource(entitlement, options, goOn);
  await interruptible(async (interruption) => {
    const vended = await obtain(interruption);
    process.exitCode = await execWith(signedIn(options.broker), vended, how, interruption, err);
  });
}

/** The command with the options of an existing grant. */
type GoOn = (grant: string) => string;

/** Prompts for everything that is missing before it returns, so that the source can be interrupted. */
async function credentialSource(
  entitlement: string | undefined,
  options: Options,
  goOn: GoOn,
): Promise<(interruption: Interruption) => Promise<Vended>> {
  const broker = signedIn(options.broker);
  if (options.grant === undefined) {
    const body = await requestBody(broker, entitlement, options);
    rememberLast(body, broker.settings.url);
    const { broker: name, wait, timeout } = options;
    const at = name === undefined ? '' : ` --broker ${shellWord(name)}`;
    const patience = {
      ...(wait !== undefined && { wait }),
      ...(timeout !== undefined && { timeout }),
      goOn: (id: string) => `valetkey ${goOn(`--grant ${id}${at}`)}`,
    };
    return (interruption) => requestAndVend(broker, body, interruption, patience);
  }
  const { grant } = options;
  if (!/^gr_[a-z0-9]{20}$/.test(grant)) {
    throw new UsageError(`--grant: "${grant}" is not a grant id.`, 'See `valetkey requests`.');
  }
  return () => vendUnder(broker, grant);
}

const EXAMPLE = 'For example: valetkey exec artifacts-read -p prefix=releases/1 -- aws s3 ls';
