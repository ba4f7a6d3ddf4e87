import { recoverRole } from '../../core/kill/recover-role.ts';
import type { World } from './world.ts';

/** No process of the version before lives longer after a deployment. */
const DEPLOYED_MS = 120_000;
const ROLES = ['shared', 'glass', 'chain-start', 'chained'].map(
  (name) => `arn:aws:iam::111122223333:role/${name}`,
);

/**
 * An operator deploys the broker for a recovery, cuts every role off, target roles first, and deploys it as it was. The
 * table does not know of some denies any more, because a restore is no transaction.
 */
export async function recover(world: World): Promise<void> {
  const { kernel, store, cuts } = world;
  await kernel.sleep(kernel.between(0, 6_600_000));
  world.faulty = true;
  world.recovering = true;
  world.count('recovery');
  await kernel.sleep(DEPLOYED_MS);
  for (const [id, grant] of store.grants) {
    const denied = grant.kill !== null && ['revoked', 'expired'].includes(grant.status);
    if (denied && kernel.chance() < 0.5) {
      world.count('deny lost by a restore');
      store.grants.set(id, { ...grant, kill: null });
    }
  }
  cuts.begin();
  for (const role of ROLES) {
    if (kernel.chance() < 0.3) kernel.spawn(() => cutOff(world, role));
    await cutOff(world, role);
  }
  await kernel.sleep(kernel.between(0, 2_400_000));
  world.recovering = false;
  cuts.end();
}

/** As often as it takes; a role that cannot be written is left to the report. */
async function cutOff(world: World, role: string): Promise<void> {
  const { kernel, cuts } = world;
  for (let times = 0; times < 10; times += 1) {
    const since = kernel.now;
    const done = await recoverRole(world.killPorts(), role, 'a simulation').catch(() => null);
    if (done?.ok) {
      world.count('role cut off');
      cuts.onCutOff(role, since);
      if (kernel.chance() < 0.8) return;
    }
    await kernel.sleep(30_000);
  }
}
