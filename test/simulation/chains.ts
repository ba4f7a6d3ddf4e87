import type { GrantRequest } from '../../core/deciding/grant-request.ts';
import type { Caller } from '../../core/principal.ts';
import { Broker } from './broker.ts';
import { Callers } from './callers.ts';
import { Violation } from './invariants.ts';
import { HOURS, START, World } from './world.ts';

/**
 * Sessions that go on to a chained role while their grants end and IAM refuses to write on the first role:
 * as long as the first role does not deny a grant, its sessions begin others in the chained one, whose
 * policy has room for a time of issue only.
 */

const [START_ROLE, CHAINED_ROLE] = ['chain-start', 'chained'].map(
  (name) => `arn:aws:iam::111122223333:role/${name}`,
) as [string, string];

/** More than the chained role's policy can name, with as many open ones between them. */
const GRANTS = 12;

const REQUEST: GrantRequest = {
  entitlement: 'chained',
  parameters: {},
  scope: null,
  durationSeconds: 3600,
  startsAt: null,
  justification: 'a simulation',
  ticket: null,
};

function user(name: string): Caller {
  const principal = { type: 'User', id: `people:${name}`, issuer: 'people', name } as const;
  return {
    principal: { ...principal, groups: ['people:users'], tags: { employee: name } },
    authentication: { mfa: true, signedInAt: START },
    claims: {},
  };
}

/** @throws Violation that names the broken promise */
export async function playChains(seed: number): Promise<void> {
  const world = new World(seed);
  world.calm();
  const { kernel, aws, invariants, store } = world;
  aws.small.add(CHAINED_ROLE);
  const callers = new Callers(world, new Broker(world));
  kernel.spawn(async () => {
    while (kernel.now < START + HOURS(0.5)) {
      await kernel.sleep(kernel.between(5000, 20_000));
      for (const session of [...aws.sessions]) {
        if (session.role === START_ROLE) aws.chain(session, CHAINED_ROLE);
      }
    }
  });
  kernel.spawn(async () => {
    for (let count = 0; count < GRANTS; count += 1) {
      for (const name of ['ana', 'bob']) await callers.requestAndVend(user(name), REQUEST, null);
    }
    await kernel.sleep(60_000);
    aws.broken.add(START_ROLE);
    const mine = [...store.grants.values()].filter(
      ({ requester }) => requester.id === 'people:ana',
    );
    for (const { id } of mine) await callers.revoke(user('ana'), id);
    await kernel.sleep(kernel.between(120_000, 600_000));
    aws.broken.delete(START_ROLE);
  });
  while (kernel.now < START + HOURS(4)) {
    await kernel.runUntil(kernel.now + 30_000);
    invariants.check();
  }
  invariants.checkEnd();
  if (store.grants.size !== 2 * GRANTS) throw new Violation('chains: not every grant was made');
  if (!aws.sessions.some(({ chained }) => chained)) throw new Violation('chains: nothing chained');
}
