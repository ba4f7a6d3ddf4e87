import { suspensionKey } from '../../adapters/dynamodb/principal-keys.ts';
import type { GrantRequest } from '../../core/deciding/grant-request.ts';
import { GATES } from '../../core/gates.ts';
import type { Caller } from '../../core/principal.ts';
import { Broker } from './broker.ts';
import { Callers } from './callers.ts';
import { Violation } from './invariants.ts';
import { HOURS, START, World } from './world.ts';

/** Many calls about one principal on one role at once, in virtual time, with DynamoDB's rule for conflicts. */

const JOB: Caller = {
  principal: {
    type: 'User',
    id: 'people:bob',
    issuer: 'people',
    name: 'bob',
    groups: ['people:users'],
    tags: { employee: 'bob' },
  },
  authentication: { mfa: true, signedInAt: START },
  claims: {},
};

const FREE: GrantRequest = {
  entitlement: 'free',
  parameters: {},
  scope: null,
  durationSeconds: 3600,
  startsAt: null,
  justification: 'a simulation',
  ticket: null,
};

type Play = { readonly world: World; readonly callers: Callers };

function begin(seed: number, noted = true): Play {
  const world = new World(seed);
  world.store.transactions.noted = noted;
  world.calm();
  return { world, callers: new Callers(world, new Broker(world)) };
}

/** Plays until all of these are answered. */
async function answered<T>({ kernel }: World, calls: readonly Promise<T>[]): Promise<readonly T[]> {
  let answers: readonly T[] | null = null;
  kernel.spawn(async () => {
    answers = await Promise.all(calls);
  });
  while (answers === null) {
    if (kernel.now > START + HOURS(1)) throw new Violation('load: a call was never answered');
    await kernel.runUntil(kernel.now + 10);
  }
  return answers;
}

/**
 * How many of so many vends at once are refused, and after how many conflicts.
 *
 * @param noted false for the minutes after an upgrade: see `Transactions`
 */
export async function vendAtOnce(count: number, seed = 1, noted = true) {
  const { world, callers } = begin(seed, noted);
  const calls = Array.from({ length: count }, () => callers.requestAndVend(JOB, FREE, null));
  const answers = await answered(world, calls);
  const refused = answers.filter((answer) => !answer.ok).length;
  const { conflicts } = world.store.transactions.seen;
  return { refused, conflicts, milliseconds: world.kernel.now - START };
}

/** `loops` that vend again as soon as they are answered, by way of the API, for as long as the world goes on. */
function hammer({ world }: Play, loops: number, vend: () => Promise<unknown>): void {
  for (let loop = 0; loop < loops; loop += 1) {
    world.kernel.spawn(async () => {
      for (;;) {
        await world.kernel.sleep(world.kernel.between(20, 50));
        await vend();
      }
    });
  }
}

/** A suspension while `loops` of the principal vend without a pause: its times, and the vends after it. */
export async function suspendAgainst(loops: number, seed = 1, noted = true) {
  const play = begin(seed, noted);
  const { world, callers } = play;
  const { kernel, store } = world;
  hammer(play, loops, () => callers.requestAndVend(JOB, FREE, null));
  await kernel.runUntil(START + WHILE);
  const suspending = answered(world, [callers.suspend(JOB.principal.id)]);
  const keptOut = when(world, () => {
    return store.gates.countClosed(suspensionKey(JOB.principal.id), kernel.now) === GATES;
  });
  const [suspended] = await suspending;
  const [answeredAt, vends] = [kernel.now, vendsOf(world)];
  await kernel.runUntil(answeredAt + WHILE);
  return {
    suspended: suspended?.ok === true,
    keptOutAfter: keptOut.at - START - WHILE,
    answeredAfter: answeredAt - START - WHILE,
    before: vends,
    after: vendsOf(world) - vends,
    conflicts: store.transactions.seen.conflicts,
  };
}

/** How long the loops go on before the order, and after its answer. */
const WHILE = 150;

/** The moment at which something is so, to a few milliseconds. */
function when({ kernel }: World, so: () => boolean): { at: number } {
  const moment = { at: Number.POSITIVE_INFINITY };
  kernel.spawn(async () => {
    while (!so()) await kernel.sleep(5);
    moment.at = kernel.now;
  });
  return moment;
}

/** The end of one grant while `loops` vend under it without a pause. */
export async function revokeAgainst(loops: number, seed = 1) {
  const play = begin(seed);
  const { world, callers } = play;
  const [first] = await answered(world, [callers.requestAndVend(JOB, FREE, null)]);
  if (first?.ok !== true) throw new Violation('load: the first vend was refused');
  const { id } = first.value.grant;
  hammer(play, loops, () => callers.vend(JOB, id));
  await world.kernel.runUntil(world.kernel.now + WHILE);
  const from = world.kernel.now;
  const [revoked] = await answered(world, [callers.revoke(JOB, id)]);
  return { revoked: revoked?.ok === true, milliseconds: world.kernel.now - from };
}

function vendsOf({ store }: World): number {
  return store.events.filter(({ type }) => type === 'vended').length;
}

/** @throws Violation if load keeps anybody from what they may do */
export async function withstandLoad(seed: number): Promise<void> {
  for (const noted of [true, false]) {
    const { refused } = await vendAtOnce(200, seed, noted);
    if (refused > 0) throw new Violation(`load: ${refused} of 200 vends at once were refused`);
    const { suspended, after } = await suspendAgainst(50, seed, noted);
    if (!suspended) throw new Violation('load: a suspension was kept out by 50 loops that vend');
    if (after > 0) throw new Violation(`load: ${after} vends after the suspension was answered`);
  }
  // With too little patience, about every second ending gets through.
  for (let next = seed; next < seed + 6; next += 1) {
    const { revoked } = await revokeAgainst(50, next);
    if (!revoked) throw new Violation('load: an ending was kept out by 50 loops that vend');
  }
}
