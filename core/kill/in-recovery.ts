import { addSeconds, type Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import { standing } from './cutoff.ts';
import { cutoffFor, denierOf, type KillSwitch } from './deny-policy.ts';
import { parsePolicy } from './parse-policy.ts';
import type { KillPorts } from './ports.ts';
import type { Cover } from './prefix-cover.ts';
import { readPolicy } from './read-back.ts';
import { type RoleRows, toDeny } from './switch-for.ts';
import { type NotConverged, STORE_FAILED } from './up-to-date.ts';

/**
 * While the broker recovers from a restored table, a role's policy knows of endings that no row knows. So every
 * write begins with what the policy says, and only adds to it.
 */

/**
 * Whether the policy may know of endings that no row knows: the deployment says so, or the broker found out by itself.
 * What cannot be read may be so.
 */
export async function mayBeInRecovery({
  recovering,
  quarantine,
}: Pick<KillPorts, 'recovering' | 'quarantine'>): Promise<Result<boolean, NotConverged>> {
  if (recovering) return ok(true);
  const read = await quarantine();
  return read.ok ? ok(read.value?.cause === 'recovery') : STORE_FAILED;
}

/** What the role's policy denies. A policy that says anything else is an error, so that nobody writes over it. */
export async function foundOn(
  ports: KillPorts,
  role: string,
): Promise<Result<KillSwitch, NotConverged>> {
  const text = await readPolicy(ports, role);
  if (!text.ok) return text;
  const parsed = parsePolicy(text.value);
  if (!parsed.ok) return parsed;
  return lastTimeIn(parsed.value) > addSeconds(ports.clock(), AHEAD_SECONDS)
    ? AHEAD
    : ok(parsed.value);
}

/** The broker denies until half a minute from now. A role that was cut off for ever would never vend again. */
const AHEAD_SECONDS = 3600;
const AHEAD = err({
  code: 'unknown-policy',
  reason: 'the broker never writes this: a time that lies ahead',
} as const);

/** Every session that the switch denies by its time of issue was issued before then. */
export function lastTimeIn({ principals, cutoff }: KillSwitch): Instant {
  return Math.max(cutoff ?? 0, ...principals.map((one) => one.cutoff));
}

/**
 * Whether the role's cutoff keeps the ids that its policy denies. Then a policy without room for both has the time
 * alone, which denies every session that the ids deny and that was issued until the write: there are no later ones.
 */
export async function hasIdsInRow(ports: KillPorts, role: string, found: Cover): Promise<boolean> {
  const cutoff = await ports.kills.cutoffOf(role);
  if (!cutoff.ok || cutoff.value === null || standing(cutoff.value, ports.clock()) === null) {
    return false;
  }
  const { patterns, except } = cutoff.value.denied;
  return String(patterns) === String(found.patterns) && String(except) === String(found.except);
}

/**
 * Denies what was found, and what the rows demand beyond it by time of issue, which takes no room. That costs
 * everybody their sessions on the role; nobody vends during a recovery, which cuts the role off anyway.
 */
export function addedTo(found: KillSwitch, rows: RoleRows): KillSwitch {
  const denies = denierOf(found);
  const missing = toDeny(rows)
    .map((row) => (row.begins ? { ...row, at: Math.max(row.at, rows.readAt) } : row))
    .filter((row) => !denies(row));
  const times = [found.cutoff, rows.cutoff, missing.length === 0 ? null : cutoffFor(missing)];
  const last = Math.max(0, ...times.map((time) => time ?? 0));
  const principals = found.principals.filter(({ cutoff }) => cutoff > last);
  return { ...found, principals, cutoff: last === 0 ? null : last };
}
