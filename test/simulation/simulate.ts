import type { AuditEvent } from '../../core/audit.ts';
import type { GrantRequest } from '../../core/deciding/grant-request.ts';
import type { Grant } from '../../core/grant.ts';
import type { Caller } from '../../core/principal.ts';
import { Broker } from './broker.ts';
import { TIGHT } from './bundles.ts';
import { Callers } from './callers.ts';
import { quarantineForAWhile } from './quarantines.ts';
import { recover } from './recover.ts';
import { HOURS, START, World } from './world.ts';

/** Plays one history from its seed and checks every invariant throughout. */

const person = (sub: string, groups: readonly string[], employee = sub): Caller => ({
  principal: {
    type: 'User',
    id: `people:${sub}`,
    issuer: 'people',
    name: sub,
    groups: groups.map((group) => `people:${group}`),
    tags: { employee },
  },
  authentication: { mfa: true, signedInAt: START },
  claims: {},
});

const USERS = [
  person('ana', ['users', 'approvers']),
  person('bob', ['users']),
  person('eve', ['users']),
];
/** Ana's second account, whose issuer writes her differently, and people who only approve. */
const KIM = person('kim', ['approvers']);
const VOTERS = [
  person('ana2', ['approvers'], 'ANA '),
  KIM,
  person('lee', ['approvers', 'bosses']),
  person('max', ['bosses']),
  ...USERS,
];
const ADMIN = person('admin', ['admins']);
const SECOND_ADMIN = person('mia', ['admins']);
/** In every so many histories the broker is in quarantine for a while. */
const QUARANTINE_EVERY = 4;
const ENTITLEMENTS = [
  ...['free', 'free', 'asked', 'asked', 'coded', 'known', 'chained', 'chained', 'glass'],
];

/** Another token of the same principal, which policy lets request nothing. */
const lesser = ({ principal, ...token }: Caller): Caller => ({
  ...token,
  principal: { ...principal, groups: [] },
});

export type Played = {
  readonly grants: number;
  readonly covered: ReadonlyMap<string, number>;
  readonly events: readonly AuditEvent[];
  readonly states: ReadonlyMap<string, readonly Grant[]>;
};

/** In every so many histories, the broker is recovered. */
const RECOVERS_EVERY = 5;

/** @throws Violation that names the broken promise */
export async function simulate(seed: number): Promise<Played> {
  const world = new World(seed, TIGHT);
  const broker = new Broker(world);
  const history = { world, broker, callers: new Callers(world, broker) };
  const { kernel, aws, store } = world;
  for (const name of ['shared', 'chained']) {
    if (kernel.chance() < 0.3) aws.small.add(`arn:aws:iam::111122223333:role/${name}`);
  }
  const actions = kernel.between(8, 28);
  for (let action = 0; action < actions; action += 1) {
    kernel.spawn(async () => {
      await kernel.sleep(kernel.between(0, HOURS(2)));
      await perform(history);
    });
  }
  if (seed % QUARANTINE_EVERY === 0) {
    kernel.spawn(() => quarantineForAWhile(world, [ADMIN, SECOND_ADMIN]));
  }
  kernel.spawn(() => useKeys(world));
  if (seed % RECOVERS_EVERY === 0) kernel.spawn(() => recover(world));
  await playUntil(world, START + HOURS(3));
  world.calm();
  broker.sweepDown = false;
  broker.parksNothing = false;
  await playUntil(world, START + HOURS(9));
  world.invariants.checkEnd();
  const { conflicts, gaveUp } = store.transactions.seen;
  world.count('store: conflicting transactions', conflicts);
  world.count('store: gave up after conflicts', gaveUp);
  return {
    grants: store.grants.size,
    covered: world.covered,
    events: store.events,
    states: world.states,
  };
}

async function playUntil({ kernel, invariants, held }: World, end: number): Promise<void> {
  while (kernel.now < end) {
    await kernel.runUntil(Math.min(end, kernel.now + kernel.between(1000, 240_000)));
    held.check();
    invariants.check();
  }
}

/** Uses vended keys to assume chained roles, now and then. */
async function useKeys({ kernel, aws }: World): Promise<void> {
  for (;;) {
    await kernel.sleep(kernel.between(1000, 600_000));
    for (const session of [...aws.sessions]) {
      if (session.chained || !session.role.endsWith('chain-start')) continue;
      aws.chain(session, 'arn:aws:iam::111122223333:role/chained');
    }
  }
}

type Playing = { readonly world: World; readonly callers: Callers };
type History = Playing & { readonly broker: Broker };

