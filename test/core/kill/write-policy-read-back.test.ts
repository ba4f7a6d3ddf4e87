import { describe, expect, test } from '@jest/globals';
import { converge, type Wanted } from '../../../core/kill/converge.ts';
import { killSwitchDocument } from '../../../core/kill/deny-policy.ts';
import { err, ok } from '../../../core/result.ts';
import {
  type KillWorld,
  killWorld,
  revoking,
  START,
  withPolicies,
} from '../../support/kill-ports.ts';
import { ROLE } from '../../support/sample-grants.ts';

const names =
  (id: string): Wanted =>
  ({ grantIds }) =>
    grantIds.includes(id);

/** Whether another writer could begin then; it takes the lease if so. */
async function mayOtherBegin({ ports }: KillWorld, at: number): Promise<boolean> {
  const leased = await ports.kills.lease(ROLE, 'other', at, at);
  return leased.ok && leased.value;
}

describe('the policy that is read back', () => {
  const found = async (text: string | null) => {
    const world = killWorld();
    const { id } = revoking(world);
    const ports = withPolicies(world.ports, { read: async () => ok(text) });
    return { world, written: await converge(ports, ROLE, names(id)) };
  };

  test.each([
    ['an older policy', killSwitchDocument({ grantIds: ['gr_older'], cutoff: null })],
    ['no policy', null],
    ['no JSON', '{'],
  ])('is not what was written when IAM answers with %s', async (_, text) => {
    const { world, written } = await found(text);
    const reason = 'the policy that was read back is not what was written';
    expect(written).toEqual(err({ code: 'unavailable', reason }));
    expect(await world.ports.kills.readSwitch(ROLE)).toMatchObject({
      value: { leased: true, confirmed: { grantIds: [] }, writes: 0 },
    });
    expect(await mayOtherBegin(world, START + 25_000)).toBe(false);
  });

  test('is not what was written while a removed policy is still there', async () => {
    const world = killWorld();
    const ports = withPolicies(world.ports, { read: async () => ok('{}') });
    let asked = 0;
    const removed = await converge(ports, ROLE, () => ++asked > 1);
    expect(removed).toMatchObject({ error: { code: 'unavailable' } });
  });

  test('may be stale once: the next writer proves what the first one could not', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    const stale = withPolicies(world.ports, { read: async () => ok(null) });
    expect((await converge(stale, ROLE, names(id))).ok).toBe(false);
    world.now = START + 25_001;
    expect(await converge({ ...world.ports, holder: 'other' }, ROLE, names(id))).toMatchObject({
      value: { confirmed: { grantIds: [id] }, writes: 1 },
    });
  });

  test('may be formatted in another way', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    const ports = withPolicies(world.ports, {
      read: async (role) => {
        const text = JSON.parse(world.policies.get(role) ?? 'null');
        return ok(JSON.stringify(text, null, 2));
      },
    });
    expect((await converge(ports, ROLE, names(id))).ok).toBe(true);
  });

  test('is unknown when IAM does not let it be read: the write may have happened', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    const denied = err({ code: 'refused', reason: 'AccessDenied' } as const);
    const ports = withPolicies(world.ports, { read: async () => denied });
    const unknown = err({ code: 'unavailable', reason: 'AccessDenied' });
    expect(await converge(ports, ROLE, names(id))).toEqual(unknown);
    expect(await mayOtherBegin(world, START + 25_000)).toBe(false);
  });
});
