import { converge } from '../../core/kill/converge.ts';
import { denies } from '../../core/kill/deny-policy.ts';
import { NOT_QUARANTINED } from '../support/quarantine.ts';
import { activeGrant, ROLE } from '../support/sample-grants.ts';
import { Aws } from './aws.ts';
import { unreliable } from './faults.ts';
import { Kernel } from './kernel.ts';
import { memoryKillStore } from './memory-kill-store.ts';
import { MemoryStore } from './memory-store.ts';

const START = Date.parse('2026-11-23T10:00:00Z');

/**
 * Revokes `count` grants on one role within three seconds; returns the calls of IAM and the keys
 * that still work.
 */
export async function revokeAtOnce(
  count: number,
  weather: { fails: number; loses: number; late: number },
) {
  const kernel = new Kernel(1, START);
  const store = new MemoryStore();
  const aws = new Aws(kernel);
  aws.late = weather.late;
  const failing = { ...weather, crashes: 0, slow: 0.02 };
  const reported: string[] = [];
  let overflows = 0;
  const grants = Array.from({ length: count }, () => activeGrant());
  for (const [index, grant] of grants.entries()) {
    kernel.spawn(async () => {
      await kernel.sleep(kernel.between(0, 3000));
      const kill = { roles: [ROLE], at: kernel.now, until: START + 3_600_000 };
      store.grants.set(grant.id, { ...grant, status: 'revoking', kill });
      const refused = () => ({ code: 'unavailable', reason: 'TimeoutError' });
      const gone = () => ({ code: 'unavailable', what: 'store' });
      const ports = {
        kills: unreliable(kernel, failing, memoryKillStore(store), gone, () => undefined),
        policies: unreliable(kernel, failing, aws.rolePolicies(), refused, () => undefined),
        quarantine: NOT_QUARANTINED,
        clock: () => kernel.now,
        pause: (milliseconds: number) => kernel.sleep(milliseconds),
        reportPressure: async () => undefined,
        holder: `writer-${index}`,
        jitter: () => kernel.chance(),
        recovering: false,
        reportOverflow: () => {
          overflows += 1;
        },
      };
      const row = { grantId: grant.id, principalKey: grant.principalKey, at: kill.at };
      for (let attempt = 0; ; attempt += 1) {
        const done = await converge(ports, ROLE, (confirmed) => denies(confirmed, row));
        if (done.ok) break;
        // Waits like the workflow.
        await kernel.sleep(kernel.chance() * Math.min(300_000, 1000 * 2 ** attempt));
      }
      reported.push(grant.id);
    });
  }
  await kernel.runUntil(START + 3_000_000);
  const sessions = grants.map(({ id, principalKey }) => ({
    plan: { sourceIdentity: `${principalKey}.${id}` } as never,
    role: ROLE,
    issuedAt: START - 1000,
    endsAt: START + 3_600_000,
    policyEndsAt: START + 3_600_000,
    chained: false,
  }));
  return { aws, reported, overflows, alive: sessions.filter((session) => aws.works(session)) };
}
