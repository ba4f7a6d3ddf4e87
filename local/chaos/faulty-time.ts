import { setTimeout as sleep } from 'node:timers/promises';
import { faultsOf } from '../faults/all.ts';
import type { Fault, Target } from '../faults/fault.ts';
import type { Chance } from './chance.ts';
import { type Scene, untilRecovered } from './recovery.ts';
import type { Injected } from './report.ts';

/** One fault after the other, each until the broker has recovered from it. */

const LASTS_S = { least: 6, most: 20 };

export async function playFaults(
  scene: Scene,
  target: Target,
  {
    chance,
    until,
    log,
  }: {
    readonly chance: Chance;
    readonly until: AbortSignal;
    readonly log: (line: string) => void;
  },
): Promise<readonly Injected[]> {
  const injected: Injected[] = [];
  for (const fault of inTurn(target, chance)) {
    // After a violation there is nothing to learn that is worth more than its history.
    if (until.aborted || scene.history.violations.size > 0) return injected;
    log(`${fault.name} …`);
    const one = await play(scene, target, fault, chance, until);
    injected.push(one);
    log(`${fault.name}: recovered after ${(one.recoveredMs / 1000).toFixed(1)} s`);
  }
  return injected;
}

async function play(
  scene: Scene,
  target: Target,
  fault: Fault,
  chance: Chance,
  until: AbortSignal,
): Promise<Injected> {
  const { history } = scene;
  const before = { ...history.counts };
  const begun = Date.now();
  const lasts = chance.between(LASTS_S.least, LASTS_S.most) * 1000;
  history.note('all', `FAULT ${fault.name}`);
  try {
    await fault.begin(target);
    await sleep(lasts, undefined, { signal: until }).catch(() => undefined);
  } finally {
    await fault.end(target);
    history.note('all', `END OF ${fault.name}`);
  }
  const lastedMs = Date.now() - begun;
  const { calls, failed, unanswered } = history.counts;
  return {
    ...{ name: fault.name, lastedMs, calls: calls - before.calls },
    unserved: failed + unanswered - before.failed - before.unanswered,
    recoveredMs: await untilRecovered(scene, fault.name),
  };
}

/** Endless: one of each group in a round, in random order; within a group each in turn. */
function* inTurn({ lambdas }: Target, chance: Chance): Generator<Fault> {
  const groups = faultsOf(lambdas).map((group) => chance.shuffled(group));
  for (let round = 0; ; round += 1) {
    for (const group of chance.shuffled(groups)) {
      const fault = group[round % group.length];
      if (fault !== undefined) yield fault;
    }
  }
}
