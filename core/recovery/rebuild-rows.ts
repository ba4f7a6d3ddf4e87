import { type Grant, isOpen } from '../grant.ts';
import { endOpenGrant } from '../grants/end-by-order.ts';
import { ok, type Result } from '../result.ts';
import { cutOffRolesOf } from './cut-off.ts';
import { eachOpen } from './each-open.ts';
import type { Portion } from './portion.ts';
import { readEntry } from './read-entry.ts';
import type { RecoverPorts } from './recover-ports.ts';
import type { Recovery } from './recovery.ts';
import { NO_TABLE, type Stopped } from './stopped.ts';

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
    const why = await whyOver(ports, recovery, grant);
    if (!why.ok) return why;
    if (why.value === null || !isOpen(grant)) return cut;
    const order = { grantId: grant.id, reason: why.value, by };
    const ended = await endOpenGrant(ports, order);
    if (!ended.ok) return NO_TABLE;
    if (ended.value?.what !== 'ended') return cut;
    await wake(ports, grant);
    const { report } = cut.value;
    const grants = { ...report.grants, ended: report.grants.ended + 1 };
    return ok({ ...cut.value, report: { ...report, grants } });
  });

/**
 * Why the grant may not go on. An order about its principal may have been under way when the table was lost: what it had
 * not ended yet is open.
 *
 * @returns null where it may.
 */
async function whyOver(
  ports: RecoverPorts,
  { withoutLedger, restoredTo }: Recovery,
  { requester, createdAt }: Grant,
): Promise<Result<string | null, Stopped>> {
  if (withoutLedger) return ok(WITHOUT_LEDGER);
  const suspension = await ports.principals.suspensionOf(requester.id);
  if (!suspension.ok) return NO_TABLE;
  if (suspension.value !== null) return ok('recovery: its principal is suspended');
  const tail = await ports.tail(restoredTo);
  if (!tail.ok) return tail;
  const orders = (tail.value.ofPrincipals.get(requester.id) ?? []).flatMap((entry) => {
    const read = readEntry(entry);
    return read.ok && read.value.type === 'principal-revoked' ? [read.value.at] : [];
  });
  return ok(orders.some((at) => createdAt < at) ? ALL_REVOKED : null);
}

const ALL_REVOKED = 'recovery: revoked with all of its principal';
const WITHOUT_LEDGER = 'recovery: without the ledger nobody knows what became of it';

async function wake({ wakeKillSwitch }: RecoverPorts, { id }: Grant): Promise<void> {
  await wakeKillSwitch({ grantIds: [id] });
}
