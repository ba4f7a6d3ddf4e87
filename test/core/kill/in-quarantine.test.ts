import { expect, test } from '@jest/globals';
import { killGrant } from '../../../core/kill/kill-grant.ts';
import { lookAfter } from '../../../core/kill/look-after.ts';
import { nextStep, stepAfter } from '../../../core/lifecycle/next-step.ts';
import { err, ok } from '../../../core/result.ts';
import { killWorld, revoking, withKills, withPolicies } from '../../support/kill-ports.ts';
import { IN_FORCE } from '../../support/quarantine.ts';
import { ROLE } from '../../support/sample-grants.ts';

const LATER = 'gr_00000000000000000abc';

function identitiesIn(document: string | null): readonly string[] {
  const { Statement = [] } = JSON.parse(document ?? '{}') as {
    Statement?: { Condition: { StringLike?: Record<string, string[]> } }[];
  };
  return Statement.flatMap(({ Condition }) => Condition.StringLike?.['aws:SourceIdentity'] ?? []);
}

test('a deny is removed only after the quarantine, and then only what nobody needs any more', async () => {
  const world = killWorld();
  world.quarantine = IN_FORCE;
  const { id, kill } = revoking(world);
  await killGrant(world.ports, id, 'r-1');
  world.now = (kill?.until ?? 0) + 1;
  expect(await killGrant(world.ports, id, 'r-2')).toMatchObject({
    value: { kill: { roles: [ROLE] } },
  });
  expect(identitiesIn(world.policies.get(ROLE) ?? null)).toContain(`*.${id}`);
  expect(await lookAfter(world.ports, ROLE, false)).toEqual({ ok: true, value: 'kept' });
  const later = revoking(world, { id: LATER });
  await killGrant(world.ports, later.id, 'r-2');
  expect(identitiesIn(world.policies.get(ROLE) ?? null)).toEqual(
    expect.arrayContaining([`*.${id}`, `*.${LATER}`]),
  );
  world.quarantine = null;
  expect(await killGrant(world.ports, id, 'r-3')).toMatchObject({ value: { kill: null } });
  await lookAfter(world.ports, ROLE, false);
  expect(identitiesIn(world.policies.get(ROLE) ?? null)).toEqual([`*.${LATER}`]);
});

test.each([
  ['recovery', true],
  ['order', false],
] as const)(
  'on a table that is too old, with a quarantine by %s, a policy keeps what no row knows: %s',
  async (cause, keeps) => {
    const world = killWorld();
    const { id } = revoking(world);
    await killGrant(world.ports, id, 'r-1');
    // The table was restored to before that.
    const old = killWorld();
    old.policies.set(ROLE, world.policies.get(ROLE) ?? '');
    old.quarantine = { ...IN_FORCE, cause };
    await killGrant(old.ports, revoking(old, { id: LATER }).id, 'r-2');
    expect(identitiesIn(old.policies.get(ROLE) ?? null).includes(`*.${id}`)).toBe(keeps);
  },
);

test('a retired role is not forgotten', async () => {
  const world = killWorld();
  world.quarantine = IN_FORCE;
  await world.ports.kills.lease(ROLE, 'us', world.now, world.now + 1);
  expect(await lookAfter(world.ports, ROLE, true)).toEqual({ ok: true, value: 'kept' });
  world.quarantine = null;
  expect(await lookAfter(world.ports, ROLE, true)).toEqual({ ok: true, value: 'forgotten' });
});

test('the workflow waits with the pruning, as often as it takes, and never gives up', async () => {
  const world = killWorld();
  world.quarantine = IN_FORCE;
  const { id, kill } = revoking(world);
  const denied = await killGrant(world.ports, id, 'r-1');
  if (!denied.ok) throw new Error(denied.error.code);
  const later = (kill?.until ?? 0) + 60_000;
  let step = stepAfter({ again: 19 }, nextStep(denied.value, later, true));
  for (let times = 0; times < 100; times += 1) {
    expect(step).toMatchObject({ phase: 'quarantine', seconds: 300, again: 0 });
    step = stepAfter(step, nextStep(denied.value, later, true));
  }
});

test('what waits for its deny gets it, also where its keys should have died by now', async () => {
  const world = killWorld();
  world.quarantine = IN_FORCE;
  const { id, kill } = revoking(world);
  world.now = (kill?.until ?? 0) + 1;
  const refuse = async () => err({ code: 'refused', reason: 'AccessDenied' } as const);
  const failing = withPolicies(world.ports, { put: refuse });
  expect(await killGrant(failing, id, 'r-1')).toMatchObject({ error: { code: 'refused' } });
  expect(world.store.grants.get(id)).toMatchObject({ status: 'revoking' });
  expect(await killGrant(world.ports, id, 'r-2')).toMatchObject({ value: { status: 'revoked' } });
  expect(identitiesIn(world.policies.get(ROLE) ?? null)).toContain(`*.${id}`);
});

test('one that begins while a role is written keeps the order to deny', async () => {
  const world = killWorld();
  const { id, kill } = revoking(world);
  await killGrant(world.ports, id, 'r-1');
  world.now = (kill?.until ?? 0) + 1;
  const slow = withPolicies(world.ports, {
    remove: async (role) => {
      world.quarantine = IN_FORCE;
      return world.ports.policies.remove(role);
    },
  });
  await killGrant(slow, id, 'r-2');
  expect(world.store.grants.get(id)).toMatchObject({ kill: { roles: [ROLE] } });
});

test('one that begins while a role waits for its lease keeps the role', async () => {
  const world = killWorld();
  await world.ports.kills.lease(ROLE, 'us', world.now, world.now + 1);
  const { denied } = world.ports.kills;
  const looks = [0];
  const slow = withKills(world.ports, {
    denied: async (role) => {
      looks.push(looks.length);
      // After the policy was verified.
      if (looks.length > 2) world.quarantine = IN_FORCE;
      return denied(role);
    },
  });
  expect(await lookAfter(slow, ROLE, true)).toEqual({ ok: true, value: 'kept' });
  expect(await world.ports.kills.roles()).toEqual(ok([ROLE]));
});
