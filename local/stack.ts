import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDevIssuers } from './dev-issuers.ts';
import { type Emulator, inheritable, startEmulator } from './emulator.ts';
import { isAlive, run } from './process.ts';
import { emulatorPython } from './python.ts';
import { stacksByAccount } from './stacks-by-account.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const REGION = 'us-east-1';
const ACCOUNT = '000000000000';

/** `.valetkey/local.json`: what a client of the local stack needs to know. */
export type LocalState = {
  readonly apiUrl: string;
  readonly issuers: Readonly<Record<string, string>>;
  readonly emulatorUrl: string;
  readonly tableName: string;
  readonly stateMachineArn: string;
  readonly region: string;
  readonly accountId: string;
  readonly pid: number;
};

export type LocalStack = { readonly state: LocalState; readonly stop: () => Promise<void> };

export type StackOptions = {
  /** Everything that the stack keeps lies here. */
  readonly stateDir: string;
  readonly policyDir: string;
  readonly log: (line: string) => void;
  /** Stops a start that is under way. */
  readonly signal?: AbortSignal;
};

/**
 * Starts the very same CDK app that goes to AWS, on the emulator and with development issuers, all
 * on 127.0.0.1.
 *
 * @throws Error that says what failed; by then everything that was started is stopped.
 */
export async function startStack(options: StackOptions): Promise<LocalStack> {
  const stateDir = resolve(options.stateDir);
  const stateFile = join(stateDir, 'local.json');
  const claim = join(stateDir, 'starting.pid');
  refuseSecondStack(stateFile, claim);
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(claim, JSON.stringify({ pid: process.pid }), { flag: 'wx' });
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    rmSync(stateFile, { force: true });
    await Promise.allSettled(stops.splice(0).map((end) => end()));
  };
  try {
    const state = await start(options, stateDir, stops);
    writeFileSync(`${stateFile}.new`, `${JSON.stringify(state, null, 2)}\n`);
    renameSync(`${stateFile}.new`, stateFile);
    rmSync(claim, { force: true });
    return { state, stop };
  } catch (error) {
    await stop();
    rmSync(claim, { force: true });
    throw error;
  }
}

async function start(
  { policyDir, log, signal }: StackOptions,
  stateDir: string,
  stops: (() => Promise<void>)[],
): Promise<LocalState> {
  const issuers = await startDevIssuers(resolve(policyDir));
  stops.push(issuers.stop);
  const giveUp = new AbortController();
  const stopped = AbortSignal.any([giveUp.signal, ...(signal ? [signal] : [])]);
  const cdk = cdkRunner(stateDir, stopped);
  const context = [
    ['-c', `policy=${resolve(policyDir)}`],
    ['-c', 'sampleTargets=true'],
    ['-c', `issuerUrls=${JSON.stringify(issuers.urls)}`],
  ].flat();
  const assembly = join(stateDir, 'cdk.out');
  log('compiling the policy bundle and the Lambdas; starting the emulator');
  const synthesised = cdk(['synth', '--quiet', '--output', assembly, ...context]);
  const bootstrap = async (): Promise<Emulator> => {
    const python = await emulatorPython(log, stopped);
    stopped.throwIfAborted();
    const emulator = await startEmulator(python, stateDir);
    stops.push(emulator.stop);
    // From a folder without a cdk.json: it needs no app, and so does not wait for its synthesis.
    await cdk(['bootstrap', `aws://${ACCOUNT}/${REGION}`], { url: emulator.url, cwd: stateDir });
    return emulator;
  };
  const [, emulator] = await bothOrNeither(synthesised, bootstrap(), giveUp);
  log('deploying');
  const outputs = join(stateDir, 'outputs.json');
  const stacks = stacksByAccount(assembly);
  const others = [...stacks.keys()].filter((account) => account !== ACCOUNT);
  const { url } = emulator;
  const prepared = Promise.all(
    others.map((account) =>
      cdk(['bootstrap', `aws://${account}/${REGION}`], { url, cwd: stateDir, account }),
    ),
  );
  const deploy = (account: string): readonly string[] => [
    ...['deploy', ...(stacks.get(account) ?? []), '--exclusively', '--app', assembly],
    ...['--require-approval', 'never', '--progress', 'events'],
  ];
  const broker = cdk([...deploy(ACCOUNT), '--outputs-file', outputs], { url });
  await bothOrNeither(broker, prepared, giveUp);
  // Their roles trust roles of the broker, so those come first.
  await Promise.all(others.map((account) => cdk(deploy(account), { url, account })));
  return describe(outputs, url, issuers.urls);
}