async function perform(history: History): Promise<void> {
  const { world, broker, callers } = history;
  const { kernel, store } = world;
  const user = kernel.pick(USERS);
  const grant = anyGrant([...store.grants.values()], kernel.chance());
  const owner = USERS.find(({ principal }) => principal.id === grant?.requester.id) ?? user;
  const at = kernel.chance();
  if (grant === undefined || at < 0.32) return requestAndDecide(history, user);
  if (at < 0.34) return flood(history, owner);
  const id = grant.id;
  if (at < 0.41) await callers.vend(owner, id);
  else if (at < 0.44) await useWithLesserToken(history, lesser(owner), grant);
  else if (at < 0.6) await decide(history, owner, id);
  else if (at < 0.64) await callers.cancel(owner, id);
  else if (at < 0.76) await revoke(history, kernel.pick([owner, ADMIN, user]), id);
  else if (at < 0.82) await extend(history, owner, id);
  else if (at < 0.84) await callers.review(kernel.pick([ADMIN, owner]), owesReview(store) ?? id);
  else if (at < 0.89)
    await suspendForAWhile(history, kernel.pick([owner, owner, ...VOTERS]).principal.id);
  else if (at < 0.91) await callers.revokeAll(owner.principal.id);
  else if (at < 0.93) world.deploy();
  else {
    world.faulty = true;
    if (at < 0.96) breakRole(world, grant);
    else if (at < 0.98) for (const each of store.grants.keys()) broker.workflow.kill(each);
    else if (at < 0.995) broker.sweepDown = !broker.sweepDown;
    else broker.parksNothing = true;
  }
}

async function requestAndDecide(history: History, user: Caller): Promise<void> {
  const { kernel } = history.world;
  const [id] = await request(history, user);
  if (id !== undefined && kernel.chance() < 0.5) await decide(history, user, id);
}

/** More calls than limits allow, at once or one by one; some of what they asked for is ended in their midst. */
async function flood(history: History, user: Caller): Promise<void> {
  const { world, callers } = history;
  const { kernel } = world;
  const entitlement = kernel.pick(['asked', 'asked', 'coded', 'coded', 'free']);
  const vends = kernel.chance() < 0.3;
  const denied = kernel.chance() < 0.5;
  // A limit that is lowered finds what lapses at different times.
  const deploysAt = kernel.chance() < 0.3 ? 3 : null;
  const slow = denied || deploysAt !== null;
  const gap = kernel.pick(slow ? [4000, 15_000, 60_000] : [0, 0, 4000]);
  const call = async (): Promise<void> => {
    if (vends) return vendUnderAny(history, user);
    const [made] = await request(history, user, entitlement);
    if (made === undefined) return;
    if (kernel.chance() < 0.2) await callers.cancel(user, made);
    else if (kernel.chance() < 0.1) await callers.revoke(user, made);
    else if (denied) await callers.vote(KIM, made, 'deny');
    else if (kernel.chance() < 0.3) await votes(history, made);
  };
  for (let calls = kernel.between(4, 11); calls > 0; calls -= 1) {
    kernel.spawn(call);
    await kernel.sleep(gap);
    if (calls === deploysAt) world.deploy();
  }
}

/** Vends under one of the last two grants of the user that give credentials. */
async function vendUnderAny({ world, callers }: Playing, user: Caller): Promise<void> {
  const { kernel, store } = world;
  const own = [...store.grants.values()].filter(
    ({ requester, status }) => requester.id === user.principal.id && status === 'active',
  );
  if (own.length > 0) await callers.vend(user, kernel.pick(own.slice(-2)).id);
}

/** @returns the ids of the grants that it made: one, or none. */
async function request(
  { world, callers }: Playing,
  user: Caller,
  entitlement = world.kernel.pick(ENTITLEMENTS),
): Promise<readonly string[]> {
  const { kernel, invariants } = world;
  const startsAt = kernel.chance() < 0.2 ? kernel.now + kernel.between(1000, 1_800_000) : null;
  const body: GrantRequest = {
    entitlement,
    parameters: {},
    scope: null,
    durationSeconds: kernel.pick([60, 600, 1800, 3600, 7200]),
    startsAt,
    justification: 'a simulation',
    ticket: entitlement === 'glass' ? 'INC-1' : null,
  };
  const key = kernel.chance() < 0.5 ? `key-${kernel.between(0, 1e9)}` : null;
  const once = () =>
    kernel.chance() < 0.6
      ? callers.requestAndVend(user, body, key)
      : callers.requestGrant(user, body, key);
  const tries = key !== null && kernel.chance() < 0.4 ? [once(), once()] : [once()];
  const answers = await Promise.all(tries);
  if (key !== null && kernel.chance() < 0.5) await misuseKey({ world, callers }, user, body, key);
  const ids = answers.flatMap((answer) =>
    answer.ok ? ('grant' in answer.value ? answer.value.grant.id : answer.value.id) : [],
  );
  if (new Set(ids).size > 1) invariants.fail('I11', 'one key made two grants');
  return ids;
}

/** Under a key of the user's: fresh credentials for a lesser token, and another call for the user. */
async function misuseKey(
  { world: { kernel, store, invariants }, callers }: Playing,
  user: Caller,
  body: GrantRequest,
  key: string,
): Promise<void> {
  await kernel.sleep(kernel.between(0, 60_000));
  const used = store.keyUse(user.principal.id, key);
  if (used === undefined) return;
  const replayed = await callers.requestAndVend(lesser(user), body, key);
  if (replayed.ok && replayed.value.credentials !== null) {
    invariants.fail('section 10', 'a lesser token replayed a request for credentials');
  }
  const other = await callers.cancel(user, used.grantId, { key, fingerprint: 'another call' });
  if (other.ok) invariants.fail('I11', 'one key served two calls');
}

