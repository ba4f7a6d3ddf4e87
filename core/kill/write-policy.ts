import { addSeconds, type Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import { cutoffFor, type KillSwitch, killSwitchDocument } from './deny-policy.ts';
import { addedTo, foundOn, hasIdsInRow, mayBeInRecovery } from './in-recovery.ts';
import type { KillPorts, PolicyRefusal, SwitchState } from './ports.ts';
import { NO_IDS } from './prefix-cover.ts';
import { pressureOf, usesOf } from './pressure.ts';
import { readBack } from './read-back.ts';
import { ROOMS, type RoleRows, switchFor } from './switch-for.ts';
import { BUSY, isUpToDate, type NotConverged, readRows, STORE_FAILED } from './up-to-date.ts';

/** No write begins with less than this left, so that it ends, and is read back, before the lease does. */
const MARGIN_SECONDS = 20;

/**
 * Writes a role's policy and reads it back, until no row was added in between. Only the holder of the lease
 * may call it.
 *
 * @param until When the lease ends.
 */
export async function writeUntilStable(
  ports: KillPorts,
  role: string,
  until: Instant,
): Promise<Result<SwitchState, NotConverged>> {
  const before = await ports.kills.readSwitch(role);
  if (!before.ok) return STORE_FAILED;
  let state: SwitchState = before.value;
  // The first round always writes: somebody else may have changed the policy itself.
  for (let round = 1; ; round += 1) {
    if (round > 1 && (await isUpToDate(ports, role, state.confirmed))) return ok(state);
    await ports.pause(settled(state, ports.clock()) ? 0 : pauseAfter(state.writes));
    const written = await write(ports, role, until);
    if (!written.ok) return written;
    const writes = settled(state, ports.clock()) ? 1 : state.writes + 1;
    const { target, rows, room } = written.value;
    state = { confirmed: target, writes, wroteAt: ports.clock() };
    const confirmed = await ports.kills.confirm(role, ports.holder, state);
    if (!confirmed.ok) return STORE_FAILED;
    if (!confirmed.value) return BUSY;
    const thawed = await thaw(ports, role, target);
    if (!thawed.ok) return thawed;
    // Last: the deny is more urgent. A use that is not noted delays nobody, and the next write notes it.
    const uses = usesOf(rows, room);
    if (uses.length > 0) await ports.kills.noteUses(role, uses);
    const pressure = pressureOf(role, rows, room);
    if (pressure !== null) await ports.reportPressure(pressure, ports.holder);
  }
}

/** What was written, and why. */
type Written = {
  readonly target: KillSwitch;
  readonly rows: RoleRows;
  readonly room: number;
};

/**
 * Puts the policy and reads it back. Every attempt reads the rows again, so that cutoffs are those of the
 * write: one that IAM throttled follows after a pause, one that was too long with less room.
 */
async function write(
  ports: KillPorts,
  role: string,
  until: Instant,
): Promise<Result<Written, NotConverged>> {
  let refused = LEASE_OVER;
  const recovering = await mayBeInRecovery(ports);
  if (!recovering.ok) return recovering;
  const read = recovering.value ? await foundOn(ports, role) : ok(null);
  if (!read.ok) return read;
  let found = read.value;
  const present = found === null ? undefined : killSwitchDocument(found);
  for (let smaller = 0, throttled = 0; ; ) {
    const rows = await readRows(ports, role);
    if (!rows.ok) return rows;
    const room = ROOMS[smaller] ?? 0;
    const target = found === null ? switchFor(rows.value, room) : addedTo(found, rows.value);
    const frozen = await freezeUntilCutoff(ports, role, target);
    if (!frozen.ok) return frozen;
    if (ports.clock() > addSeconds(until, -MARGIN_SECONDS)) return err(refused);
    const document = killSwitchDocument(target);
    // In recovery nothing is written, and above all nothing removed, that adds nothing.
    const put = document === present ? ok(null) : await replace(ports, role, document);
    if (put.ok) {
      if (found === null) report(ports, role, target, rows.value);
      const says = await readBack(ports, role, { document, wroteAt: ports.clock() });
      if (!says.ok) return says;
      return says.value ? ok({ target, rows: rows.value, room }) : OTHER_POLICY;
    }
    if (put.error.code === 'throttled') {
      throttled += 1;
      if (throttled >= FAULTY_THROTTLING) refused = put.error;
      await ports.pause(afterThrottling(throttled) * (0.5 + ports.jitter()));
    } else if (put.error.code !== 'too-long') return put;
    else if (found !== null) {
      if (found.patterns.length === 0 || !(await hasIdsInRow(ports, role, found))) return put;
      found = {
        ...found,
        ...NO_IDS,
        cutoff: Math.max(found.cutoff ?? 0, cutoffFor([{ at: ports.clock() }])),
      };
    } else if (smaller < ROOMS.length - 1) {
      smaller += 1;
      refused = put.error;
    } else return put;
  }
}

const OTHER_POLICY = err({
  code: 'unconfirmed',
  reason: 'the policy that was read back is not what was written',
} as const);

function replace(
  { policies }: KillPorts,
  role: string,
  document: string | null,
): Promise<Result<null, PolicyRefusal>> {
  return document === null ? policies.remove(role) : policies.put(role, document);
}

function report(ports: KillPorts, role: string, target: KillSwitch, rows: RoleRows): void {
  const { principals, cutoff, unspared = [] } = target;
  if (cutoff !== null && cutoff !== rows.cutoff) {
    ports.reportOverflow({ role, principals: [], cutoff });
    return;
  }
  const hashes = [...new Set([...principals.map(({ hash }) => hash), ...unspared])];
  if (hashes.length === 0) return;
  // Until now: an open grant may be denied by its id, whenever its sessions were issued.
  const last = unspared.length > 0 ? ports.clock() : 0;
  const cutoffs = principals.map((one) => one.cutoff);
  ports.reportOverflow({ role, principals: hashes, cutoff: Math.max(last, ...cutoffs) });
}

/** The policy can be written again, so the role may vend again. */
async function thaw(
  ports: KillPorts,
  role: string,
  written: KillSwitch,
): Promise<Result<null, NotConverged>> {
  const thawed = await ports.kills.thaw(role);
  return thawed.ok ? freezeUntilCutoff(ports, role, written) : STORE_FAILED;
}

/** Credentials issued before the cutoff would be dead on arrival, so the role vends none until then. */
async function freezeUntilCutoff(
  { kills, clock }: KillPorts,
  role: string,
  { cutoff }: KillSwitch,
): Promise<Result<null, NotConverged>> {
  if (cutoff === null || cutoff <= clock()) return ok(null);
  const reason = 'every session that was issued before then is denied';
  const frozen = await kills.freeze(role, { until: cutoff, reason });
  return frozen.ok ? ok(null) : STORE_FAILED;
}

/** After this long without a write, the next one does not wait. */
const SETTLED_SECONDS = 30;
const LONGEST_PAUSE_MS = 3000;
/** This many writes in a row on one role do not wait. */
const AT_ONCE = 4;

function settled({ wroteAt }: SwitchState, now: Instant): boolean {
  return now >= addSeconds(wroteAt, SETTLED_SECONDS);
}

/** The more writes in a row, the longer the pause in which more rows can join the next one. */
function pauseAfter(writes: number): number {
  return writes < AT_ONCE ? 0 : Math.min(LONGEST_PAUSE_MS, 100 * 2 ** (writes - AT_ONCE + 1));
}

/** IAM throttles a call now and then. A lease that ends after fewer was too short because something is slow. */
const FAULTY_THROTTLING = 5;

const LEASE_OVER: NotConverged = {
  code: 'busy',
  reason: 'the lease was almost over before the policy could be written',
};

/** IAM's buckets of calls are small: the wait doubles. */
function afterThrottling(times: number): number {
  return Math.min(LONGEST_PAUSE_MS, 100 * 2 ** times);
}
