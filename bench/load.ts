import { readFileSync, writeFileSync } from 'node:fs';
import { startStack } from '../local/stack.ts';
import type { LocalState } from '../local/state-folder.ts';
import { runChild, vendEnvironment } from './child.ts';
import { measureRevocation } from './lifecycle.ts';
import { printResults } from './print-results.ts';
import { round } from './statistics.ts';
import { tokenOfJob } from './token.ts';
import { benchPolicy } from './vend-handler.ts';

/** How the broker serves what matters while others ask for much. All calls go to loopback, and end by themselves. */

/** How many calls of the flood are under way at any time. */
const FLOOD = 8;
const JOBS = 100;

/** Revocations while others flood the API with a token, with a bad one and without any. */
export async function measureFlood(state: LocalState, token: string) {
  let [stopped, answered] = [false, 0];
  const ask = async (path: string, method: string, authorization: string): Promise<void> => {
    const headers = authorization === '' ? {} : { authorization: `Bearer ${authorization}` };
    const answer = await fetch(`${state.apiUrl}${path}`, { method, headers });
    await answer.arrayBuffer();
    answered += 1;
  };
  const flood = async (index: number): Promise<void> => {
    while (!stopped) {
      if (index % 4 === 0) await ask('/v1/grants', 'GET', token);
      else if (index % 4 === 1) await ask('/v1/credentials', 'POST', 'no.such.token');
      else if (index % 4 === 2) await ask('/v1/grants', 'POST', '');
      else await ask('/no/such/call', 'GET', '');
    }
  };
  const begun = performance.now();
  const flooding = Array.from({ length: FLOOD }, (_, index) => flood(index));
  try {
    const revocation = await measureRevocation(state, token);
    const callsPerSecond = round(answered / ((performance.now() - begun) / 1000));
    return { callsAtOnce: FLOOD, callsPerSecond, ...revocation, goal: 'refused within 2000' };
  } finally {
    stopped = true;
    await Promise.all(flooding);
  }
}

/** Jobs of one repository that all ask for credentials at the same moment: none is refused by a limit. */
export async function measureJobs(
  state: LocalState,
  env: Readonly<Record<string, string>>,
): Promise<unknown> {
  const runs = Array.from({ length: JOBS }, (_, run) => tokenOfJob(state, run));
  const tokens = JSON.stringify(await Promise.all(runs));
  return runChild('jobs.ts', { ...env, BENCH_JOBS: tokens });
}

/** `node bench/load.ts` measures this alone. */
if (import.meta.main) {
  const settings = { stateDir: '.valetkey/bench', policyDir: benchPolicy(), log: console.error };
  const stack = await startStack(settings);
  try {
    const env = await vendEnvironment(stack.state);
    const jobs = await measureJobs(stack.state, env);
    const flood = await measureFlood(stack.state, env['BENCH_TOKEN'] ?? '');
    const results = JSON.parse(readFileSync('bench/results.json', 'utf8')) as object;
    const load = { jobs, flood };
    writeFileSync('bench/results.json', `${JSON.stringify({ ...results, load }, null, 2)}\n`);
    printResults(load);
  } finally {
    await stack.stop();
  }
}
