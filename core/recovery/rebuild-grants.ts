import type { AuditEvent, Initiator } from '../audit.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { ok, type Result } from '../result.ts';
import { type Conflict, retryOnConflict } from '../retry-on-conflict.ts';
import { cutOffRolesOf } from './cut-off.ts';
import type { Portion } from './portion.ts';
import { placed } from './ports.ts';
import { readEntry } from './read-entry.ts';
import type { RecoverPorts } from './recover-ports.ts';
import { nextPhase, type Recovery, type Remark, type Report, remarked } from './recovery.ts';
import { replayGrant } from './replay-grant.ts';
import { isDigest, type TrailLine } from './replayed.ts';
import { NO_TABLE, waiting } from './stopped.ts';
import type { Tail } from './tail.ts';

/** Per portion. */
const MOST = 20;

/** Brings grants to where the ledger says that they were, and makes again those that the table never had. */
export const rebuildGrants: Portion = async (ports, recovery, by) => {
  if (recovery.withoutLedger) return ok(nextPhase(recovery));
  const tail = await ports.tail(recovery.restoredTo);
  if (!tail.ok) return tail;
  const portion = portionOf(tail.value, recovery);
  const bundles = await bundlesOf(
    ports,
    portion.flatMap(({ lines }) => lines),
  );
  if (bundles === null) return waiting('the files of the ledger do not answer');
  let latest = recovery;
  for (const grant of portion) {
    const rebuilt = await retryOnConflict(() => rebuild(ports, bundles, grant, by));
    if (!rebuilt.ok) return NO_TABLE;
    const { grant: made } = rebuilt.value;
    const cut = made === null ? ok(latest) : await cutOffRolesOf(ports, latest, made);
    if (!cut.ok) return cut;
    latest = { ...cut.value, report: counted(cut.value.report, rebuilt.value) };
  }
  const next = { ...latest, after: portion.at(-1)?.id ?? recovery.after };
  return ok(portion.length < MOST ? nextPhase(next) : next);
};

type OneTrail = {
  readonly id: string;
  readonly lines: readonly TrailLine[];
  readonly unreadable: readonly string[];
};

function portionOf({ ofGrants }: Tail, { after }: Recovery): readonly OneTrail[] {
  const ids = [...ofGrants.keys()].toSorted().filter((id) => id > after);
  return ids.slice(0, MOST).map((id) => {
    const read = (ofGrants.get(id) ?? []).map(readEntry);
    const lines = read.flatMap((one) => (one.ok && 'grantId' in one.value ? [one.value] : []));
    return { id, lines, unreadable: read.flatMap((one) => (one.ok ? [] : [one.error])) };
  });
}

/** The bundles by which requests were decided. */
async function bundlesOf(
  { bundle, readBundle }: RecoverPorts,
  lines: readonly TrailLine[],
): Promise<ReadonlyMap<string, Bundle> | null> {
  const known = new Map([[bundle.hash, bundle]]);
  for (const line of lines) {
    if (isDigest(line) || line.type !== 'requested') continue;
    const { bundle: hash } = line.decision;
    if (known.has(hash)) continue;
    const read = await readBundle(hash);
    if (!read.ok) return null;
    if (read.value !== null) known.set(hash, read.value);
  }
  return known;
}

type Rebuilt = {
  readonly grant: Grant | null;
  readonly became: 'madeAgain' | 'changed' | 'unchanged' | 'unknown';
  readonly ended: boolean;
  readonly remarks: readonly Remark[];
};

function counted(report: Report, { became, ended, remarks }: Rebuilt): Report {
  const { grants } = report;
  const own = became === 'unknown' ? {} : { [became]: grants[became] + 1 };
  const counts = { ...grants, ...own, ended: grants.ended + (ended ? 1 : 0) };
  return remarked({ ...report, grants: counts }, remarks);
}

async function rebuild(
  ports: RecoverPorts,
  bundles: ReadonlyMap<string, Bundle>,
  { id, lines, unreadable }: OneTrail,
  by: Initiator,
): Promise<Result<Rebuilt, Conflict | Unavailable>> {
  const found = await ports.store.find(id);
  const trail = await eventIds(ports, id);
  if (!found.ok) return found;
  if (!trail.ok) return trail;
  const replaying = { deployment: ports.deployment, bundleOf: bundleOf(bundles) };
  const ending = { now: ports.clock(), by, random: ports.random };
  const done = replayGrant(replaying, found.value, lines, ending, unreadable);
  const remarks = done.flaws.map((why) => ({ what: id, why }));
  if (done.grant === null) return ok({ grant: null, became: 'unknown', ended: false, remarks });
  const events = lines.filter((line): line is AuditEvent => !isDigest(line));
  const missing = placed(events).filter(({ event }) => !trail.value.has(event.id));
  const { grant } = done;
  const written = await ports.restore.restore({
    ...{ before: found.value, grant, missing, events: done.events },
  });
  if (!written.ok) return written;
  const became = changeOf(found.value, grant);
  return ok({ grant, became, ended: done.events.length > 0, remarks });
}

function bundleOf(bundles: ReadonlyMap<string, Bundle>) {
  return (hash: string): Bundle | null => bundles.get(hash) ?? null;
}

function changeOf(before: Grant | null, after: Grant): Exclude<Rebuilt['became'], 'unknown'> {
  if (before === null) return 'madeAgain';
  return before.version === after.version ? 'unchanged' : 'changed';
}

/** Which events of the grant the restored table has. */
async function eventIds(
  { store }: RecoverPorts,
  id: string,
): Promise<Result<ReadonlySet<string>, Unavailable>> {
  const ids = new Set<string>();
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof store.events>> = await store.events(id, {
      limit: 200,
      after,
    });
    if (!page.ok) return page;
    for (const event of page.value.events) ids.add(event.id);
    after = page.value.next;
  } while (after !== null);
  return ok(ids);
}
