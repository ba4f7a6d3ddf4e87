import { type Grant, rolesOf } from '../grant.ts';
import { addSeconds } from '../instant.ts';
import { ok, type Result } from '../result.ts';
import { LONGEST_SESSION_SECONDS } from '../session.ts';
import type { RecoverPorts } from './recover-ports.ts';
import { type Recovery, remarked } from './recovery.ts';
import { NO_TABLE, type Stopped, waiting } from './stopped.ts';

type Done = Promise<Result<Recovery, Stopped>>;

/** Cuts one role off, unless it is: what was vended before is dead from then on, known or unknown. */
export async function cutOffRole(ports: RecoverPorts, recovery: Recovery, role: string): Done {
  if (recovery.cut.includes(role)) return ok(recovery);
  const cut = await ports.cutOff(role);
  if (!cut.ok) return waiting(`${role} is not cut off: ${cut.error}`);
  const { patterns, except, refused } = cut.value;
  const kept = await ports.recoveries.keepRole(recovery.tableId, role, { patterns, except });
  if (!kept.ok) return NO_TABLE;
  const next = { ...recovery, cut: [...recovery.cut, role] };
  const { report } = recovery;
  if (refused !== undefined) {
    const why = `its sessions are not cut off, and it vends nothing: ${refused}`;
    return ok({ ...next, report: remarked(report, [{ what: role, why }]) });
  }
  return ok({ ...next, report: { ...report, roles: { cutOff: report.roles.cutOff + 1 } } });
}

/** Roles that no bundle names any more, and on which nothing was ever denied, are known by their grants alone. */
export async function cutOffRolesOf(ports: RecoverPorts, recovery: Recovery, grant: Grant): Done {
  const { keysValidUntil } = grant;
  // Without the ledger nobody knows whether it vended later.
  const lastKey = keysValidUntil ?? (recovery.withoutLedger ? Number.POSITIVE_INFINITY : null);
  if (lastKey === null) return ok(recovery);
  if (addSeconds(lastKey, LONGEST_SESSION_SECONDS) < ports.clock()) return ok(recovery);
  let next = recovery;
  for (const role of rolesOf(grant)) {
    const done = await cutOffRole(ports, next, role);
    if (!done.ok) return done;
    next = done.value;
  }
  return ok(next);
}
