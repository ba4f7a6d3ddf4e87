import { brokerItself, eventOf, type Happening } from '../audit.ts';
import { type Grant, isOpen, type KillOrder } from '../grant.ts';
import { type WritePorts, writeChange } from '../grants/write-change.ts';
import { secondsBetween } from '../instant.ts';
import { awaitsKill, killed, outlived, pruned } from '../lifecycle/end.ts';
import type { GrantStore } from '../ports.ts';
import { mayBeQuarantined } from '../read-quarantine.ts';
import { err, ok, type Result } from '../result.ts';
import { retryOnConflict } from '../retry-on-conflict.ts';
import { converge } from './converge.ts';
import { denies, isUnspared } from './deny-policy.ts';
import type { KillPorts } from './ports.ts';
import { isOutOfReach, isUpToDate, type NotConverged, STORE_FAILED } from './up-to-date.ts';

export type KillGrantPorts = KillPorts &
  WritePorts & { readonly store: Pick<GrantStore, 'find' | 'update' | 'appendEvent'> };

export type NotKilled =
  | (NotConverged & { readonly role?: string })
  | { readonly code: 'no-such-grant' | 'conflict'; readonly reason: string };

/**
 * Makes the credentials of an ended grant useless, and removes the deny once they have died. `revoked`
 * is reported only after the deny was read back (I5). It may run at any time, again, and twice at once
 * (I11). In a quarantine nothing counts as dead: no deny is removed, and what waits for its deny gets it, because a
 * restored table may know of an earlier end than the keys have.
 */
export function killGrant(
  ports: KillGrantPorts,
  grantId: string,
  requestId: string,
): Promise<Result<Grant, NotKilled>> {
  return retryOnConflict(() => killOnce(ports, grantId, requestId));
}

async function killOnce(
  ports: KillGrantPorts,
  grantId: string,
  requestId: string,
): Promise<Result<Grant, NotKilled>> {
  const found = await ports.store.find(grantId);
  if (!found.ok) return STORE_FAILED;
  const grant = found.value;
  if (grant === null) return err({ code: 'no-such-grant', reason: 'there is no such grant' });
  if (grant.kill === null) return ok(grant);
  const dead = ports.clock() >= grant.kill.until && !(await mayBeQuarantined(ports));
  const waiting = awaitsKill(grant);
  if (!waiting && !dead) return ok(grant);
  // Too late to deny anything, and `revoked` would claim something that never happened.
  if (waiting && dead) return endOutlived(ports, grant, requestId);
  const failed = await writeRoles(ports, grant, grant.kill, waiting);
  // Nothing of it lives, so a role that cannot be written keeps no record; `look-after.ts` cares for the role.
  return failed === null || (dead && isOutOfReach(failed.error))
    ? settle(ports, grant, requestId)
    : reportFailure(ports, grant, failed, requestId);
}

type Failed = { readonly role: string; readonly error: NotConverged };

/** Tries every role; returns the first failure. */
async function writeRoles(
  ports: KillGrantPorts,
  grant: Grant,
  kill: KillOrder,
  deny: boolean,
): Promise<Failed | null> {
  let failed: Failed | null = null;
  for (const role of kill.roles) {
    // In a chained role, sessions can begin until the target role denies the grant, which comes first.
    const at = role === grant.targetRole ? kill.at : Math.max(kill.at, ports.clock());
    const row = { grantId: grant.id, principalKey: grant.principalKey, at };
    // A prefix or a cutoff is there for others, too: the next write, or the sweep, takes it back.
    const done = await converge(ports, role, (confirmed, inFlight) => {
      if (deny) return denies(confirmed, row) && !(inFlight && isUnspared(confirmed, row));
      return !confirmed.patterns.includes(grant.id) || isUpToDate(ports, role, confirmed);
    });
    if (done.ok) continue;
    failed ??= { role, error: done.error };
    if (isFault(done.error)) {
      await ports.kills.freeze(role, { until: null, reason: done.error.reason });
    }
  }
  return failed;
}

/** Waiting for another writer, or for the store, is no fault of the role. */
export function isFault({ code }: NotConverged): boolean {
  return code !== 'busy' && code !== 'store';
}

/** revoking → revoked, active → expired, or the kill order goes: what was read back allows it. */
async function settle(
  ports: KillGrantPorts,
  before: Grant,
  requestId: string,
): Promise<Result<Grant, NotKilled>> {
  const now = ports.clock();
  const ended = killed(before, now);
  if (ended !== null)
    return write(ports, before, ended, happeningOf(before, ended, now), requestId);
  // The roles may have taken a while, so a quarantine may have begun.
  const without = (await mayBeQuarantined(ports)) ? null : pruned(before, now);
  return without === null ? ok(before) : write(ports, before, without, null, requestId);
}

function happeningOf(before: Grant, ended: Grant, now: number): Happening {
  if (ended.status !== 'revoked') return { type: 'expired' };
  const killSeconds = Math.max(0, secondsBetween(before.kill?.at ?? now, now));
  return { type: 'revoked', reason: ended.endReason ?? '', killSeconds };
}

/** The deny was not written. If the credentials have died meanwhile, the grant is over all the same. */
async function reportFailure(
  ports: KillGrantPorts,
  before: Grant,
  { role, error }: Failed,
  requestId: string,
): Promise<Result<Grant, NotKilled>> {
  const now = ports.clock();
  const notKilled = { ...error, role };
  if (!isFault(error)) return err(notKilled);
  const over = outlived(before, now) !== null && !(await mayBeQuarantined(ports));
  if (over) return endOutlived(ports, before, requestId);
  if (isOpen(before)) {
    const happening = { type: 'kill-failed', role, reason: error.reason } as const;
    const event = eventOf(before, happening, brokerItself(requestId), now, ports.random);
    await ports.store.appendEvent(event);
  }
  return err(notKilled);
}

async function endOutlived(
  ports: KillGrantPorts,
  before: Grant,
  requestId: string,
): Promise<Result<Grant, NotKilled>> {
  const over = outlived(before, ports.clock());
  if (over === null) return err({ code: 'conflict', reason: 'its credentials may still work' });
  const happening = { type: 'outlived', reason: over.endReason ?? '' } as const;
  return write(ports, before, over, happening, requestId);
}

async function write(
  ports: KillGrantPorts,
  before: Grant,
  grant: Grant,
  happening: Happening | null,
  requestId: string,
): Promise<Result<Grant, NotKilled>> {
  const by = brokerItself(requestId);
  const written = await writeChange(ports, { before, grant, happening, by, at: ports.clock() });
  if (written.ok) return written;
  if (written.error.code === 'unavailable') return STORE_FAILED;
  return err({ code: 'conflict', reason: 'the grant changed meanwhile' });
}
