import { endByOrder } from '../grants/end-by-order.ts';
import { deniedByRole } from '../kill/recover-role.ts';
import { ok } from '../result.ts';
import type { Portion } from './portion.ts';
import { nextPhase } from './recovery.ts';
import { NO_TABLE } from './stopped.ts';

/** Ends what a role's policy had denied by the ids of grants, and what counts as open nevertheless. */
export const endDenied: Portion = async (ports, recovery, by) => {
  const roles = await ports.recoveries.roles(recovery.tableId, recovery.after, 1);
  if (!roles.ok) return NO_TABLE;
  const [denied] = roles.value;
  if (denied === undefined) return ok(nextPhase(recovery));
  const open = await ports.kills.open(denied.role);
  if (!open.ok) return NO_TABLE;
  const ids = deniedByRole(denied, open.value).map(({ grantId }) => grantId);
  for (const id of ids) {
    const ended = await endByOrder(ports, id, `recovery: ${denied.role} denied it`, by);
    if (!ended.ok) return NO_TABLE;
  }
  if (ids.length > 0) await ports.wakeKillSwitch({ grantIds: ids });
  const { report } = recovery;
  const grants = { ...report.grants, deniedByRole: report.grants.deniedByRole + ids.length };
  return ok({ ...recovery, after: denied.role, report: { ...report, grants } });
};