/** When one fails the other is told to give up, and waited for: nothing goes on in the background. */
async function bothOrNeither<A, B>(
  a: Promise<A>,
  b: Promise<B>,
  giveUp: AbortController,
): Promise<[A, B]> {
  try {
    return await Promise.all([a, b]);
  } catch (error) {
    giveUp.abort();
    await Promise.allSettled([a, b]);
    throw error;
  }
}

type CdkOptions = { readonly url?: string; readonly cwd?: string; readonly account?: string };

function cdkRunner(stateDir: string, signal: AbortSignal) {
  const program = join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  const logFile = join(stateDir, 'cdk.log');
  rmSync(logFile, { force: true });
  return (
    args: readonly string[],
    { url = '', cwd = ROOT, account = ACCOUNT }: CdkOptions = {},
  ): Promise<string> =>
    run(process.execPath, [program, ...args, '--no-notices'], {
      cwd,
      logFile,
      signal,
      what: `cdk ${args[0]}`,
      env: {
        ...inheritable(process.env),
        CI: 'true',
        // Its caches too: it would remember for the machine whose account which key is.
        CDK_HOME: join(stateDir, 'cdk-home', account),
        CDK_DEFAULT_ACCOUNT: account,
        CDK_DEFAULT_REGION: REGION,
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        // The account's root, as the emulator knows it.
        AWS_ACCESS_KEY_ID: account,
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_REGION: REGION,
        AWS_DEFAULT_REGION: REGION,
        ...(url !== '' && { AWS_ENDPOINT_URL: url }),
        AWS_CONFIG_FILE: join(stateDir, 'no-aws-config'),
        AWS_SHARED_CREDENTIALS_FILE: join(stateDir, 'no-aws-credentials'),
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    });
}

function describe(
  outputsFile: string,
  emulatorUrl: string,
  issuers: LocalState['issuers'],
): LocalState {
  const outputs = JSON.parse(readFileSync(outputsFile, 'utf8')) as {
    readonly ValetKey: Readonly<Record<'ApiId' | 'TableName' | 'StateMachineArn', string>>;
  };
  const { ApiId, TableName, StateMachineArn } = outputs.ValetKey;
  return {
    // Works with any HTTP client; <id>.execute-api.localhost does not resolve everywhere.
    apiUrl: `${emulatorUrl}/_aws/execute-api/${ApiId}`,
    issuers,
    emulatorUrl,
    tableName: TableName,
    stateMachineArn: StateMachineArn,
    region: REGION,
    accountId: ACCOUNT,
    pid: process.pid,
  };
}

/** What a stack that was killed left behind is cleared away. */
function refuseSecondStack(...files: readonly string[]): void {
  for (const file of files) {
    const pid = pidIn(file);
    if (pid !== null && isAlive(pid)) {
      const mend = 'stop it with Ctrl-C, or start another with VALETKEY_STATE=<another folder>';
      throw new Error(`A local stack (process ${pid}) runs here already (${file}): ${mend}.`);
    }
    rmSync(file, { force: true });
  }
}

function pidIn(file: string): number | null {
  try {
    const { pid } = JSON.parse(readFileSync(file, 'utf8')) as { readonly pid?: unknown };
    return typeof pid === 'number' && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
