import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { TransactWriteItemsCommandInput } from '@aws-sdk/client-dynamodb';
import { ROUTES } from '../core/api/routes.ts';
import { startStack } from '../local/stack.ts';
import type { LocalState } from '../local/state-folder.ts';
import { runChild, vendEnvironment } from './child.ts';
import { measureCommand } from './command-line.ts';
import { costPerMillion } from './cost.ts';
import { measureComposition, measureDecisions } from './decision-time.ts';
import { measureExport } from './evidence-export.ts';
import { codeSizes, measureInit } from './init-time.ts';
import { measureLedger } from './ledger.ts';
import { countPolicyWrites, measureReads, measureRevocation } from './lifecycle.ts';
import { measureFlood, measureJobs } from './load.ts';
import { measurePage } from './page.ts';
import { measurePastedPolicies } from './pasted-policies.ts';
import { printResults } from './print-results.ts';
import { ratios, spread } from './statistics.ts';
import { measureUsageLogs } from './usage-logs.ts';
import { benchPolicy, exampleBundle } from './vend-handler.ts';
import { countTransitions } from './workflow-transitions.ts';

/** `npm run bench`: prints a table and writes bench/results.json. */

const stack = await startStack({
  stateDir: '.valetkey/bench',
  policyDir: benchPolicy(),
  log: console.error,
});
try {
  await measure(stack.state);
} finally {
  await stack.stop();
}

async function measure(state: LocalState): Promise<void> {
  const env = await vendEnvironment(state);
  const token = env['BENCH_TOKEN'] ?? '';
  console.error('own CPU time');
  const cpu = (await runChild('vend-cpu.ts', env)) as number[];
  console.error('wall time');
  const wall = (await runChild('vend-wall.ts', env)) as Wall;
  console.error('init time');
  const bundle = exampleBundle();
  const init = await measureInit(bundle, env);
  console.error('workflow');
  const transitions = await countTransitions(state, token);
  console.error('endings');
  const revocation = await measureRevocation(state, token);
  console.error('load');
  const load = { jobs: await measureJobs(state, env), flood: await measureFlood(state, token) };
  console.error('the page');
  const page = await measurePage(state);
  console.error('the ledger');
  const ledger = await measureLedger(state, token);
  console.error('an export of evidence');
  const evidenceExport = await measureExport();
  console.error('logs of CloudTrail');
  const usageLogs = measureUsageLogs();
  console.error('the command');
  const commandLine = await measureCommand(state, token);
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
    codeKilobytes: codeSizes(bundle),
    workflowTransitions: {
      automaticGrant: transitions,
      goal: '≤ 5',
      usdPerMillion: { automatic: transitions * 25, approvedAndRevoked: 12 * 25 },
    },
    revocation,
    load,
    page,
    policyWritesPerRevocations: await countPolicyWrites(),
    reads,
    commandLine,
    usdPerMillionAutomaticVends: costPerMillion(wall.transaction, transitions),
    decisionMs: measureDecisions(),
    sessionPolicyMs: measureComposition(),
    pastedPolicies: measurePastedPolicies(),
    ledger,
    evidenceExport,
    usageLogs,
    routes: Object.keys(ROUTES).length,
  };
  writeFileSync('bench/results.json', `${JSON.stringify(results, null, 2)}\n`);
  printResults(results);
}

type Wall = {
  readonly walls: Readonly<Record<'handler' | 'raw' | 'http', readonly number[]>>;
  readonly calls: readonly string[];
  readonly inARow: number;
  readonly transaction: TransactWriteItemsCommandInput;
};
