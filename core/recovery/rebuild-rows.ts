import { type Grant, isOpen } from '../grant.ts';
import { endByOrder } from '../grants/end-by-order.ts';
import { ok } from '../result.ts';
import { cutOffRolesOf } from './cut-off.ts';
import { eachOpen } from './each-open.ts';
import { NO_TABLE, type Portion } from './portion.ts';
import type { RecoverPorts } from './recover-ports.ts';

/**
 * Writes the rows of every grant on which something is left to do: a restore is no transaction, and may have lost
 * some. Without the ledger nobody knows what was revoked, denied or voted since the restore point: so these grants end.
 */
export const rebuildRows: Portion = (ports, recovery, by) =>
  eachOpen(ports, recovery, async (grant, latest) => {
    const cut = await cutOffRolesOf(ports, latest, grant);
    if (!cut.ok) return cut;
    const rows = { before: grant, grant, missing: [], events: [] };
    const written = await ports.restore.restore(rows);
    // Whoever changed it meanwhile has written its rows.
    if (!written.ok && written.error.code !== 'conflict') return NO_TABLE;
    if (!recovery.withoutLedger || !isOpen(grant)) return cut;
    const ended = await endByOrder(ports, grant.id, WITHOUT_LEDGER, by);
    if (!ended.ok) return NO_TABLE;
    await wake(ports, grant);
    const { report } = cut.value;
    const grants = { ...report.grants, ended: report.grants.ended + 1 };
    return ok({ ...cut.value, report: { ...report, grants } });
  });

const WITHOUT_LEDGER = 'recovery: without the ledger nobody knows what became of it';

async function wake({ wakeKillSwitch }: RecoverPorts, { id }: Grant): Promise<void> {
  await wakeKillSwitch({ grantIds: [id] });
}
