import { err } from '../result.ts';
import { type KillSwitch, switchFor } from './deny-policy.ts';
import type { KillPorts, PolicyRefusal } from './ports.ts';

/** Why a role's kill switch is not as it should be. `busy`: another writer still holds the lease. */
export type NotConverged = {
  readonly code: PolicyRefusal['code'] | 'busy' | 'store';
  readonly reason: string;
};

/** IAM answered that there is no such role, or that the broker may not write on it: no retry mends that. */
export function isOutOfReach({ code }: NotConverged): boolean {
  return code === 'no-such-role' || code === 'refused';
}

export const STORE_FAILED = err({ code: 'store', reason: 'the store did not answer' } as const);
export const BUSY = err({ code: 'busy', reason: 'another writer holds the lease' } as const);

/**
 * Whether the switch denies exactly what the store's rows demand, without rows that have run out. It is
 * compared with one of as many names, because the role may have room for fewer than usual.
 */
export async function isUpToDate(
  { kills, clock }: KillPorts,
  role: string,
  confirmed: KillSwitch,
): Promise<boolean> {
  const denied = await kills.denied(role);
  const names = confirmed.grantIds.length;
  return denied.ok && sameSwitch(confirmed, switchFor(denied.value, clock(), names));
}

export function sameSwitch(a: KillSwitch, b: KillSwitch): boolean {
  return a.cutoff === b.cutoff && a.grantIds.join() === b.grantIds.join();
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
