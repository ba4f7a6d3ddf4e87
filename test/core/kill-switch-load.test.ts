import { describe, expect, test } from '@jest/globals';
import { converge } from '../../core/kill/converge.ts';
import { denies } from '../../core/kill/document.ts';
import { activeGrant, ROLE } from '../contracts/grants.ts';
import { Aws } from '../simulation/aws.ts';
import { unreliable } from '../simulation/faults.ts';
import { Kernel } from '../simulation/kernel.ts';
import { MemoryStore } from '../simulation/memory-store.ts';

/** A thousand grants on one role, revoked at once. */

const START = Date.parse('2026-11-23T10:00:00Z');

async function revokeAtOnce(
  count: number,
  weather: { fails: number; loses: number; late: number },
) {
  const kernel = new Kernel(1, START);
  const store = new MemoryStore();
  const aws = new Aws(kernel);
  aws.late = weather.late;
  const failing = { ...weather, crashes: 0, slow: 0.02 };
  const reported: string[] = [];
  const grants = Array.from({ length: count }, () => activeGrant());
  for (const [index, grant] of grants.entries()) {
    kernel.spawn(async () => {
      await kernel.sleep(kernel.between(0, 3000));
      const denial = { roles: [ROLE], at: kernel.now, until: START + 3_600_000 };
      store.grants.set(grant.id, { ...grant, status: 'revoking', denial });
      const refused = () => ({ code: 'unavailable', reason: 'Throttling' });
      const gone = () => ({ code: 'unavailable', what: 'store' });
      const ports = {
        kills: unreliable(kernel, failing, store.killStore(), gone, () => undefined),
        policies: unreliable(kernel, failing, aws.rolePolicies(), refused, () => undefined),
        clock: () => kernel.now,
        pause: (milliseconds: number) => kernel.sleep(milliseconds),
        holder: `writer-${index}`,
        jitter: () => kernel.chance(),
      };
      const row = { grantId: grant.id, ...denial };
      for (let attempt = 0; ; attempt += 1) {
        const done = await converge(ports, ROLE, (confirmed) => denies(confirmed, row));
        if (done.ok) break;
        // As the workflow does it.
        await kernel.sleep(kernel.chance() * Math.min(300_000, 1000 * 2 ** attempt));
      }
      reported.push(grant.id);
    });
  }
  await kernel.runUntil(START + 3_000_000);
  const sessions = grants.map(({ id }) => ({
    plan: { sourceIdentity: `ana.${id}` } as never,
    ...{ role: ROLE, issuedAt: START - 1000, endsAt: START + 3_600_000 },
    ...{ policyEndsAt: START + 3_600_000, chained: false },
  }));
  return { aws, reported, alive: sessions.filter((session) => aws.works(session)) };
}

describe('a thousand revocations on one role at once', () => {
  test('cost at most twenty writes, never more than 10,240 characters, and none is lost', async () => {
    const { aws, reported, alive } = await revokeAtOnce(1000, { fails: 0, loses: 0, late: 0 });
    expect(new Set(reported).size).toBe(1000);
    expect(alive).toEqual([]);
    expect(aws.putCalls).toBeLessThanOrEqual(20);
    expect(aws.longest).toBeLessThanOrEqual(10_240);
  });

  test('are all carried out by an IAM that loses, delays and reorders writes, too', async () => {
    const { reported, alive } = await revokeAtOnce(300, { fails: 0.03, loses: 0.03, late: 0.1 });
    expect(new Set(reported).size).toBe(300);
    expect(alive).toEqual([]);
  });
});
