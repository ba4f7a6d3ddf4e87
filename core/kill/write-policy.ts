import { addSeconds, type Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import {
  type DeniedGrant,
  type KillSwitch,
  killSwitchDocument,
  MOST_NAMES,
  switchFor,
} from './deny-policy.ts';
import type { KillPorts, SwitchState } from './ports.ts';
import { BUSY, isUpToDate, type NotConverged, STORE_FAILED, sameJson } from './up-to-date.ts';

/** No write begins with less than this left, so that every call ends before its lease does. */
const MARGIN_SECONDS = 10;

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
    const denied = await ports.kills.denied(role);
    if (!denied.ok) return STORE_FAILED;
    const target = switchFor(denied.value, ports.clock());
    const written = await write(ports, role, { target, denied: denied.value, until });
    if (!written.ok) return written;
    const writes = settled(state, ports.clock()) ? 1 : state.writes + 1;
    state = { confirmed: written.value, writes, wroteAt: ports.clock() };
    const confirmed = await ports.kills.confirm(role, ports.holder, state);
    if (!confirmed.ok) return STORE_FAILED;
    if (!confirmed.value) return BUSY;
    const thawed = await thaw(ports, role, written.value);
    if (!thawed.ok) return thawed;
  }
}

type Write = {
  readonly target: KillSwitch;
  readonly denied: readonly DeniedGrant[];
  /** When the lease ends. */
  readonly until: Instant;
};

/** Puts the policy and reads it back; where the names do not fit, denies by time of issue instead. */
async function write(
  ports: KillPorts,
  role: string,
  { target, denied, until }: Write,
): Promise<Result<KillSwitch, NotConverged>> {
  for (let names = MOST_NAMES, now = target; ; names = Math.floor(names / 4)) {
    const frozen = await freezeUntilCutoff(ports, role, now);
    if (!frozen.ok) return frozen;
    if (ports.clock() > addSeconds(until, -MARGIN_SECONDS)) return BUSY;
    const document = killSwitchDocument(now);
    const put =
      document === null
        ? await ports.policies.remove(role)
        : await ports.policies.put(role, document);
    if (put.ok) return readBack(ports, role, now, document);
    if (put.error.code !== 'too-long' || names === 0) return put;
    now = switchFor(denied, ports.clock(), Math.floor(names / 4));
  }
}

async function readBack(
  ports: KillPorts,
  role: string,
  target: KillSwitch,
  document: string | null,
): Promise<Result<KillSwitch, NotConverged>> {
  const found = await ports.policies.read(role);
  if (!found.ok) return err({ code: 'unavailable', reason: found.error.reason });
  if (sameJson(found.value, document)) return ok(target);
  return err({
    code: 'unavailable',
    reason: 'the policy that was read back is not what was written',
  });
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
