import { bundleRoles } from '../accounts/roles.ts';
import { ok } from '../result.ts';
import { cutOffRole } from './cut-off.ts';
import type { Portion } from './portion.ts';
import type { RecoverPorts } from './recover-ports.ts';
import { nextPhase } from './recovery.ts';
import { NO_TABLE } from './stopped.ts';

/**
 * Cuts one role off. Target roles come before chained
 * ones, because sessions go on from them; then those that an earlier bundle named.
 */
export const cutOffRoles: Portion = async (ports, recovery) => {
  const all = await rolesInOrder(ports);
  if (all === null) return NO_TABLE;
  const role = all[all.indexOf(recovery.after) + 1];
  if (role === undefined) return ok(nextPhase(recovery));
  const done = await cutOffRole(ports, recovery, role);
  return done.ok ? ok({ ...done.value, after: role }) : done;
};

async function rolesInOrder(ports: RecoverPorts): Promise<readonly string[] | null> {
  const { bundle, deployment, kills } = ports;
  const named = bundleRoles(bundle, deployment).map(({ arn }) => arn);
  const written = await kills.roles();
  if (!written.ok) return null;
  return [...named, ...written.value.filter((role) => !named.includes(role)).toSorted()];
}

/** Events that are in the log must not come into it once more. */
export const completeLog: Portion = async (ports, recovery) => {
  if (recovery.withoutLedger) return ok(nextPhase(recovery));
  const complete = await ports.completePlaces();
  if (!complete.ok) return complete;
  return ok(complete.value ? nextPhase(recovery) : recovery);
};
