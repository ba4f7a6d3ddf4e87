import { brokerItself } from '../audit.ts';
import { newEventId } from '../ids.ts';
import type { Instant } from '../instant.ts';
import { ok, type Result } from '../result.ts';
import { endDenied } from './end-denied.ts';
import { endRecovery } from './end-recovery.ts';
import type { Portion } from './portion.ts';
import { rebuildGrants } from './rebuild-grants.ts';
import { rebuildPrincipals } from './rebuild-principals.ts';
import { rebuildRows } from './rebuild-rows.ts';
import type { RecoverPorts } from './recover-ports.ts';
import { completeLog, cutOffRoles } from './recover-roles.ts';
import { NOTHING_DONE, PHASES, type Phase, type Recovery } from './recovery.ts';
import { startWorkflows } from './start-workflows.ts';
import { NO_TABLE, type Stopped, stopped, waiting } from './stopped.ts';

/** What an operator orders. */
export type RecoverOrder = {
  readonly tableId: string;
  readonly restoredTo: Instant;
  readonly withoutLedger: boolean;
};

const PORTIONS: Readonly<Record<Exclude<Phase, 'ended'>, Portion>> = {
  roles: cutOffRoles,
  log: completeLog,
  principals: rebuildPrincipals,
  grants: rebuildGrants,
  rows: rebuildRows,
  denied: endDenied,
  workflows: startWorkflows,
  end: endRecovery,
};

/**
 * Rebuilds the broker's state on a restored table: from the roles' own policies, and from the ledger after the moment
 * that the table shows. Each call goes on where the last one was, also where that one was killed, and ends soon after
 * `until`. Called again after the end, it does nothing.
 *
 * The table must be in quarantine. @returns the recovery as far as it has come.
 */
export async function recover(
  ports: RecoverPorts,
  order: RecoverOrder,
  until: Instant,
  requestId: string,
): Promise<Result<Recovery, Stopped>> {
  const read = await ports.recoveries.read();
  if (!read.ok) return NO_TABLE;
  // What a restored table has is the recovery of the table that it was made of.
  const known = read.value?.tableId === order.tableId ? read.value : null;
  const differs = known === null ? null : difference(known, order);
  if (differs !== null) return stopped(differs);
  const by = brokerItself(requestId);
  // The sweep would, minutes later: until then a deployment could end it.
  if (known === null && !(await ports.holdQuarantine(requestId))) return NO_TABLE;
  const { withoutLedger } = order;
  let before = read.value;
  let recovery: Recovery = known === null ? begin(ports, order) : { ...known, withoutLedger };
  while (recovery.phase !== 'ended') {
    const portion = await PORTIONS[recovery.phase](ports, recovery, by);
    if (!portion.ok) return portion;
    const next = { ...portion.value, revision: (before?.revision ?? 0) + 1 };
    const written = await ports.recoveries.write(before, next);
    if (!written.ok) return written.error.code === 'conflict' ? OTHER : NO_TABLE;
    [before, recovery] = [next, next];
    if (ports.clock() >= until) break;
  }
  return ok(recovery);
}

function begin({ clock, random }: RecoverPorts, order: RecoverOrder): Recovery {
  return {
    ...order,
    id: newEventId(random),
    begunAt: clock(),
    endedAt: null,
    phase: 'roles',
    after: '',
    cut: [],
    revision: 0,
    report: NOTHING_DONE,
  };
}

/** Whether it is past everything that reads the ledger. */
function isRead({ phase }: Recovery): boolean {
  return PHASES.indexOf(phase) > PHASES.indexOf('rows');
}

/** A recovery goes on as it was ordered: with another restore point it would have passed over events. */
function difference(known: Recovery, order: RecoverOrder): string | null {
  const at = (one: RecoverOrder) => new Date(one.restoredTo).toISOString();
  if (order.restoredTo !== known.restoredTo) {
    return `a recovery of this table from ${at(known)} has begun, and this order says ${at(order)}: repeat the first one`;
  }
  if (order.withoutLedger === known.withoutLedger) return null;
  if (known.withoutLedger)
    return 'a recovery of this table without the ledger has begun: repeat that one';
  // That the ledger is lost may show in the middle.
  return isRead(known) ? 'this recovery has read the ledger: go on with it' : null;
}

const OTHER = waiting('another call goes on with this recovery');
