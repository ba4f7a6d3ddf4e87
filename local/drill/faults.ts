import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, Story } from '../demo-story.ts';
import { makeTables } from '../drill-scene.ts';
import { misconfigured, shiftedClock, throwing } from '../faults/broken-lambda.ts';
import { type Deployed, deployedLambdas, lambdaNamed } from '../faults/deployed.ts';
import type { Fault, Target } from '../faults/fault.ts';
import { iamUnwritable } from '../faults/iam-unwritable.ts';
import { ledgerKeyDisabled } from '../faults/ledger-key-disabled.ts';
import { ledgerUnreachable } from '../faults/ledger-unreachable.ts';
import { emulatorFrozen, workersKilled } from '../faults/processes.ts';
import { streamStopped } from '../faults/stream-stopped.ts';
import { stsRefuses } from '../faults/sts-refuses.ts';
import { tableUnreadable } from '../faults/table-unreadable.ts';
import { startStack } from '../stack.ts';
import { checkLedger } from './checks.ts';
import { type Endured, endure } from './endure.ts';
import { openScene } from './scene.ts';

/**
 * The second half of `npm run drill`: one fault after another while people work, each followed by the same checks. Exits
 * with 0 only if all of them hold.
 */

const CLOCK_SECONDS = 120;

const story = new Story();
const stateDir = mkdtempSync(join(tmpdir(), 'valetkey-drill-'));
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

story.say('A drill: something is broken all day. Starting a local stack …');
let stack: Awaited<ReturnType<typeof startStack>> | undefined;
try {
  const { signal } = stopping;
  const log = (line: string): void => story.detail(line);
  stack = await startStack({ stateDir, policyDir: 'policy', log, signal });
  const scene = openScene({ story, stack, stateDir, signal });
  await Promise.all([scene.clients.fillBucket(), makeTables(stack.state)]);
  const lambdas = await deployedLambdas(scene.root.lambda);
  const target: Target = { state: stack.state, root: scene.root, lambdas };
  const endured: Endured[] = [];
  for (const fault of faultsOf(lambdas)) {
    endured.push(await story.step(fault.name, () => endure(scene, target, fault)));
  }
  await story.step('The ledger, after all of it', () => checkLedger(scene));
  printPage(endured);
  story.end();
} catch (error) {
  story.fail(stopping.signal.aborted ? new Error('stopped') : error);
  process.exitCode = 1;
} finally {
  await stack?.stop();
  rmSync(stateDir, { recursive: true, force: true });
}

/** What is outside of the broker, each of its Lambdas, and their clocks where the time decides. */
function faultsOf(lambdas: readonly Deployed[]): readonly Fault[] {
  const named = (name: string): Deployed => lambdaNamed(lambdas, name);
  return [
    ...[tableUnreadable, ledgerKeyDisabled, ledgerUnreachable, iamUnwritable, stsRefuses],
    ...[streamStopped, workersKilled(), emulatorFrozen],
    ...lambdas.map(throwing),
    misconfigured(named('kill')),
    ...['advance', 'kill', 'vend', 'ledger'].flatMap((name) => [
      shiftedClock(named(name), CLOCK_SECONDS),
      shiftedClock(named(name), -CLOCK_SECONDS),
    ]),
  ];
}

function printPage(endured: readonly Endured[]): void {
  story.say('Faults');
  for (const { name, during, seconds } of endured) {
    story.line(`${name.padEnd(28)} ${during.padEnd(44)} ${seconds.toFixed(1).padStart(5)} s`);
  }
  const longest = Math.max(...endured.map(({ seconds }) => seconds));
  expect(
    endured.length > 0,
    `${endured.length} faults: no key outlived its revocation by more than ${longest.toFixed(1)} s after the fault, and no grant is lost`,
  );
}
