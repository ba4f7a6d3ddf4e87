import type { GrantRequest } from '../../core/deciding/grant-request.ts';
import type { Caller } from '../../core/principal.ts';
import { Broker } from './broker.ts';
import { bundleOf, FIRST } from './bundles.ts';
import { Callers } from './callers.ts';
import { Violation } from './invariants.ts';
import { START, World } from './world.ts';

/** More requests in a minute than a limit allows that several counters share, from jobs that run side by side. */

/** Two counters share it. */
const MOST = 300;
const JOBS = 330;

/** Policy denies everything to this token, which counts as a request and keeps the history short. */
const JOB: Caller = {
  principal: {
    ...{ type: 'User', id: 'people:eve', issuer: 'people', name: 'eve' },
    ...{ groups: [], tags: { employee: 'eve' } },
  },
  authentication: { mfa: true, signedInAt: START },
  claims: {},
};

const REQUEST: GrantRequest = {
  ...{ entitlement: 'free', parameters: {}, scope: null, durationSeconds: 60, startsAt: null },
  ...{ justification: 'a simulation', ticket: null },
};

/** @throws Violation where more get through than the limit allows, or fewer */
export async function playLimits(seed: number): Promise<void> {
  const bundle = bundleOf({ ...FIRST, limits: `users: { requestsPerMinute: ${MOST} }\n` });
  const world = new World(seed, { before: bundle, after: bundle });
  world.calm();
  const { kernel, store, invariants } = world;
  const callers = new Callers(world, new Broker(world));
  let limited = 0;
  for (let job = 0; job < JOBS; job += 1) {
    kernel.spawn(async () => {
      await kernel.sleep(kernel.between(5000, 50_000));
      const answer = await callers.requestGrant(JOB, REQUEST, null);
      if (!answer.ok && answer.error.code === 'limited') limited += 1;
    });
  }
  await kernel.runUntil(START + 58_000);
  invariants.check();
  if (store.grants.size !== MOST || limited !== JOBS - MOST) {
    throw new Violation(`limits: ${store.grants.size} of ${MOST} got through, ${limited} did not`);
  }
}
