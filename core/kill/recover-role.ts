import { ok, type Result } from '../result.ts';
import { converge } from './converge.ts';
import { type Cutoff, cutoffAt } from './cutoff.ts';
import {
  cutoffFor,
  type KillSwitch,
  matcherOf,
  NOTHING_DENIED,
  type OpenGrant,
} from './deny-policy.ts';
import { foundOn } from './in-recovery.ts';
import { isFault } from './kill-grant.ts';
import type { KillPorts } from './ports.ts';
import { BUSY, type NotConverged, STORE_FAILED } from './up-to-date.ts';

/** What a role's policy denies by the ids of grants. */
export type DeniedById = Pick<KillSwitch, 'patterns' | 'except'>;

export type CutOff = DeniedById & { readonly cutoff: Cutoff };

/**
 * Cuts a role off in a recovery: what its policy denied before is still denied, and so is every session that was
 * issued until now. The policy keeps the ids, so a repeat after a stop returns them again. Where the policy says
 * something that the broker never writes, or cannot be written, the role is frozen.
 *
 * Target roles come before chained ones: until a target role is cut off, sessions can go on from it.
 */
export async function recoverRole(
  ports: KillPorts,
  role: string,
  reason: string,
): Promise<Result<CutOff, NotConverged>> {
  const done = await cutOff({ ...ports, recovering: true }, role, reason);
  if (!done.ok && isFault(done.error) && done.error.code !== 'no-such-role') {
    const frozen = await ports.kills.freeze(role, { until: null, reason: done.error.reason });
    if (!frozen.ok) return STORE_FAILED;
  }
  return done;
}

/**
 * Denies every session that was issued on the role until now. It is done once the policy was read back. Sessions that
 * are issued later work, but the role vends none until the cutoff, half a minute from now.
 *
 * @returns what the policy denied by id before; nothing outside of a recovery, where the rows know it.
 */
export async function cutOff(
  ports: KillPorts,
  role: string,
  reason: string,
): Promise<Result<CutOff, NotConverged>> {
  const made: CutOff[] = [];
  const cut = async (): Promise<Result<null, NotConverged>> => {
    const found = ports.recovering ? await foundOn(ports, role) : ok(NOTHING_DENIED);
    if (!found.ok) return found;
    const { patterns, except, principals, cutoff } = found.value;
    const denied = [cutoff ?? 0, ...principals.map((one) => one.cutoff)];
    const at = Math.max(...denied, cutoffFor([{ at: ports.clock() }]));
    const stands = await ports.kills.cutOff(role, cutoffAt(at, reason));
    if (!stands.ok) return STORE_FAILED;
    made.push({ patterns, except, cutoff: stands.value });
    return ok(null);
  };
  const isCut = ({ cutoff }: KillSwitch): boolean => {
    const at = made.at(-1)?.cutoff.at;
    return at !== undefined && (cutoff ?? 0) >= at;
  };
  const written = await converge(ports, role, isCut, cut);
  if (!written.ok) return written;
  const last = made.at(-1);
  return last === undefined ? BUSY : ok(last);
}

/**
 * Which of the grants that count as open on the role its policy denied by their ids: they ended after the restore
 * point. Ids of grants on other roles say nothing here: a prefix spares only what was open on this one.
 */
export function deniedByRole<Row extends Pick<OpenGrant, 'grantId'>>(
  denied: DeniedById,
  openOnRole: readonly Row[],
): readonly Row[] {
  const matches = matcherOf(denied);
  return openOnRole.filter(({ grantId }) => matches(grantId));
}
