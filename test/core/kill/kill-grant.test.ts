import { describe, expect, test } from '@jest/globals';
import { matcherOf, NOTHING_DENIED } from '../../../core/kill/deny-policy.ts';
import { isFault, killGrant } from '../../../core/kill/kill-grant.ts';
import { err, ok } from '../../../core/result.ts';
import {
  type KillWorld,
  killWorld,
  naming,
  revoking,
  revokingMany,
  START,
  withGrants,
  withPolicies,
} from '../../support/kill-ports.ts';
import { activeGrant, ROLE } from '../../support/sample-grants.ts';

const BY = 'execution-1';
const CHAINED = 'arn:aws:iam::000000000000:role/valetkey/chained';
const HOUR = 3_600_000;

/** A grant with a chained role whose time is up: its deny comes before its end may be reported. */
function expiring(world: KillWorld) {
  const kill = { roles: [CHAINED], at: START, until: START + HOUR };
  const ended = { status: 'active', chainedRoles: [CHAINED], expiresAt: START - 1000 } as const;
  return revoking(world, { ...ended, endReason: 'time is up', kill });
}

/** A revoked grant, once its last session is dead. */
async function revokedLongAgo(world: KillWorld) {
  const { id } = revoking(world);
  await killGrant(world.ports, id, BY);
  world.now = START + HOUR;
  return id;
}

describe('killing a grant', () => {
  test('denies its sessions, and then reports it as revoked with the seconds that took', async () => {
    const world = killWorld();
    const before = revoking(world);
    world.now = START + 2999;
    const killed = await killGrant(world.ports, before.id, BY);
    const grant = { ...before, status: 'revoked', version: before.version + 1, endedAt: world.now };
    expect(killed).toEqual(ok(grant));
    expect(world.store.grants.get(before.id)).toEqual(grant);
    expect(world.policies.get(ROLE)).toContain(before.id);
    expect(world.store.events).toEqual([
      {
        id: expect.stringMatching(/^ev_/),
        type: 'revoked',
        reason: 'a test',
        killSeconds: 2,
        grantId: before.id,
        grantVersion: grant.version,
        entitlement: before.entitlement,
        status: 'revoked',
        at: world.now,
        actor: 'broker',
        requestId: BY,
        sourceIp: null,
      },
    ]);
  });

  test('reports nothing as revoked before the deny was read back', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    const seen: string[] = [];
    const reading = withPolicies(world.ports, {
      read: async (role) => {
        seen.push(`read while ${world.store.grants.get(id)?.status}`);
        return world.ports.policies.read(role);
      },
    });
    const ports = withGrants(reading, {
      update: async (write) => {
        seen.push('update');
        return world.ports.store.update(write);
      },
    });
    await killGrant(ports, id, BY);
    expect(seen).toEqual(['read while revoking', 'update']);
  });

  test('writes every role that its sessions can reach, and no other', async () => {
    const world = killWorld();
    const kill = { roles: [ROLE, CHAINED], at: START, until: START + HOUR };
    const { id } = revoking(world, { kill });
    expect((await killGrant(world.ports, id, BY)).ok).toBe(true);
    expect([...world.policies.keys()]).toEqual([ROLE, CHAINED]);
    for (const policy of world.policies.values()) expect(policy).toContain(id);
  });

  test('writes nothing on a role whose deny was already read back', async () => {
    const world = killWorld();
    const [first = '', second = ''] = revokingMany(world, 2);
    await killGrant(world.ports, first, BY);
    await killGrant(world.ports, second, BY);
    expect(world.writes).toHaveLength(1);
    expect(world.store.grants.get(second)?.status).toBe('revoked');
  });

  test('waits for no other writer where the deny was already read back', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    const { kills } = world.ports;
    await kills.lease(ROLE, 'other', START, START + 40_000);
    await kills.confirm(ROLE, 'other', { confirmed: naming(id), writes: 1, wroteAt: START });
    expect(await killGrant(world.ports, id, BY)).toMatchObject({ value: { status: 'revoked' } });
    expect(world.writes).toEqual([]);
  });

  test('needs no write where a cutoff of its target role covers the time of the order', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    const confirmed = { ...NOTHING_DENIED, cutoff: START + 31_000 };
    world.store.switches.set(ROLE, { confirmed, writes: 1, wroteAt: START });
    world.now = START + 40_000;
    expect(await killGrant(world.ports, id, BY)).toMatchObject({ value: { status: 'revoked' } });
    expect(world.writes).toEqual([]);
  });

  test('whose time is up denies the chained roles, and then reports it as expired', async () => {
    const world = killWorld();
    const before = expiring(world);
    expect(await killGrant(world.ports, before.id, BY)).toMatchObject({
      value: { status: 'expired', endedAt: before.expiresAt, endReason: 'time is up' },
    });
    expect(world.policies.get(CHAINED)).toContain(before.id);
    expect(world.store.events).toMatchObject([{ type: 'expired', status: 'expired' }]);
  });

  test('cuts a chained role off from the time when its target role denied the grant', async () => {
    const world = killWorld();
    const kill = { roles: [ROLE, CHAINED], at: START, until: START + HOUR };
    const { id } = revoking(world, { chainedRoles: [CHAINED], kill });
    const ports = withPolicies(world.ports, {
      put: async (role, document) => {
        const noRoom = role === CHAINED && document.includes('EndedGrants');
        if (noRoom) return err({ code: 'too-long', reason: 'LimitExceeded' });
        // Until IAM has written the target role, a session of the grant can assume the chained one.
        if (role === ROLE) world.now += 15_000;
        return world.ports.policies.put(role, document);
      },
    });
    // Another grant's cutoff does not cover what begins after it was written.
    const cutoff = START + 31_000;
    const confirmed = { ...NOTHING_DENIED, cutoff };
    world.store.switches.set(CHAINED, { confirmed, writes: 1, wroteAt: START });
    expect((await killGrant(ports, id, BY)).ok).toBe(true);
    expect(world.store.switches.get(CHAINED)?.confirmed.cutoff).toBe(START + 15_000 + 31_000);
  });

  test('that gave no reason records an empty one, and a clock that was set back no negative time', async () => {
    const world = killWorld();
    const kill = { roles: [ROLE], at: START + 5000, until: START + HOUR };
    const { id } = revoking(world, { endReason: null, kill });
    await killGrant(world.ports, id, BY);
    expect(world.store.events).toMatchObject([{ type: 'revoked', reason: '', killSeconds: 0 }]);
  });

  test('changes nothing twice', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    const first = await killGrant(world.ports, id, BY);
    expect(await killGrant(world.ports, id, BY)).toEqual(first);
    expect(world.writes).toHaveLength(1);
    expect(world.store.events).toHaveLength(1);
  });

  test('leaves a grant alone of which nothing has to be denied', async () => {
    const world = killWorld();
    const grant = activeGrant();
    world.store.grants.set(grant.id, grant);
    expect(await killGrant(world.ports, grant.id, BY)).toEqual(ok(grant));
    expect(world.writes).toEqual([]);
  });

  test('needs a grant', async () => {
    const missing = err({ code: 'no-such-grant', reason: 'there is no such grant' });
    expect(await killGrant(killWorld().ports, 'gr_none', BY)).toEqual(missing);
  });
});

