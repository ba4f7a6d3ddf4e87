import { describe, expect, test } from '@jest/globals';
import { killGrant } from '../../../core/kill/kill-grant.ts';
import type { PolicyRefusal } from '../../../core/kill/ports.ts';
import { err, ok } from '../../../core/result.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import {
  type KillWorld,
  killWorld,
  revoking,
  START,
  withGrants,
  withKills,
  withPolicies,
} from '../../support/kill-ports.ts';
import { ROLE } from '../../support/sample-grants.ts';

const BY = 'execution-1';
const SECOND_ROLE = 'arn:aws:iam::000000000000:role/valetkey/second';
const HOUR = 3_600_000;

const STORE_FAILED = err({ code: 'store', reason: 'the store did not answer' });
const THROTTLED = { code: 'unavailable', reason: 'Throttling' } as const;
const REFUSED = { code: 'refused', reason: 'AccessDenied' } as const;

/** IAM refuses to write these roles. */
function refusing({ ports }: KillWorld, errors: Readonly<Record<string, PolicyRefusal>>) {
  return withPolicies(ports, {
    put: async (role, document) => {
      const error = errors[role];
      return error === undefined ? ports.policies.put(role, document) : err(error);
    },
  });
}

const freezeOf = ({ store }: KillWorld, role: string) => store.freezes.get(role) ?? null;

describe('a kill switch that cannot be written', () => {
  test('freezes the role, is recorded, and leaves the grant to be tried again', async () => {
    const world = killWorld();
    const before = revoking(world);
    const failed = await killGrant(refusing(world, { [ROLE]: REFUSED }), before.id, BY);
    expect(failed).toEqual(err({ ...REFUSED, role: ROLE }));
    expect(freezeOf(world, ROLE)).toEqual({ until: null, reason: 'AccessDenied' });
    expect(world.store.grants.get(before.id)).toEqual(before);
    expect(world.store.events).toMatchObject([
      {
        type: 'kill-failed',
        role: ROLE,
        reason: 'AccessDenied',
        grantId: before.id,
        status: 'revoking',
        at: START,
        actor: 'broker',
        requestId: BY,
      },
    ]);
  });

  test('on one role keeps no other role from being written', async () => {
    const world = killWorld();
    const kill = { roles: [ROLE, SECOND_ROLE], at: START, until: START + HOUR };
    const { id } = revoking(world, { kill });
    expect(await killGrant(refusing(world, { [ROLE]: REFUSED }), id, BY)).toEqual(
      err({ ...REFUSED, role: ROLE }),
    );
    expect(world.policies.get(SECOND_ROLE)).toContain(id);
    expect(freezeOf(world, SECOND_ROLE)).toBeNull();
    expect(world.store.grants.get(id)?.status).toBe('revoking');
  });

  test('on several roles freezes them all, and reports the first', async () => {
    const world = killWorld();
    const kill = { roles: [ROLE, SECOND_ROLE], at: START, until: START + HOUR };
    const { id } = revoking(world, { kill });
    const gone = { code: 'no-such-role', reason: 'NoSuchEntity' } as const;
    const ports = refusing(world, { [ROLE]: REFUSED, [SECOND_ROLE]: gone });
    expect(await killGrant(ports, id, BY)).toEqual(err({ ...REFUSED, role: ROLE }));
    expect(freezeOf(world, ROLE)).toEqual({ until: null, reason: 'AccessDenied' });
    expect(freezeOf(world, SECOND_ROLE)).toEqual({ until: null, reason: 'NoSuchEntity' });
    expect(world.store.events).toMatchObject([{ type: 'kill-failed', role: ROLE }]);
  });

  test('is no line in the trail of a grant that has ended: its deny only stays a little longer', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    await killGrant(world.ports, id, BY);
    world.now = START + HOUR;
    const ports = withPolicies(world.ports, { remove: async () => err(THROTTLED) });
    expect(await killGrant(ports, id, BY)).toEqual(err({ ...THROTTLED, role: ROLE }));
    expect(world.store.grants.get(id)?.kill).not.toBeNull();
    expect(world.store.events.map(({ type }) => type)).toEqual(['revoked']);
  });

  test.each(['busy', 'store'] as const)('because of %s is no fault of the role', async (code) => {
    const world = killWorld();
    const { id } = revoking(world);
    const ports = withKills(world.ports, {
      lease: async () => (code === 'busy' ? ok(false) : err(NO_STORE)),
    });
    expect(await killGrant(ports, id, BY)).toMatchObject({ error: { code } });
    expect(freezeOf(world, ROLE)).toBeNull();
    expect(world.store.events).toEqual([]);
  });
});

