import type { Instant } from '../instant.ts';
import { mayBeQuarantined } from '../read-quarantine.ts';
import { err, ok, type Result } from '../result.ts';
import { standing } from './cutoff.ts';
import { type DeniedGrant, denierOf, hashOf, type KillSwitch, matcherOf } from './deny-policy.ts';
import type { KillPorts, PolicyRefusal } from './ports.ts';
import type { RoleRows } from './switch-for.ts';

/**
 * Why a role's kill switch is not as it should be. `busy`: another writer still holds the lease, or one's own
 * ended before the policy was written. `unconfirmed`: the policy cannot be read, or does not say what was
 * written. `unknown-policy`: in recovery, it says something that the broker never writes.
 */
export type NotConverged = {
  readonly code: PolicyRefusal['code'] | 'unconfirmed' | 'unknown-policy' | 'busy' | 'store';
  readonly reason: string;
};

/** IAM answered that there is no such role, or that the broker may not write on it: no retry mends that. */
export function isOutOfReach({ code }: NotConverged): boolean {
  return code === 'no-such-role' || code === 'refused';
}

export const STORE_FAILED = err({ code: 'store', reason: 'the store did not answer' } as const);
export const BUSY = err({ code: 'busy', reason: 'another writer holds the lease' } as const);

/**
 * Reads a role's rows: the ended grants first, because what ends between the reads is in neither. In a quarantine
 * nothing is pruned: what is past counts as if it went on.
 */
export async function readRows(
  ports: Pick<KillPorts, 'kills' | 'clock' | 'quarantine'>,
  role: string,
): Promise<Result<RoleRows, NotConverged>> {
  const { kills, clock } = ports;
  const readAt = clock();
  const [denied, cutoff, held] = await Promise.all([
    kills.denied(role),
    kills.cutoffOf(role),
    mayBeQuarantined(ports),
  ]);
  if (!denied.ok || !cutoff.ok) return STORE_FAILED;
  const open = await kills.open(role);
  if (!open.ok) return STORE_FAILED;
  const goesOn = ({ until }: { readonly until: Instant }) =>
    held ? Math.max(until, readAt + 1) : until;
  const rows = denied.value.map((row) => ({ ...row, until: goesOn(row) }));
  const cut = cutoff.value === null ? null : { ...cutoff.value, until: goesOn(cutoff.value) };
  return ok({ denied: rows, open: open.value, cutoff: standing(cut, readAt), readAt });
}

/** Whether the switch denies everything that the store's rows demand and, except in recovery, nothing else. */
export async function isUpToDate(
  ports: KillPorts,
  role: string,
  confirmed: KillSwitch,
): Promise<boolean> {
  const rows = await readRows(ports, role);
  if (!rows.ok) return false;
  const read = ports.recovering ? null : await ports.quarantine();
  if (read !== null && !read.ok) return false;
  const recovering = read === null || read.value?.cause === 'recovery';
  return recovering ? deniesAll(confirmed, rows.value) : isTrueTo(confirmed, rows.value);
}

/** It may have more patterns than necessary, because the fewest change with every grant. */
export function isTrueTo(confirmed: KillSwitch, rows: RoleRows): boolean {
  const { open } = rows;
  const alive = aliveIn(rows);
  const ended = new Set(alive.map(({ grantId }) => grantId));
  const matches = matcherOf(confirmed);
  const { unspared = [] } = confirmed;
  const spared = open.filter((row) => !unspared.includes(hashOf(row) ?? ''));
  const harms = spared.some(({ grantId }) => !ended.has(grantId) && matches(grantId));
  return !harms && deniesAll(confirmed, rows) && !hasLeftovers(confirmed, rows);
}

/** Whether the switch denies everything that the rows demand. */
export function deniesAll(confirmed: KillSwitch, rows: RoleRows): boolean {
  const cutOff = rows.cutoff === null || (confirmed.cutoff ?? 0) >= rows.cutoff;
  return cutOff && aliveIn(rows).every(denierBeyond(rows.cutoff, confirmed));
}

/** Like `denierOf`, but sessions that may still begin are issued after the role's cutoff. */
function denierBeyond(own: Instant | null, made: KillSwitch): (row: DeniedGrant) => boolean {
  const denies = denierOf(made);
  const deniesLater = made.cutoff === own ? denierOf({ ...made, cutoff: null }) : denies;
  return (row) => (row.begins ? deniesLater : denies)(row);
}

function aliveIn({ denied, readAt }: RoleRows): readonly DeniedGrant[] {
  return denied.filter(({ until }) => until > readAt);
}

/** Whether something in the switch denies none of the rows' grants, or nothing that the rest does not. */
function hasLeftovers(confirmed: KillSwitch, rows: RoleRows): boolean {
  const { patterns, principals, cutoff } = confirmed;
  const alive = aliveIn(rows);
  const ids = alive.map(({ grantId }) => grantId).toSorted();
  if (!patterns.every((prefix) => isBeginning(prefix, ids))) return true;
  const matches = matcherOf(confirmed);
  const unnamed = alive.filter(({ grantId }) => !matches(grantId));
  if (!principals.every(({ hash }) => unnamed.some((row) => hashOf(row) === hash))) return true;
  const denies = denierBeyond(rows.cutoff, { ...confirmed, cutoff: rows.cutoff });
  return cutoff !== rows.cutoff && unnamed.every(denies);
}

/** Whether one of the ids, which are sorted, begins like that. */
function isBeginning(prefix: string, ids: readonly string[]): boolean {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ids[middle] ?? '') < prefix) low = middle + 1;
    else high = middle;
  }
  return ids[low]?.startsWith(prefix) ?? false;
}

/** IAM stores the text unchanged, but does not promise to. */
export function sameJson(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  try {
    return JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b));
  } catch {
    return false;
  }
}
