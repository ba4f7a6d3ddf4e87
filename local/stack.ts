import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cdkCommand } from './cdk.ts';
import { startDevIssuers } from './dev-issuers.ts';
import { ACCOUNT, type Emulator, REGION, startEmulator } from './emulator.ts';
import { emulatorPython } from './python.ts';
import { stacksByAccount } from './stacks-by-account.ts';
import { claimStateFolder, type LocalState } from './state-folder.ts';
import { createTrailBucket, startTrail } from './trail.ts';

export type LocalStack = {
  readonly state: LocalState;
  /** Deploys the broker again with another bundle or configuration. Target roles, and what survives, stay as they are. */
  readonly redeploy: (change: Change) => Promise<void>;
  readonly stop: () => Promise<void>;
};

export type Change = {
  readonly policyDir?: string;
  readonly configFile?: string;
  /** Whether it is deployed with `-c recovery=on`. */
  readonly recovery?: boolean;
};

export type StackOptions = {
  /** The folder of everything that the stack keeps. */
  readonly stateDir: string;
  readonly policyDir: string;
  /** A file such as `valetkey.yaml`. Default: `local/valetkey.yaml`. */
  readonly configFile?: string;
  readonly log: (line: string) => void;
  /** Stops the start while it is under way. */
  readonly signal?: AbortSignal;
};

const CONFIG = fileURLToPath(new URL('valetkey.yaml', import.meta.url));

/**
 * Starts the same CDK app that goes to AWS, on the emulator and with development issuers, all on
 * 127.0.0.1.
 *
 * @throws Error that says what failed, after everything that was started has stopped.
 */
export async function startStack(options: StackOptions): Promise<LocalStack> {
  const stateDir = resolve(options.stateDir);
  const folder = claimStateFolder(stateDir);
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    folder.withdraw();
    await Promise.allSettled(stops.splice(0).map((end) => end()));
  };
  try {
    const { state, redeploy } = await start(options, stateDir, stops);
    folder.publish(state);
    return { state, redeploy, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    folder.endStart();
  }
}

async function start(
  { policyDir, configFile = CONFIG, log, signal }: StackOptions,
  stateDir: string,
  stops: (() => Promise<void>)[],
): Promise<Omit<LocalStack, 'stop'>> {
  const issuers = await startDevIssuers(resolve(policyDir));
  stops.push(issuers.stop);
  const giveUp = new AbortController();
  const stopped = AbortSignal.any([giveUp.signal, ...(signal ? [signal] : [])]);
  const cdk = cdkCommand(stateDir, stopped);
  const given = { policyDir, configFile };
  const synthesise = (assembly: string, change: Change): Promise<string> => {
    const { policyDir: policy, configFile: config, recovery = false } = { ...given, ...change };
    return cdk([
      ...['synth', '--quiet', '--output', assembly],
      ...['-c', `policy=${resolve(policy)}`],
      ...['-c', 'sampleTargets=true'],
      ...['-c', `config=${resolve(config)}`],
      ...(recovery ? ['-c', 'recovery=on'] : []),
      ...['-c', `issuerUrls=${JSON.stringify(issuers.urls)}`],
    ]);
  };
  const assembly = join(stateDir, 'cdk.out');
  log('compiling the policy bundle and the Lambdas; starting the emulator');
  const synthesised = synthesise(assembly, {});
  const bootstrap = async (): Promise<Emulator> => {
    const python = await emulatorPython(log, stopped);
    stopped.throwIfAborted();
    const emulator = await startEmulator(python, stateDir);
    stops.push(emulator.stop);
    await createTrailBucket(emulator.url);
    await startTrail(emulator.url, ACCOUNT);
    // In a folder without cdk.json: bootstrapping needs no app, so it does not wait for the
    // synthesis.
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
    others.flatMap((account) => [
      startTrail(url, account),
      cdk(['bootstrap', `aws://${account}/${REGION}`], { url, cwd: stateDir, account }),
    ]),
  );
  const deploy = (account: string): readonly string[] =>
    deployment(assembly, stacks.get(account) ?? []);
  const broker = cdk([...deploy(ACCOUNT), '--outputs-file', outputs], { url });
  await bothOrNeither(broker, prepared, giveUp);
  // After the broker, because the roles of the other accounts trust its roles.
  await Promise.all(others.map((account) => cdk(deploy(account), { url, account })));
  const redeploy = async (change: Change): Promise<void> => {
    const next = join(stateDir, 'cdk.out.next');
    await synthesise(next, change);
    await cdk(deployment(next, ['ValetKey']), { url });
  };
  return { state: describe(outputs, url, issuers.urls), redeploy };
}

/** The arguments of `cdk deploy` for stacks of an assembly. */
function deployment(assembly: string, stacks: readonly string[]): readonly string[] {
  return [
    ...['deploy', ...stacks, '--exclusively', '--app', assembly],
    ...['--require-approval', 'never', '--progress', 'events'],
  ];
}

/** If one fails, stops the other and waits for it: nothing keeps running in the background. */
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
