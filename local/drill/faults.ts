import { expect, type Story } from '../demo-story.ts';
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
import { playOnStack } from '../play-on-stack.ts';
import { checkLedger } from './checks.ts';
import { type Endured, endure } from './endure.ts';
import { CLOCK_SECONDS, openScene } from './scene.ts';

/**
 * The second half of `npm run drill`: one fault after another while people work, each followed by the same checks. Exits
 * with 0 only if all of them hold.
 */

await playOnStack(
  { name: 'drill', says: 'A drill: something is broken all day.' },
  async (stage) => {
    const { story, stack } = stage;
    const scene = openScene(stage);
    await Promise.all([scene.clients.fillBucket(), makeTables(stack.state)]);
    const lambdas = await deployedLambdas(scene.root.lambda);
    const target: Target = { state: stack.state, root: scene.root, lambdas };
    const endured: Endured[] = [];
    for (const fault of faultsOf(lambdas)) {
      endured.push(await story.step(fault.name, () => endure(scene, target, fault)));
    }
    await story.step('The ledger, after all of it', () => checkLedger(scene));
    printPage(story, endured);
  },
);

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

function printPage(story: Story, endured: readonly Endured[]): void {
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