describe('credentials that die before they could be denied', () => {
  const why = 'a test; the kill switch could not be written, so the keys worked until they ran out';

  test('end the grant as expired, and the trail says so', async () => {
    const world = killWorld();
    const before = revoking(world);
    world.now = START + HOUR;
    expect(await killGrant(world.ports, before.id, BY)).toMatchObject({
      value: { status: 'expired', endedAt: before.keysValidUntil, endReason: why },
    });
    expect(world.writes).toEqual([]);
    expect(world.store.events).toMatchObject([
      { type: 'outlived', reason: why, status: 'expired', at: world.now, requestId: BY },
    ]);
  });

  test('end it also when they die while the policy is refused', async () => {
    const world = killWorld();
    const before = revoking(world);
    const ports = withPolicies(world.ports, {
      put: async () => {
        world.now = before.keysValidUntil ?? 0;
        return err(REFUSED);
      },
    });
    expect(await killGrant(ports, before.id, BY)).toMatchObject({
      value: { status: 'expired', endReason: why },
    });
    expect(world.store.events.map(({ type }) => type)).toEqual(['outlived']);
  });

  test('end nothing while another writer is at work', async () => {
    const world = killWorld();
    const before = revoking(world);
    const ports = withKills(world.ports, {
      lease: async () => {
        world.now = before.keysValidUntil ?? 0;
        return ok(false);
      },
    });
    expect(await killGrant(ports, before.id, BY)).toMatchObject({ error: { code: 'busy' } });
    expect(world.store.grants.get(before.id)).toEqual(before);
  });

  test('that still work after their deny has run out are not reported as dead', async () => {
    const world = killWorld();
    const keysValidUntil = START + 2 * HOUR;
    const before = revoking(world, { keysValidUntil });
    world.now = START + HOUR;
    const reason = 'its credentials may still work';
    expect(await killGrant(world.ports, before.id, BY)).toEqual(err({ code: 'conflict', reason }));
    expect(world.store.grants.get(before.id)).toEqual(before);
  });
});

describe('a deny that has run out', () => {
  test.each([
    ['no-such-role', null],
    ['refused', null],
    ['unavailable', expect.anything()],
  ] as const)(
    'on a role for which IAM answers %s: what is left of it in the grant is %p',
    async (code, kill) => {
      const world = killWorld();
      const { id } = revoking(world);
      await killGrant(world.ports, id, BY);
      world.now = START + HOUR;
      const refuse = async () => err({ code, reason: code } as const);
      const ports = withPolicies(world.ports, { put: refuse, read: refuse, remove: refuse });
      expect((await killGrant(ports, id, BY)).ok).toBe(kill === null);
      expect(world.store.grants.get(id)).toMatchObject({ status: 'revoked', kill });
    },
  );
});

describe('a store that does not answer', () => {
  test('to the read of the grant fails the kill, and nothing is written', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    const ports = withGrants(world.ports, { find: async () => err(NO_STORE) });
    expect(await killGrant(ports, id, BY)).toEqual(STORE_FAILED);
    expect(world.writes).toEqual([]);
  });

  test('to the write of the grant leaves it as it was, although its sessions are dead', async () => {
    const world = killWorld();
    const before = revoking(world);
    const ports = withGrants(world.ports, { update: async () => err(NO_STORE) });
    expect(await killGrant(ports, before.id, BY)).toEqual(STORE_FAILED);
    expect(world.store.grants.get(before.id)).toEqual(before);
    expect(world.policies.get(ROLE)).toContain(before.id);
  });
});

describe('a grant that changes during the kill', () => {
  test('is read again, and the change survives', async () => {
    const world = killWorld();
    const before = revoking(world);
    let updates = 0;
    const ports = withGrants(world.ports, {
      update: async (write) => {
        updates += 1;
        if (updates === 1) {
          const changed = { ...before, version: before.version + 1, endReason: 'another reason' };
          world.store.grants.set(before.id, changed);
        }
        return world.ports.store.update(write);
      },
    });
    expect(await killGrant(ports, before.id, BY)).toMatchObject({
      value: { status: 'revoked', endReason: 'another reason' },
    });
    expect(updates).toBe(2);
    expect(world.store.events).toMatchObject([{ type: 'revoked', reason: 'another reason' }]);
  });

  test('all the time is left for later', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    const ports = withGrants(world.ports, { update: async () => err({ code: 'conflict' }) });
    const reason = 'the grant changed meanwhile';
    expect(await killGrant(ports, id, BY)).toEqual(err({ code: 'conflict', reason }));
    expect(world.store.events).toEqual([]);
  });
});
