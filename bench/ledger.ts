import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStack } from '../local/stack.ts';
import type { LocalState } from '../local/state-folder.ts';
import { BUSY, FULL, QUIET } from '../test/support/ledger-batches.ts';
import { ledgerCost } from './ledger-cost.ts';
import { printResults } from './print-results.ts';
import { round } from './statistics.ts';
import { tokenOf } from './token.ts';
import { benchPolicy, VEND_BODY } from './vend-handler.ts';

/** What the ledger costs, and how long an event takes to a signed checkpoint. */

const ALONE = 5;
const AT_ONCE = 12;

export async function measureLedger(state: LocalState, token: string) {
  const alone: number[] = [];
  for (let count = 0; count < ALONE; count += 1) alone.push(...(await lagsOf(state, token)));
  const many = Array.from({ length: AT_ONCE }, () => lagsOf(state, token));
  const atOnce = (await Promise.all(many)).flat();
  return {
    lagSeconds: { alone: percentiles(alone), atOnce: percentiles(atOnce) },
    usdPerMillionEvents: {
      quiet: ledgerCost(QUIET),
      busy: ledgerCost(BUSY),
      full: ledgerCost(FULL),
      goal: 'busy ≤ 5',
    },
  };
}

type Event = { readonly id: string; readonly at: string };

/** Vends, and waits until each event of the grant has a proof against a signed checkpoint. */
async function lagsOf({ apiUrl }: LocalState, token: string): Promise<readonly number[]> {
  const headers = { authorization: `Bearer ${token}` };
  const body = JSON.stringify(VEND_BODY);
  const vend = () => fetch(`${apiUrl}/v1/credentials`, { method: 'POST', headers, body });
  let vended = await vend();
  // As callers do: on a busy machine the emulator may be late.
  for (; vended.status === 503; vended = await vend()) await sleep(1000);
  if (vended.status !== 200) throw new Error(`the vend was answered with ${vended.status}`);
  const { grant } = (await vended.json()) as { readonly grant: { readonly id: string } };
  const trail = await fetch(`${apiUrl}/v1/grants/${grant.id}/events`, { headers });
  const { events } = (await trail.json()) as { readonly events: readonly Event[] };
  const lags: number[] = [];
  for (const { id, at } of events) {
    const proof = `${apiUrl}/v1/grants/${grant.id}/events/${id}/proof`;
    for (;;) {
      const { status } = await fetch(proof, { headers });
      if (status === 200) break;
      if (status !== 409 && status !== 503)
        throw new Error(`the proof was answered with ${status}`);
      await sleep(200);
    }
    lags.push((Date.now() - Date.parse(at)) / 1000);
  }
  return lags;
}

function percentiles(lags: readonly number[]) {
  const sorted = lags.toSorted((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN);
  return { events: sorted.length, p50: at(0.5), p95: at(0.95), max: at(1) };
}

/** `node bench/ledger.ts` measures this alone. */
if (import.meta.main) {
  const settings = { stateDir: '.valetkey/bench', policyDir: benchPolicy(), log: console.error };
  const stack = await startStack(settings);
  try {
    const ledger = await measureLedger(stack.state, await tokenOf(stack.state));
    const results = JSON.parse(readFileSync('bench/results.json', 'utf8')) as object;
    writeFileSync('bench/results.json', `${JSON.stringify({ ...results, ledger }, null, 2)}\n`);
    printResults({ ...ledger });
  } finally {
    await stack.stop();
  }
}
