import type { PrincipalEvent } from '../audit.ts';
import type { OrderRefusal } from '../ports.ts';
import { ok, type Result } from '../result.ts';
import { retryOnConflict } from '../retry-on-conflict.ts';
import type { Portion } from './portion.ts';
import { type PrincipalDigest, readEntry } from './read-entry.ts';
import type { RecoverPorts } from './recover-ports.ts';
import { nextPhase, type Remark, type Report, remarked } from './recovery.ts';
import { replayPrincipal } from './replay-principal.ts';
import { NO_TABLE, type Stopped } from './stopped.ts';

/** Per portion. */
const MOST = 50;

/** Suspends and resumes those principals again of which the ledger says so, and completes their trails. */
export const rebuildPrincipals: Portion = async (ports, recovery) => {
  if (recovery.withoutLedger) return ok(nextPhase(recovery));
  const tail = await ports.tail(recovery.restoredTo);
  if (!tail.ok) return tail;
  const ids = [...tail.value.ofPrincipals.keys()].toSorted();
  const portion = ids.filter((id) => id > recovery.after).slice(0, MOST);
  const remarks = recovery.after === '' ? tail.value.remarks : [];
  let report = { ...remarked(recovery.report, remarks), entries: tail.value.entries };
  for (const id of portion) {
    const rebuilt = await rebuild(ports, id, tail.value.ofPrincipals.get(id) ?? []);
    if (!rebuilt.ok) return rebuilt;
    report = counted(report, rebuilt.value);
  }
  const next = { ...recovery, after: portion.at(-1) ?? recovery.after, report };
  return ok(portion.length < MOST ? nextPhase(next) : next);
};

type Rebuilt = {
  readonly became: 'suspended' | 'resumed' | 'as it was';
  readonly remarks: readonly Remark[];
};

function counted(report: Report, { became, remarks }: Rebuilt): Report {
  const { suspended, resumed } = report.principals;
  const principals = {
    suspended: suspended + (became === 'suspended' ? 1 : 0),
    resumed: resumed + (became === 'resumed' ? 1 : 0),
  };
  return remarked({ ...report, principals }, remarks);
}

async function rebuild(
  ports: RecoverPorts,
  principal: string,
  entries: readonly Uint8Array[],
): Promise<Result<Rebuilt, Stopped>> {
  const read = entries.map(readEntry);
  const lines = read.flatMap((one, at): readonly (PrincipalEvent | PrincipalDigest)[] =>
    one.ok ? ('principalId' in one.value ? [one.value] : []) : bareLine(entries[at]),
  );
  const remarks = read.flatMap((one) => (one.ok ? [] : [{ what: principal, why: one.error }]));
  const events = lines.filter((line): line is PrincipalEvent => !('sha256' in line));
  const written = await ports.restore.events(events);
  if (!written.ok) return NO_TABLE;
  const given = await retryOnConflict(() => giveAgain(ports, principal, lines));
  if (!given.ok) return NO_TABLE;
  return ok({ became: given.value, remarks });
}

/** Whose order it was, what, and when: enough to keep somebody out. */
function bareLine(entry: Uint8Array | undefined): readonly PrincipalDigest[] {
  try {
    const read = JSON.parse(Buffer.from(entry ?? []).toString('utf8'));
    const { id, principalId, type } = read;
    const at = Date.parse(read.at);
    return Number.isNaN(at) ? [] : [{ id, principalId, type, at, sha256: '' }];
  } catch {
    return [];
  }
}

type Lines = Parameters<typeof replayPrincipal>[1];

async function giveAgain(
  ports: RecoverPorts,
  principal: string,
  lines: Lines,
): Promise<Result<Rebuilt['became'], OrderRefusal>> {
  const restored = await ports.principals.suspensionOf(principal);
  if (!restored.ok) return restored;
  const { order, suspension } = replayPrincipal(restored.value, lines);
  if (order === null) return ok('as it was');
  const result = { suspension, ended: 0, newest: [] };
  const given = await ports.principals.give({
    ...{ order, before: restored.value, result },
    // The sweep ends what a suspended principal still has.
    open: suspension !== null,
    idempotency: null,
    unsuspended: null,
    restored: true,
  });
  if (!given.ok) return given;
  const settled = await ports.principals.settleGates(order);
  return settled.ok ? ok(suspension === null ? 'resumed' : 'suspended') : settled;
}
