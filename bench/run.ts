import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TransactWriteItemsCommandInput } from '@aws-sdk/client-dynamodb';
import { GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { ROUTES } from '../core/api/routes.ts';
import { type LocalState, startStack } from '../local/stack.ts';
import { measureCommand } from './command-line.ts';
import { costPerMillion } from './cost.ts';
import { measureComposition, measureDecisions } from './decision-time.ts';
import { codeSizes, measureInit } from './init-time.ts';
import { countPolicyWrites, measureReads, measureRevocation } from './lifecycle.ts';
import { ratios, spread } from './statistics.ts';
import { exampleBundle, VEND_BODY } from './vend-handler.ts';

/** `npm run bench`: prints a table and writes bench/results.json. */

const stack = await startStack({
  stateDir: '.valetkey/bench',
  policyDir: 'policy',
  log: console.error,
});
try {
  await measure(stack.state);
} finally {
  await stack.stop();
}

async function measure(state: LocalState): Promise<void> {
  const env = await vendEnvironment(state);
  console.error('own CPU time');
  const cpu = (await runChild('vend-cpu.ts', env)) as number[];
  console.error('wall time');
  const wall = (await runChild('vend-wall.ts', env)) as Wall;
  console.error('init time');
  const bundle = exampleBundle();
  const init = await measureInit(bundle, env);
  console.error('workflow');
  const transitions = await countTransitions(state, env);
  console.error('endings');
  const revocation = await measureRevocation(state, env['BENCH_TOKEN'] ?? '');
  console.error('the command');
  const commandLine = await measureCommand(state, env['BENCH_TOKEN'] ?? '');
  const reads = await measureReads(state);
  const { handler, raw, http } = wall.walls;
  const results = {
    machine: `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}`,
    awsCallsPerVend: { calls: wall.calls, inARow: wall.inARow, goal: 2 },
    ownCpuMsPerWarmVend: { ...spread(cpu), goal: 'median ≤ 1' },
    handlerWallOverRawCalls: { ...ratios(handler, raw), goal: '≤ 1.1' },
    httpWallOverRawCalls: ratios(http, raw),
    wallMs: { handler: spread(handler), raw: spread(raw), http: spread(http) },
    initVendOverStsOnly: { ...init.ratio, goal: '≤ 1.4' },
    initMs: { vend: init.vendMs, stsOnly: init.stsOnlyMs },
    codeKilobytes: codeSizes(
      [
        'open',
        'read',
        'request',
        'revoke',
        'vend',
        'advance',
        'kill',
        'orchestrate',
        'sweep',
        'publish',
      ],
      bundle,
    ),
    workflowTransitions: {
      automaticGrant: transitions,
      goal: '≤ 5',
      usdPerMillion: { automatic: transitions * 25, approvedAndRevoked: 12 * 25 },
    },
    revocation,
    policyWritesPerRevocations: await countPolicyWrites(),
    reads,
    commandLine,
    usdPerMillionAutomaticVends: costPerMillion(wall.transaction, transitions),
    decisionMs: measureDecisions(),
    sessionPolicyMs: measureComposition(),
    routes: Object.keys(ROUTES).length,
  };
  writeFileSync('bench/results.json', `${JSON.stringify(results, null, 2)}\n`);
  print(results);
}

type Wall = {
  readonly walls: Readonly<Record<'handler' | 'raw' | 'http', readonly number[]>>;
  readonly calls: readonly string[];
  readonly inARow: number;
  readonly transaction: TransactWriteItemsCommandInput;
};

/** The vend Lambda's own environment, its role's credentials included. */
async function vendEnvironment(state: LocalState): Promise<Record<string, string>> {
  const root = { accessKeyId: state.accountId, secretAccessKey: 'local' };
  const sts = new STSClient({
    endpoint: state.emulatorUrl,
    region: state.region,
    credentials: root,
  });
  const RoleArn = `arn:aws:iam::${state.accountId}:role/ValetKey-vend`;
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'bench' }),
  );
  const claims = {
    sub: 'ana',
    email: 'ana@acme.example',
    groups: ['platform'],
    exp: Math.floor(Date.now() / 1000) + 3600,
  };
  const answer = await fetch(`${state.issuers['people']}/dev/token`, {
    method: 'POST',
    body: JSON.stringify(claims),
  });
  return {
    AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId ?? '',
    AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey ?? '',
    AWS_SESSION_TOKEN: Credentials?.SessionToken ?? '',
    AWS_ENDPOINT_URL: state.emulatorUrl,
    AWS_REGION: state.region,
    TABLE_NAME: state.tableName,
    ACCOUNT_ID: state.accountId,
    ISSUER_URLS: JSON.stringify(state.issuers),
    BENCH_TOKEN: ((await answer.json()) as { readonly token: string }).token,
    BENCH_API: state.apiUrl,
  };
}

/** Logs go nowhere, as to a file; figures come over descriptor 3. */
async function runChild(file: string, env: Readonly<Record<string, string>>): Promise<unknown> {
  const child = spawn(process.execPath, [`bench/${file}`], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  let text = '';
  child.stdio[3]?.on('data', (data: Buffer) => {
    text += data.toString();
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${file} ended with ${code}`);
  return JSON.parse(text);
}

/** States that a real execution entered, from its history. */
async function countTransitions(
  state: LocalState,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const response = await fetch(`${state.apiUrl}/v1/credentials`, {
    method: 'POST',
    headers: { authorization: `Bearer ${env['BENCH_TOKEN']}` },
    body: JSON.stringify({ ...VEND_BODY, durationSeconds: 2 }),
  });
  const { grant } = (await response.json()) as { readonly grant: { readonly id: string } };
  const root = { accessKeyId: state.accountId, secretAccessKey: 'local' };
  const sfn = new SFNClient({
    endpoint: state.emulatorUrl,
    region: state.region,
    credentials: root,
  });
  const executionArn = `${state.stateMachineArn.replace(':stateMachine:', ':execution:')}:${grant.id}`;
  for (let tries = 0; tries < 100; tries += 1) {
    await sleep(200);
    const history = await sfn
      .send(new GetExecutionHistoryCommand({ executionArn }))
      .catch(() => null);
    const events = history?.events ?? [];
    if (!events.some(({ type }) => type === 'ExecutionSucceeded')) continue;
    return events.filter(({ type }) => type?.endsWith('StateEntered')).length;
  }
  throw new Error('the execution did not end');
}

function print(results: object): void {
  for (const [name, value] of Object.entries(results)) {
    const rows =
      typeof value === 'object' && value !== null ? Object.entries(value) : [['', value]];
    rows.forEach(([key, item], index) => {
      const text = typeof item === 'object' && item !== null ? formatObject(item) : String(item);
      console.log(`${(index === 0 ? name : '').padEnd(28)} ${String(key).padEnd(22)} ${text}`);
    });
  }
}

function formatObject(value: object): string {
  if (Array.isArray(value)) return value.join('; ');
  return Object.entries(value)
    .map(([key, item]) => `${key} ${item}`)
    .join(', ');
}
