import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { killGrant } from '../../core/kill/kill-grant.ts';
import { lookAfter } from '../../core/kill/look-after.ts';
import { recoverRole } from '../../core/kill/recover-role.ts';
import { err } from '../../core/result.ts';
import { sourceIdentity } from '../../core/session.ts';
import { draws } from '../support/draws.ts';
import { type KillWorld, killWorld, revoking, withPolicies } from '../support/kill-ports.ts';
import { activeGrant, ROLE } from '../support/sample-grants.ts';
import { deniesSession } from './simulate.ts';

/**
 * A table is lost, and an older one restored; its role is recovered. Whatever session the role's policy denied before,
 * as a simulator of IAM judges it, is denied after every later write, until it is dead.
 */

const PEOPLE = ['ana-343pcddht9bsnagv', 'bob-0000000000000001', 'ci-0000000000000002'];
const HOUR = 3_600_000;

type Session = { readonly sourceIdentity: string; readonly issuedAt: number };

/** A world with the same IAM, in which the table is as it was when the copy was made. */
function copyOf(world: KillWorld): KillWorld {
  const copy = killWorld();
  const from = world.store;
  for (const name of ['grants', 'switches', 'cutoffs'] as const) {
    for (const [key, value] of from[name]) copy.store[name].set(key, value as never);
  }
  return copy;
}

function portsOf(world: KillWorld, room: number) {
  const { policies } = world.ports;
  return withPolicies(world.ports, {
    put: async (role, document) =>
      document.length > room
        ? err({ code: 'too-long', reason: 'LimitExceeded' })
        : policies.put(role, document),
  });
}

/** Grants begin, and some of them end. */
async function live(world: KillWorld, room: number, ends: readonly boolean[], sessions: Session[]) {
  for (const [at, ended] of ends.entries()) {
    world.now += 7000;
    const principalKey = PEOPLE[at % PEOPLE.length] ?? '';
    const grant = activeGrant({ principalKey, keysValidUntil: world.now + 1_800_000 });
    world.store.grants.set(grant.id, grant);
    const identity = sourceIdentity(principalKey, grant.id);
    for (const issuedAt of [world.now, world.now - HOUR]) {
      sessions.push({ sourceIdentity: identity, issuedAt });
    }
    if (!ended) continue;
    revoking(world, { id: grant.id, principalKey });
    await killGrant(portsOf(world, room), grant.id, 'x');
  }
}

const ends = fc.array(fc.boolean(), { maxLength: 24 });
const history = fc.record({
  ends: fc.tuple(ends, ends, ends),
  room: fc.constantFrom(400, 700, 1200, 10_240),
  twice: fc.boolean(),
});

test('no session that a policy denied lives again after a recovery, in the opinion of a simulator', async () => {
  const seen = { denied: 0, byTime: 0 };
  await fc.assert(
    fc.asyncProperty(history, async ({ ends: [first, second, third], room, twice }) => {
      const sessions: Session[] = [];
      const lost = killWorld();
      await live(lost, room, first, sessions);
      const world = copyOf(lost);
      await live(lost, room, second, sessions);
      const before = lost.policies.get(ROLE) ?? null;
      if (before !== null) world.policies.set(ROLE, before);
      world.now = lost.now + 600_000;
      const known: Session[] = [];
      for (const session of sessions) {
        if (await deniesSession(before, session)) known.push(session);
      }
      seen.denied += known.length;
      const check = async (step: string, all: readonly Session[]) => {
        const text = world.policies.get(ROLE) ?? null;
        for (const session of all) {
          const denied = await deniesSession(text, session);
          expect([step, session, denied]).toEqual([step, session, true]);
        }
      };
      const recovering = { ...portsOf(world, room), recovering: true };
      await lookAfter(recovering, ROLE, false);
      await check('a look before it', known);
      // Calls to STS may be in flight until the very end.
      const last = sessions.map((session) => ({ ...session, issuedAt: world.now }));
      sessions.push(...last);
      const cut = await recoverRole(recovering, ROLE, 'a test');
      if (twice) await recoverRole(recovering, ROLE, 'a test');
      if (!cut.ok) throw new Error(cut.error.reason);
      await check('the recovery', sessions);
      for (const { id, status } of [...world.store.grants.values()].slice(0, 3)) {
        if (status === 'active') revoking(world, { id });
        await killGrant(recovering, id, 'x');
      }
      await check('kills', sessions);
      await live(world, room, third, []);
      await check('writes after it', sessions);
      // The last sessions live for ten seconds more.
      world.now = (last[0]?.issuedAt ?? world.now) + HOUR - 10_000;
      await lookAfter(portsOf(world, room), ROLE, false);
      await check('a look after it', last);
      if (!(world.policies.get(ROLE) ?? '').includes('EndedGrants')) seen.byTime += 1;
    }),
    { numRuns: draws(25), seed: 20_261_127 },
  );
  expect(seen.denied).toBeGreaterThan(draws(100));
}, 60_000);
