import { addSeconds } from '../instant.ts';
import { mayBeQuarantined } from '../read-quarantine.ts';
import { ok, type Result } from '../result.ts';
import { LEASE_SECONDS, verify } from './converge.ts';
import { standing } from './cutoff.ts';
import { killSwitchDocument } from './deny-policy.ts';
import type { KillPorts } from './ports.ts';
import { BUSY, isOutOfReach, type NotConverged, STORE_FAILED } from './up-to-date.ts';

/**
 * `kept`: the role is as it should be. `forgotten`: nothing of it is left to undo. `left-behind`: it was
 * forgotten although its policy could not be read or removed, which harms nobody: every key that the
 * policy denies has expired.
 */
export type LookedAfter = 'kept' | 'forgotten' | 'left-behind';

/**
 * Verifies a role's policy, and forgets the role when nothing of it is left to undo. What is outstanding
 * decides that, not the bundle: a retired role, which no entitlement names any more, is looked after until
 * the last key that it denies has expired. Then a role that is gone, or that the broker cannot write any
 * more, keeps no freeze and rings no alarm. In a quarantine no role is forgotten.
 *
 * @param retired Whether the bundle no longer names the role.
 */
export async function lookAfter(
  ports: KillPorts,
  role: string,
  retired: boolean,
): Promise<Result<LookedAfter, NotConverged>> {
  const verified = await verify(ports, role);
  if (verified.ok ? !retired : !mayGiveUp(verified.error, retired)) {
    return verified.ok ? ok('kept') : verified;
  }
  const forgotten = await forget(ports, role, verified.ok);
  if (!forgotten.ok) return forgotten;
  if (forgotten.value) return ok(verified.ok ? 'forgotten' : 'left-behind');
  return verified.ok ? ok('kept') : verified;
}

/** A role of the bundle that refuses the broker stays frozen: it would vend keys that nobody can kill. */
function mayGiveUp(error: NotConverged, retired: boolean): boolean {
  return error.code === 'no-such-role' || (retired && isOutOfReach(error));
}

/**
 * Under the lease no writer adds to the policy, so the rows say whether it denies a living key. The freeze
 * goes first: while the switch is there, the sweep comes back.
 *
 * @param inReach Whether the policy can be written: then it goes before the role is forgotten, also where
 *   its last key expired just now.
 */
async function forget(
  ports: KillPorts,
  role: string,
  inReach: boolean,
): Promise<Result<boolean, NotConverged>> {
  const { kills, holder, clock } = ports;
  const now = clock();
  const leased = await kills.lease(role, holder, now, addSeconds(now, LEASE_SECONDS));
  if (!leased.ok) return STORE_FAILED;
  if (!leased.value) return BUSY;
  const [denied, cutoff] = await Promise.all([kills.denied(role), kills.cutoffOf(role)]);
  if (!denied.ok || !cutoff.ok) return STORE_FAILED;
  const state = await kills.readSwitch(role);
  if (!state.ok) return STORE_FAILED;
  const written = inReach && killSwitchDocument(state.value.confirmed) !== null;
  const lives = standing(cutoff.value, now) !== null;
  const held = await mayBeQuarantined(ports);
  if (held || written || lives || denied.value.some(({ until }) => until > now)) {
    await kills.lease(role, holder, now, now);
    return ok(false);
  }
  const thawed = await kills.thaw(role);
  if (!thawed.ok) return STORE_FAILED;
  const forgotten = await kills.forget(role, holder);
  if (!forgotten.ok) return STORE_FAILED;
  return forgotten.value ? ok(true) : BUSY;
}
