import { addSeconds } from '../instant.ts';
import { mayBeQuarantined } from '../read-quarantine.ts';
import { ok, type Result } from '../result.ts';
import { type KillSwitch, killSwitchDocument } from './deny-policy.ts';
import type { KillPorts, SwitchState } from './ports.ts';
import { readBack } from './read-back.ts';
import { BUSY, isUpToDate, type NotConverged, STORE_FAILED } from './up-to-date.ts';
import { writeUntilStable } from './write-policy.ts';

/**
 * Whether the policy, as it was last read back, satisfies the caller.
 *
 * @param inFlight Another writer is at work, or stopped in the middle: what it writes may come from older rows.
 */
export type Wanted = (confirmed: KillSwitch, inFlight: boolean) => boolean | Promise<boolean>;

/** Longer than any write with its read-back; a late writer loses the lease and stops. */
export const LEASE_SECONDS = 40;
/** How long one caller waits, which leaves the Lambda's 55 seconds for a lease. The workflow retries. */
const PATIENCE_SECONDS = 12;
const POLL_MS = 250;

/**
 * Writes a role's deny policy as the store's rows demand, and proves it by reading the policy back. IAM
 * lets the last writer win, so a lease admits one writer at a time. The others wait, and find that the
 * writer has included their rows: many revocations at once cost few writes, and none is lost.
 */
export async function converge(
  ports: KillPorts,
  role: string,
  wanted: Wanted,
): Promise<Result<SwitchState, NotConverged>> {
  const giveUp = addSeconds(ports.clock(), PATIENCE_SECONDS);
  for (;;) {
    const state = await ports.kills.readSwitch(role);
    if (!state.ok) return STORE_FAILED;
    if (await wanted(state.value.confirmed, state.value.leased)) return ok(state.value);
    const now = ports.clock();
    const until = addSeconds(now, LEASE_SECONDS);
    const leased = await ports.kills.lease(role, ports.holder, now, until);
    if (!leased.ok) return STORE_FAILED;
    if (leased.value) {
      const written = await writeUntilStable(ports, role, until);
      await handOver(ports, role, written);
      if (!written.ok) return written;
      if (await wanted(written.value.confirmed, false)) return written;
    }
    if (ports.clock() >= giveUp) return BUSY;
    await ports.pause(POLL_MS * (0.5 + ports.jitter()));
  }
}

/**
 * A writer that wrote and read back releases its lease. Any other lease stays visible to the sweep. Only
 * after a write that IAM may still carry out, no other writer may begin: that lease has to run out.
 */
async function handOver(
  { kills, holder, clock }: KillPorts,
  role: string,
  written: Result<SwitchState, NotConverged>,
): Promise<void> {
  if (written.ok) await kills.release(role, holder);
  else if (written.error.code !== 'unavailable') await kills.lease(role, holder, clock(), clock());
}

/**
 * Reads the policy itself, which somebody else may have changed, and rewrites it if it is wrong. A policy
 * that cannot be read is not rewritten.
 */
export async function verify(
  ports: KillPorts,
  role: string,
): Promise<Result<SwitchState, NotConverged>> {
  const [state, freeze] = await Promise.all([
    ports.kills.readSwitch(role),
    ports.kills.completeFreeze(role),
  ]);
  if (!state.ok || !freeze.ok) return STORE_FAILED;
  const { confirmed, wroteAt } = state.value;
  const document = killSwitchDocument(confirmed);
  const grown = await mayBeQuarantined(ports);
  const asConfirmed = await readBack(ports, role, { document, wroteAt, grown });
  if (!asConfirmed.ok) return asConfirmed;
  if (confirmed.kept === true && !grown) return rewrite(ports, role);
  const frozen = freeze.value !== null && freeze.value.until === null;
  if (asConfirmed.value && !frozen && (await isUpToDate(ports, role, confirmed))) return state;
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
