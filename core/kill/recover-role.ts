import { err, ok, type Result } from '../result.ts';
import { parseRoleArn } from '../role-arn.ts';
import { converge } from './converge.ts';
import { type Cutoff, cutoffAt } from './cutoff.ts';
import {
  cutoffFor,
  type KillSwitch,
  matcherOf,
  NOTHING_DENIED,
  type OpenGrant,
} from './deny-policy.ts';
import { foundOn, lastTimeIn } from './in-recovery.ts';
import { isFault } from './kill-grant.ts';
import type { KillPorts } from './ports.ts';
import { type Cover, NO_IDS } from './prefix-cover.ts';
import { BUSY, type NotConverged, STORE_FAILED } from './up-to-date.ts';

/** What a role's policy denies by the ids of grants. */
export type DeniedById = Cover;

export type CutOff = DeniedById & { readonly cutoff: Cutoff };

/**
 * Cuts a role off in a recovery: what its policy denied before is still denied, and so is every session that was
 * issued until now. The policy keeps the ids, or the cutoff does where both have no room, so a repeat after a stop
 * returns them again. Where the policy says something that the broker never writes, or cannot be written, the role is
 * frozen; the cutoff is then part of whatever is written on the role later.
 *
 * Target roles come before chained ones: until a target role is cut off, sessions can go on from it.
 */
export async function recoverRole(
  ports: KillPorts,
  role: string,
  reason: string,
): Promise<Result<CutOff, NotConverged>> {
  if (parseRoleArn(role) === null) return NO_ROLE;
  const done = await cutOff({ ...ports, recovering: true }, role, reason);
  if (!done.ok && isFault(done.error) && done.error.code !== 'no-such-role') {
    const frozen = await ports.kills.freeze(role, { until: null, reason: done.error.reason });
    if (!frozen.ok) return STORE_FAILED;
  }
  return done;
}

/** A mistyped order must leave no lease and no freeze behind. */
const NO_ROLE = err({ code: 'refused', reason: 'not the ARN of a role' } as const);

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
    if (!found.ok && found.error.code === 'no-such-role') return found;
    const earlier = await ports.kills.cutoffOf(role);
    if (!earlier.ok) return STORE_FAILED;
    const policy = found.ok ? found.value : NOTHING_DENIED;
    const { patterns, except } =
      policy.patterns.length > 0 ? policy : (earlier.value?.denied ?? NO_IDS);
    const at = Math.max(lastTimeIn(policy), cutoffFor([{ at: ports.clock() }]));
    // Also where the policy is not understood: whatever is written on the role later, the cutoff is part of it.
    const stands = await ports.kills.cutOff(role, cutoffAt(at, reason, { patterns, except }));
    if (!stands.ok) return STORE_FAILED;
    if (!found.ok) return found;
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
