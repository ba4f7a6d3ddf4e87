import { bundleRoles } from '../accounts/roles.ts';
import { ok } from '../result.ts';
import { NO_TABLE, type Portion, stopped } from './portion.ts';
import type { RecoverPorts } from './recover-ports.ts';
import { nextPhase, remarked } from './recovery.ts';

/**
 * Cuts one role off: what was vended before is dead from then on, known or unknown. Target roles come before chained
 * ones, because sessions go on from them; then those that an earlier bundle named.
 */
export const cutOffRoles: Portion = async (ports, recovery) => {
  const all = await rolesInOrder(ports);
  if (all === null) return NO_TABLE;
  const role = all[all.indexOf(recovery.after) + 1];
  if (role === undefined) return ok(nextPhase(recovery));
  const cut = await ports.cutOff(role);
  if (!cut.ok) return stopped(`${role} is not cut off: ${cut.error}`);
  const { patterns, except, refused } = cut.value;
  const kept = await ports.recoveries.keepRole(recovery.tableId, role, { patterns, except });
  if (!kept.ok) return NO_TABLE;
  const { report } = recovery;
  if (refused !== undefined) {
    const why = `its sessions are not cut off, and it vends nothing: ${refused}`;
    return ok({ ...recovery, after: role, report: remarked(report, [{ what: role, why }]) });
  }
  const roles = { cutOff: report.roles.cutOff + 1 };
  return ok({ ...recovery, after: role, report: { ...report, roles } });
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
  if (!complete.ok) return stopped(`the ledger cannot go on: ${complete.error}`);
  return ok(complete.value ? nextPhase(recovery) : recovery);
};
