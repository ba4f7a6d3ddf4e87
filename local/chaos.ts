import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Chance } from './chaos/chance.ts';
import { Client } from './chaos/client.ts';
import { playFaults } from './chaos/faulty-time.ts';
import { History } from './chaos/history.ts';
import { KeysInUse } from './chaos/keys-in-use.ts';
import { Known } from './chaos/known.ts';
import { Load } from './chaos/load.ts';
import { OneLog } from './chaos/one-log.ts';
import { type ChaosOptions, chaosOptions } from './chaos/options.ts';
import { judgeRecords } from './chaos/records.ts';
import { untilRecovered } from './chaos/recovery.ts';
import { type Findings, report } from './chaos/report.ts';
import { DemoClients } from './demo-clients.ts';
import { Root } from './drill/root.ts';
import { makeTables } from './drill-scene.ts';
import { deployedLambdas } from './faults/deployed.ts';
import { type LocalStack, startStack } from './stack.ts';
import { type LocalState, readState } from './state-folder.ts';

/**
 * `npm run chaos -- --minutes N [--seed S] [--state DIR]`: random faults under a mixed load, judged from outside. Exits
 * with 1 if anything was not as promised.
 */

const begun = performance.now();
const log = (line: string): void => {
  console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${line}`);
};

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

const folder = mkdtempSync(join(tmpdir(), 'valetkey-chaos-'));
let stack: LocalStack | undefined;
try {
  const options = chaosOptions(process.argv.slice(2));
  stack = options.state === null ? await ownStack() : undefined;
  const state = stack?.state ?? readState(options.state ?? '');
  const findings = await play(state, options);
  for (const line of report(findings)) console.log(line);
  process.exitCode = findings.history.violations.size === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function ownStack(): Promise<LocalStack> {
  const policyDir = fileURLToPath(new URL('../policy', import.meta.url));
  const stateDir = join(folder, 'stack');
  return startStack({ stateDir, policyDir, log, signal: stopping.signal });
}

async function play(state: LocalState, { minutes, seed }: ChaosOptions): Promise<Findings> {
  log(`seed ${seed}`);
  const made = [new DemoClients(state, stopping.signal).fillBucket(), makeTables(state)];
  // A stack that runs already may have them.
  await Promise.allSettled(made);
  const root = new Root(state);
  const target = { state, root, lambdas: await deployedLambdas(root.lambda) };
  const chance = new Chance(seed);
  const history = new History();
  const known = new Known(history);
  const client = new Client(state, history);
  const keys = new KeysInUse(state, known, history);
  const oneLog = await OneLog.of(state, client, history);
  const scene = { client, known, keys, history };

  const over = new AbortController();
  const end = AbortSignal.any([stopping.signal, AbortSignal.timeout(minutes * 60_000)]);
  const load = new Load(client, known, new Chance(seed + 1));
  const background = [load.run(over.signal), keys.run(over.signal), oneLog.run(over.signal)];
  let faults: Findings['faults'];
  try {
    faults = await playFaults(scene, target, { chance, until: end, log });
  } finally {
    over.abort();
    await Promise.all(background);
  }
  await untilRecovered(scene, 'all of it');
  log('judging what is on record');
  await oneLog.judgeEntries(await judgeRecords(client, known, history));
  await keys.all();
  if (keys.counts.allowed === 0 || keys.counts.refused === 0) {
    history.violation('all', 'no key was seen alive, or none dead: nothing was tried');
  }
  return {
    ...{ seed, faults, history, uses: keys.counts, grants: known.grants.size },
    keys: [...known.grants.values()].reduce((count, grant) => count + grant.keys.length, 0),
    entries: (await oneLog.look()) ?? 0,
    strangers: await oneLog.judgeWithGo(state, folder),
  };
}
