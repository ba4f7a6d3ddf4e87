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
import { usersFiles } from './child-files.ts';
import { commandWords, SAYS_WHERE_OPTIONS_STAND } from './command-words.ts';
import { consoleUrl, openConsole, refuseLocal } from './console.ts';
import { consolePage } from './console-page.ts';
import { credentialProcess } from './credential-process.ts';
import { execWith } from './exec.ts';
import { exportLines, SHELLS, shellOf, unsetLines } from './export-lines.ts';
import { requestAndVend, type Vended, vendUnder } from './obtain.ts';
import { refuseExisting } from './recorder.ts';

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
    .option('--record <file>', 'note in a new file what valetkey policy learn needs later')
    .option('-q, --quiet', 'print no notes on stderr')
    .action((_, __, options, self) => {
      const words = commandWords(self, options.grant !== undefined);
      return run(words.entitlement, words.command, options, err);
    })
    .configureOutput(SAYS_WHERE_OPTIONS_STAND);
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
      new Option('--shell <name>', 'shell to print for (default: the one that runs this)').choices(
        SHELLS,
      ),
    )
    .option('--unset', 'print what removes the keys from the shell again')
    .action(async (entitlement, options: Options) => {
      const shellName = options.json === true ? 'sh' : shellOf(options.shell);
      if (options.unset === true) return out.print(unsetLines(shellName));
      const source = await credentialSource(entitlement, options, (how) => `env ${how}`);
      const { credentials } = await interruptible(source);
      if (options.json) return out.json(credentials);
      out.print(exportLines(credentials, shellName));
    });
  examples(
    withJson(withBroker(withWaiting(withRequest(env)))),
    'eval "$(valetkey env artifacts-read -p prefix=releases/1 --reason test)"',
    'valetkey env artifacts-read -p prefix=releases/1 --shell fish | source',
    'valetkey env support-read --shell pwsh | Out-String | Invoke-Expression',
    'valetkey env support-read --shell nushell | from json | load-env',
    'eval "$(valetkey env --unset)"',
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
    .description('open the AWS console in your browser; without one, print a link that signs in')
    .argument('[entitlement]', 'entitlement id (see valetkey list), or @NAME of a saved request')
    .option('--grant <id>', 'use an existing grant')
    .option('--service <name>', 'service to open, as in the address of the console: s3, ec2')
    .option('--region <region>', 'Region to open (default: AWS_REGION)')
    .addOption(new Option('--to <url>', 'page to open').conflicts(['service', 'region']))
    .option('--no-browser', 'print the link instead of opening a browser')
    .action(async (entitlement, options: Options) => {
      const page = consolePage(options, process.env);
      refuseLocal(signedIn(options.broker).settings.url);
      const source = await credentialSource(entitlement, options, (how) => `console ${how}`);
      const vended = await interruptible(source);
      const link = await consoleUrl(vended, page);
      if (options.json) return out.json({ url: link, grant: vended.grant.id });
      const mayOpen = options.browser !== false && process.stdout.isTTY === true;
      const opened = mayOpen && (await openConsole(link));
      out.print(opened ? `Opened the AWS console under ${vended.grant.id}.` : link);
    });
  examples(
    withJson(withBroker(withWaiting(withRequest(browser)))),
    'valetkey console support-read --for 1h',
    'valetkey console support-read --service s3 --region eu-central-1',
  );
}

type Options = RequestOptions &
  WaitingOptions & {
    readonly grant?: string;
    readonly env?: boolean;
    readonly keep?: boolean;
    readonly quiet?: boolean;
    readonly record?: string;
    readonly shell?: string;
    readonly unset?: boolean;
    readonly to?: string;
    readonly service?: string;
    readonly region?: string;
    readonly browser?: boolean;
    readonly json?: boolean;
  };

/** `exec`, with the request that the options say. */
export async function run(
  entitlement: string | undefined,
  command: readonly string[],
  options: Options,
  err: Terminal,
): Promise<void> {
  const how = {
    command,
    files: usersFiles(),
    asVariables: options.env === true,
    release: options.grant === undefined && options.keep !== true,
    quiet: options.quiet === true,
    record: options.record ?? null,
  };
  refuseExisting(how.record);
  const goOn: GoOn = (grant) => `exec ${grant} -- ${command.map(shellWord).join(' ')}`;
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