/** Nothing that a lesser token tries may succeed while the grant is open. */
async function useWithLesserToken(
  { world: { kernel, store, invariants }, callers }: History,
  token: Caller,
  { id }: Grant,
): Promise<void> {
  const uses = [
    () => callers.vend(token, id),
    () => callers.cancel(token, id),
    () => callers.revoke(token, id),
    () => callers.extend(token, id),
  ];
  const before = store.grants.get(id);
  const used = await kernel.pick(uses)();
  const open = before !== undefined && ['pending', 'scheduled', 'active'].includes(before.status);
  if (used.ok && open && store.grants.get(id)?.status === before.status) {
    invariants.fail('section 10', 'a lesser token used the grant', before);
  }
}

/** Votes on a request; a grant that people have approved is often extended later. */
async function decide(history: History, owner: Caller, id: string): Promise<void> {
  const { kernel, store } = history.world;
  const pending = (): boolean => store.grants.get(id)?.status === 'pending';
  for (let rounds = 3; rounds > 0 && pending(); rounds -= 1) {
    await votes(history, id);
    await kernel.sleep(kernel.between(1000, 300_000));
  }
  if (!pending()) await extend(history, owner, id, kernel.pick([5400, 6000]));
}

/** An extension that needs an approval meets its voters soon, and may be replaced meanwhile. */
async function extend(
  history: History,
  owner: Caller,
  id: string,
  seconds?: number,
): Promise<void> {
  const { kernel } = history.world;
  const asked = await history.callers.extend(owner, id, seconds);
  if (!asked.ok || asked.value.extension === null) return;
  for (let rounds = kernel.between(1, 4); rounds > 0; rounds -= 1) {
    await kernel.sleep(kernel.between(1000, 300_000));
    await votes(history, id);
    if (kernel.chance() < 0.3) await history.callers.extend(owner, id, seconds);
  }
}

/** Several votes at once, so that last votes race. */
async function votes(history: History, id: string): Promise<void> {
  const { world, callers } = history;
  const { kernel, invariants } = world;
  const count = kernel.between(1, 4);
  const voters = Array.from({ length: count }, () => kernel.pick(VOTERS));
  await Promise.all(
    voters.map(async (voter) => {
      const what = kernel.pick(['approve', 'approve', 'approve', 'deny'] as const);
      const key = `vote-${kernel.between(0, 1e9)}`;
      const first = await callers.vote(voter, id, what, key);
      if (kernel.chance() < 0.3) {
        const again = await callers.vote(voter, id, what, key);
        const refused = !again.ok && again.error.code === 'wrong-state';
        if (first.ok && refused) invariants.fail('I11', 'a repeated vote was refused');
      }
      if (kernel.chance() < 0.2) await callers.vote(voter, id, 'withdraw');
      if (kernel.chance() < 0.15) kernel.spawn(() => suspendForAWhile(history, voter.principal.id));
    }),
  );
}

async function revoke({ world, callers }: History, by: Caller, id: string): Promise<void> {
  const { kernel, store } = world;
  if (kernel.chance() < 0.2) {
    // Revokes everything at once.
    await Promise.all([...store.grants.keys()].map((each) => callers.revoke(ADMIN, each)));
    return;
  }
  const others = kernel.chance() < 0.3 ? [callers.vend(by, id), callers.vend(by, id)] : [];
  await Promise.all([callers.revoke(by, id), ...others]);
}

async function suspendForAWhile(history: History, principal: string): Promise<void> {
  const user = USERS.find(({ principal: { id } }) => id === principal) ?? USERS[0];
  const racing = user === undefined ? [] : [request(history, user)];
  const { world, callers } = history;
  await Promise.all([callers.suspend(principal), ...racing]);
  await world.kernel.sleep(world.kernel.between(60_000, 3_600_000));
  const again = world.kernel.chance() < 0.3;
  await Promise.all([
    callers.resume(principal),
    ...(again ? [suspendAgain(history, principal)] : []),
  ]);
}

/** Keeps out whom another order lets in, while the gates may still be opening. */
async function suspendAgain({ world: { kernel }, callers }: History, principal: string) {
  await kernel.sleep(kernel.between(0, 4000));
  await callers.suspend(principal);
  await kernel.sleep(kernel.between(10_000, 600_000));
  await callers.resume(principal);
}

function breakRole({ kernel, aws }: World, { targetRole }: Grant): void {
  aws.broken.add(targetRole);
  kernel.spawn(async () => {
    await kernel.sleep(kernel.between(60_000, HOURS(2)));
    aws.broken.delete(targetRole);
  });
}

function owesReview({ grants }: World['store']): string | undefined {
  return [...grants.values()].find(({ review }) => review?.status === 'due')?.id;
}

/** A random grant; new ones are more likely, because most happens to them. */
function anyGrant(grants: readonly Grant[], chance: number): Grant | undefined {
  return grants[grants.length - 1 - Math.floor(chance * chance * grants.length)];
}
