import { err, ok, type Result } from '../result.ts';
import { type DeniedGrant, denies, hashOf, type KillSwitch, matches } from './deny-policy.ts';
import type { KillPorts, PolicyRefusal } from './ports.ts';
import type { RoleRows } from './switch-for.ts';

/**
 * Why a role's kill switch is not as it should be. `busy`: another writer still holds the lease.
 * `unconfirmed`: the policy cannot be read, or does not say what was written.
 */
export type NotConverged = {
  readonly code: PolicyRefusal['code'] | 'unconfirmed' | 'busy' | 'store';
  readonly reason: string;
};

/** IAM answered that there is no such role, or that the broker may not write on it: no retry mends that. */
export function isOutOfReach({ code }: NotConverged): boolean {
  return code === 'no-such-role' || code === 'refused';
}

export const STORE_FAILED = err({ code: 'store', reason: 'the store did not answer' } as const);
export const BUSY = err({ code: 'busy', reason: 'another writer holds the lease' } as const);

/** Reads a role's rows: the ended grants first, because what ends between the reads is in neither. */
export async function readRows(
  { kills, clock }: Pick<KillPorts, 'kills' | 'clock'>,
  role: string,
): Promise<Result<RoleRows, NotConverged>> {
  const readAt = clock();
  const denied = await kills.denied(role);
  if (!denied.ok) return STORE_FAILED;
  const open = await kills.open(role);
  if (!open.ok) return STORE_FAILED;
  return ok({ denied: denied.value, open: open.value, readAt });
}

/** Whether the switch denies everything that the store's rows demand, and nothing else. */
export async function isUpToDate(
  ports: KillPorts,
  role: string,
  confirmed: KillSwitch,
): Promise<boolean> {
  const rows = await readRows(ports, role);
  return rows.ok && isTrueTo(confirmed, rows.value);
}

/** It may have more patterns than necessary, because the fewest change with every grant. */
export function isTrueTo(confirmed: KillSwitch, { denied, open, readAt }: RoleRows): boolean {
  const alive = denied.filter(({ until }) => until > readAt);
  const ended = new Set(alive.map(({ grantId }) => grantId));
  const harmed = open.some(({ grantId }) => !ended.has(grantId) && matches(confirmed, grantId));
  const missed = alive.some((row) => !denies(confirmed, row));
  return !harmed && !missed && !hasLeftovers(confirmed, alive);
}

/** Whether the switch still denies what has no living session any more. */
export async function deniesTheDead(
  { kills, clock }: KillPorts,
  role: string,
  confirmed: KillSwitch,
): Promise<boolean> {
  const denied = await kills.denied(role);
  if (!denied.ok) return true;
  const now = clock();
  return hasLeftovers(
    confirmed,
    denied.value.filter(({ until }) => until > now),
  );
}

/** Whether something in the switch denies none of the grants, or nothing that the rest does not. */
function hasLeftovers(confirmed: KillSwitch, alive: readonly DeniedGrant[]): boolean {
  const { patterns, principals, cutoff } = confirmed;
  const named = { ...confirmed, principals: [], cutoff: null };
  const unnamed = alive.filter((row) => !denies(named, row));
  const idle = patterns.some((prefix) => !alive.some(({ grantId }) => grantId.startsWith(prefix)));
  const useless = principals.some(({ hash }) => !unnamed.some((row) => hashOf(row) === hash));
  const others = unnamed.filter((row) => !denies({ ...named, principals }, row));
  return idle || useless || (cutoff !== null && others.length === 0);
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
