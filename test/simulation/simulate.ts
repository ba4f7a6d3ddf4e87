import type { AuditEvent } from '../../core/audit.ts';
import type { Grant } from '../../core/grant.ts';
import type { Caller } from '../../core/principal.ts';
import { History, HOURS, START } from './history.ts';

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
/** Ana's second account, and people who only approve. */
const VOTERS = [
  person('ana2', ['approvers'], 'ana'),
  person('kim', ['approvers']),
  person('lee', ['approvers', 'bosses']),
  person('max', ['bosses']),
  ...USERS,
];
const ADMIN = person('admin', ['admins']);
const ENTITLEMENTS = ['free', 'free', 'asked', 'asked', 'chained', 'glass'];

export type Played = {
  readonly grants: number;
  readonly covered: ReadonlyMap<string, number>;
  readonly events: readonly AuditEvent[];
};

/** @throws Violation that names the broken promise */
export async function simulate(seed: number): Promise<Played> {
  const history = new History(seed);
  const { kernel, aws, store } = history;
  if (kernel.chance() < 0.3) aws.small.add('arn:aws:iam::111122223333:role/shared');
  const actions = kernel.between(8, 28);
  for (let action = 0; action < actions; action += 1) {
    kernel.spawn(async () => {
      await kernel.sleep(kernel.between(0, HOURS(2)));
      await perform(history);
    });
  }
  kernel.spawn(() => useKeys(history));
  await playUntil(history, START + HOURS(3));
  history.calm();
  history.sweepDown = false;
  await playUntil(history, START + HOURS(9));
  history.invariants.checkEnd();
  return { grants: store.grants.size, covered: history.covered, events: store.events };
}

async function playUntil(history: History, end: number): Promise<void> {
  const { kernel } = history;
  while (kernel.now < end) {
    await kernel.runUntil(Math.min(end, kernel.now + kernel.between(1000, 240_000)));
    history.invariants.check();
  }
}

/** Uses vended keys to assume chained roles, now and then. */
async function useKeys({ kernel, aws }: History): Promise<void> {
  for (;;) {
    await kernel.sleep(kernel.between(1000, 600_000));
    for (const session of [...aws.sessions]) {
      if (session.chained || !session.role.endsWith('chain-start')) continue;
      aws.chain(session, 'arn:aws:iam::111122223333:role/chained');
    }
  }
}

async function perform(history: History): Promise<void> {
  const { kernel, store } = history;
  const user = kernel.pick(USERS);
  const grant = anyGrant([...store.grants.values()], kernel.chance());
  const owner = USERS.find(({ principal }) => principal.id === grant?.requester.id) ?? user;
  const at = kernel.chance();
  if (grant === undefined || at < 0.34) return request(history, user);
  const id = grant.id;
  if (at < 0.44) await history.vend(owner, id);
  else if (at < 0.6) await votes(history, id);
  else if (at < 0.64) await history.cancel(owner, id);
  else if (at < 0.76) await revoke(history, kernel.pick([owner, ADMIN, user]), id);
  else if (at < 0.82) await history.extend(owner, id);
  else if (at < 0.84) await history.review(kernel.pick([ADMIN, owner]), id);
  else if (at < 0.89) await suspendForAWhile(history, owner.principal.id);
  else if (at < 0.91) await history.revokeAll(owner.principal.id);
  else if (at < 0.93) history.deploy();
  else if (at < 0.96) breakRole(history, grant);
  else if (at < 0.98) for (const each of store.grants.keys()) history.workflow.kill(each);
  else history.sweepDown = !history.sweepDown;
}

async function request(history: History, user: Caller): Promise<void> {
  const { kernel } = history;
  const body = history.request(kernel.pick(ENTITLEMENTS), {
    startsAt: kernel.chance() < 0.2 ? kernel.now + kernel.between(1000, 1_800_000) : null,
  });
  const key = kernel.chance() < 0.5 ? `key-${kernel.between(0, 1e9)}` : null;
  const once = () =>
    kernel.chance() < 0.6
      ? history.requestAndVend(user, body, key)
      : history.requestGrant(user, body, key);
  const tries = key !== null && kernel.chance() < 0.4 ? [once(), once()] : [once()];
  const answers = await Promise.all(tries);
  const ids = answers.flatMap((answer) =>
    answer.ok ? ('grant' in answer.value ? answer.value.grant.id : answer.value.id) : [],
  );
  if (new Set(ids).size > 1) history.invariants.fail('I11', 'one key made two grants');
}

/** Several votes at once, so that last votes race. */
async function votes(history: History, id: string): Promise<void> {
  const { kernel } = history;
  const count = kernel.between(1, 4);
  const voters = Array.from({ length: count }, () => kernel.pick(VOTERS));
  await Promise.all(
    voters.map(async (voter) => {
      await history.vote(voter, id, kernel.pick(['approve', 'approve', 'approve', 'deny']));
      if (kernel.chance() < 0.2) await history.vote(voter, id, 'withdraw');
    }),
  );
}

async function revoke(history: History, by: Caller, id: string): Promise<void> {
  const { kernel, store } = history;
  if (kernel.chance() < 0.2) {
    // Revokes everything at once.
    await Promise.all([...store.grants.keys()].map((each) => history.revoke(ADMIN, each)));
    return;
  }
  const others = kernel.chance() < 0.3 ? [history.vend(by, id), history.vend(by, id)] : [];
  await Promise.all([history.revoke(by, id), ...others]);
}

async function suspendForAWhile(history: History, principal: string): Promise<void> {
  const user = USERS.find(({ principal: { id } }) => id === principal) ?? USERS[0];
  const racing = user === undefined ? [] : [request(history, user)];
  await Promise.all([history.suspend(principal), ...racing]);
  await history.kernel.sleep(history.kernel.between(60_000, 3_600_000));
  await history.resume(principal);
}

function breakRole(history: History, { targetRole }: Grant): void {
  history.aws.broken.add(targetRole);
  history.kernel.spawn(async () => {
    await history.kernel.sleep(history.kernel.between(60_000, HOURS(2)));
    history.aws.broken.delete(targetRole);
  });
}

/** A random grant; new ones are more likely, because most happens to them. */
function anyGrant(grants: readonly Grant[], chance: number): Grant | undefined {
  return grants[grants.length - 1 - Math.floor(chance * chance * grants.length)];
}
