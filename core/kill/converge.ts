import { addSeconds, type Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import {
  type DeniedGrant,
  type KillSwitch,
  killSwitchDocument,
  MOST_NAMES,
  switchFor,
} from './deny-policy.ts';
import type { KillPorts, PolicyRefusal, SwitchState } from './ports.ts';

/**
 * Writes a role's deny policy as the store's rows demand, and proves it by reading the policy back. IAM
 * lets the last writer win, so a lease admits one writer at a time. The others wait, and find that the
 * writer has included their rows: many revocations at once cost few writes, and none is lost.
 */

/** Why a role's kill switch is not as it should be. `busy`: another writer still holds the lease. */
export type NotConverged = {
  readonly code: PolicyRefusal['code'] | 'busy' | 'store';
  readonly reason: string;
};

/** Whether the policy, as it was last read back, satisfies the caller. */
export type Wanted = (confirmed: KillSwitch) => boolean | Promise<boolean>;

/** Longer than any write with its read-back; a late writer loses the lease and stops. */
const LEASE_SECONDS = 25;
/** No write begins with less than this left, so that every call ends before its lease does. */
const MARGIN_SECONDS = 10;
/** How long one caller waits; the workflow retries. */
const PATIENCE_SECONDS = 12;
const POLL_MS = 250;

export async function converge(
  ports: KillPorts,
  role: string,
  wanted: Wanted,
): Promise<Result<SwitchState, NotConverged>> {
  const giveUp = addSeconds(ports.clock(), PATIENCE_SECONDS);
  for (;;) {
    const state = await ports.kills.readSwitch(role);
    if (!state.ok) return STORE_FAILED;
    if (await wanted(state.value.confirmed)) return ok(state.value);
    const now = ports.clock();
    const until = addSeconds(now, LEASE_SECONDS);
    const leased = await ports.kills.lease(role, ports.holder, now, until);
    if (!leased.ok) return STORE_FAILED;
    if (leased.value) {
      const written = await writeUntilStable(ports, role, until);
      await handOver(ports, role, written);
      if (!written.ok) return written;
      if (await wanted(written.value.confirmed)) return written;
    }
    if (ports.clock() >= giveUp) return BUSY;
    await ports.pause(POLL_MS * (0.5 + ports.jitter()));
  }
}

/**
 * A writer that wrote and read back releases its lease. Any other lease stays visible to the sweep. After
 * a write that IAM may still carry out, no other writer may begin, so that lease has to run out.
 */
async function handOver(
  { kills, holder, clock }: KillPorts,
  role: string,
  written: Result<SwitchState, NotConverged>,
): Promise<void> {
  if (written.ok) await kills.release(role, holder);
  else if (written.error.code !== 'unavailable') await kills.lease(role, holder, clock(), clock());
}

/** Writes and reads back until no row was added in between. */
async function writeUntilStable(
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

/** Reads the policy itself, which somebody else may have changed, and rewrites it if it is wrong. */
export async function verify(
  ports: KillPorts,
  role: string,
): Promise<Result<SwitchState, NotConverged>> {
  const [state, found, freeze] = await Promise.all([
    ports.kills.readSwitch(role),
    ports.policies.read(role),
    ports.kills.freezeOf(role),
  ]);
  if (!state.ok || !freeze.ok) return STORE_FAILED;
  const { confirmed } = state.value;
  const asConfirmed = found.ok && sameJson(found.value, killSwitchDocument(confirmed));
  const frozen = freeze.value !== null && freeze.value.until === null;
  if (asConfirmed && !frozen && (await isUpToDate(ports, role, confirmed))) return state;
  return rewrite(ports, role);
}

function rewrite(ports: KillPorts, role: string): Promise<Result<SwitchState, NotConverged>> {
  let written = false;
  return converge(ports, role, (confirmed) => {
    if (written) return isUpToDate(ports, role, confirmed);
    written = true;
    return false;
  });
}

/** Whether the switch denies exactly what the store's rows demand, without rows that have run out. */
export async function isUpToDate(
  { kills, clock }: KillPorts,
  role: string,
  confirmed: KillSwitch,
): Promise<boolean> {
  const denied = await kills.denied(role);
  if (!denied.ok) return false;
  return sameSwitch(confirmed, switchFor(denied.value, clock(), roomFor(confirmed)));
}

/** A switch with a cutoff has as many names as the role has room for, which may be fewer than usual. */
function roomFor({ grantIds, cutoff }: KillSwitch): number {
  return cutoff === null ? MOST_NAMES : grantIds.length;
}

export function sameSwitch(a: KillSwitch, b: KillSwitch): boolean {
  return a.cutoff === b.cutoff && a.grantIds.join() === b.grantIds.join();
}

/** IAM stores the text unchanged, but does not promise to. */
function sameJson(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  try {
    return JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b));
  } catch {
    return false;
  }
}

export const STORE_FAILED = err({ code: 'store', reason: 'the store did not answer' } as const);
const BUSY = err({ code: 'busy', reason: 'another writer holds the lease' } as const);