describe('the deny of a grant', () => {
  test('is removed once its last session is dead, without a line in the trail', async () => {
    const world = killWorld();
    const id = await revokedLongAgo(world);
    expect(await killGrant(world.ports, id, BY)).toMatchObject({
      value: { status: 'revoked', kill: null },
    });
    expect(world.policies.size).toBe(0);
    expect(world.store.events).toHaveLength(1);
  });

  test('stays until then', async () => {
    const world = killWorld();
    const id = await revokedLongAgo(world);
    world.now = START + HOUR - 1;
    expect(await killGrant(world.ports, id, BY)).toMatchObject({
      value: { kill: { roles: [ROLE] } },
    });
    expect(world.policies.get(ROLE)).toContain(id);
    expect(world.writes).toHaveLength(1);
  });

  test('does not write the role for other grants, which have a kill of their own', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    await killGrant(world.ports, id, BY);
    revoking(world);
    await killGrant(world.ports, id, BY);
    expect(world.writes).toHaveLength(1);
  });

  test('leaves the denies of other grants in place', async () => {
    const world = killWorld();
    const id = await revokedLongAgo(world);
    const other = revoking(world).id;
    expect((await killGrant(world.ports, id, BY)).ok).toBe(true);
    expect(world.policies.get(ROLE)).toContain(other);
    expect(world.policies.get(ROLE)).not.toContain(id);
  });

  test('is gone also where the prefix of newer grants still covers it', async () => {
    const world = killWorld();
    const id = await revokedLongAgo(world);
    // So many that by chance they have no longer beginning in common than their time.
    revokingMany(world, 20);
    expect(await killGrant(world.ports, id, BY)).toMatchObject({ value: { kill: null } });
    const confirmed = world.store.switches.get(ROLE)?.confirmed ?? NOTHING_DENIED;
    expect(confirmed.patterns).toHaveLength(1);
    expect(matcherOf(confirmed)(id)).toBe(true);
  });

  test('is not removed by a clock that is set back while the policy is written', async () => {
    const world = killWorld();
    const id = await revokedLongAgo(world);
    const ports = withPolicies(world.ports, {
      remove: async (role) => {
        world.now = START;
        return world.ports.policies.remove(role);
      },
    });
    await killGrant(ports, id, BY);
    expect(world.store.grants.get(id)?.kill).not.toBeNull();
  });
});

test.each([
  ['unavailable', true],
  ['refused', true],
  ['too-long', true],
  ['throttled', true],
  ['unconfirmed', true],
  ['no-such-role', true],
  ['busy', false],
  ['store', false],
] as const)('%s is a fault of the role: %s', (code, fault) => {
  expect(isFault({ code, reason: 'a test' })).toBe(fault);
});

test('is not revoked by a policy that denied it while it was open, as long as another writer may spare it again', async () => {
  const world = killWorld();
  const { id, principalKey } = revoking(world);
  const unspared = [principalKey.slice(principalKey.lastIndexOf('-') + 1)];
  const confirmed = { ...naming(id), unspared };
  const { kills } = world.ports;
  await kills.lease(ROLE, 'other', world.now, world.now + 40_000);
  await kills.confirm(ROLE, 'other', { confirmed, writes: 1, wroteAt: world.now });
  expect(await killGrant(world.ports, id, BY)).toMatchObject({ error: { code: 'busy' } });
  await kills.release(ROLE, 'other');
  expect(await killGrant(world.ports, id, BY)).toMatchObject({ value: { status: 'revoked' } });
});
