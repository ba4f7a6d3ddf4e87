import { BROKER, eventOf, type Happening } from '../audit.ts';
import { type Grant, isOpen } from '../grant.ts';
import type { RandomBytes } from '../ids.ts';
import { secondsBetween } from '../instant.ts';
import { awaitsKill, killed, outlived, pruned } from '../lifecycle/end.ts';
import type { GrantStore } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';
import { converge, isUpToDate, type NotConverged } from './converge.ts';
import { type DeniedGrant, denies } from './deny-policy.ts';
import type { KillPorts } from './ports.ts';

export type KillGrantPorts = KillPorts & {
  readonly store: Pick<GrantStore, 'find' | 'update' | 'appendEvent'>;
  readonly random: RandomBytes;
};

export type NotKilled =
  | NotConverged
  | { readonly code: 'no-such-grant' | 'conflict'; readonly reason: string };

/**
 * Makes a grant's issued keys useless, and takes the deny away again once they are dead. Reported is
 * what was read back (I5). Safe to run at any time, again, and twice at once (I11).
 */
export async function killGrant(
  ports: KillGrantPorts,
  grantId: string,
  requestId: string,
): Promise<Result<Grant, NotKilled>> {
  for (let attempt = 1; ; attempt += 1) {
    const done = await killOnce(ports, grantId, requestId);
    // Somebody else was faster, and may have done it.
    if (done.ok || done.error.code !== 'conflict' || attempt === ATTEMPTS) return done;
  }
}

const ATTEMPTS = 3;

async function killOnce(
  ports: KillGrantPorts,
  grantId: string,
  requestId: string,
): Promise<Result<Grant, NotKilled>> {
  const found = await ports.store.find(grantId);
  if (!found.ok) return err(NO_STORE);
  const before = found.value;
  if (before === null) return err({ code: 'no-such-grant', reason: 'there is no such grant' });
  const { denial } = before;
  if (denial === null) return ok(before);
  const dead = ports.clock() >= denial.until;
  if (!awaitsKill(before) && !dead) return ok(before);
  // Too late to deny anything: to say `revoked` would claim what did not happen.
  if (awaitsKill(before) && dead) return endOutlived(ports, before, requestId);
  const row = { grantId, at: denial.at, until: denial.until };
  const failed = await writeAll(ports, denial.roles, row, awaitsKill(before));
  if (failed !== null) return notWritten(ports, before, failed, requestId);
  return settle(ports, before, requestId);
}

type Failed = { readonly role: string; readonly error: NotConverged };

/** All roles, whatever becomes of one; the first failure is what is told. */
async function writeAll(
  ports: KillGrantPorts,
  roles: readonly string[],
  row: DeniedGrant,
  wanted: boolean,
): Promise<Failed | null> {
  let failed: Failed | null = null;
  for (const role of roles) {
    const done = await converge(ports, role, (confirmed) => {
      if (wanted) return denies(confirmed, row);
      return !denies(confirmed, row) || isUpToDate(ports, role, confirmed);
    });
    if (done.ok) continue;
    failed ??= { role, error: done.error };
    if (isFault(done.error)) {
      await ports.kills.freeze(role, { until: null, reason: done.error.reason });
    }
  }
  return failed;
}

/** Waiting for another writer is no fault of the role. */
export function isFault({ code }: NotConverged): boolean {
  return code !== 'busy' && code !== 'store';
}

/** revoking → revoked, active → expired, or the deny is gone: what was read back allows it. */
async function settle(
  ports: KillGrantPorts,
  before: Grant,
  requestId: string,
): Promise<Result<Grant, NotKilled>> {
  const now = ports.clock();
  const ended = killed(before, now);
  if (ended === null) {
    const without = pruned(before, now);
    return without === null ? ok(before) : write(ports, before, without, null, requestId);
  }
  const since = before.denial?.at ?? now;
  const killSeconds = Math.max(0, secondsBetween(since, now));
  const happening =
    ended.status === 'revoked'
      ? ({ type: 'revoked', reason: ended.endReason ?? '', killSeconds } as const)
      : ({ type: 'expired' } as const);
  return write(ports, before, ended, happening, requestId);
}

/** The keys may meanwhile have died by themselves: then, and only then, it is over all the same. */
async function notWritten(
  ports: KillGrantPorts,
  before: Grant,
  { role, error }: Failed,
  requestId: string,
): Promise<Result<Grant, NotKilled>> {
  const now = ports.clock();
  if (outlived(before, now) !== null && isFault(error)) {
    return endOutlived(ports, before, requestId);
  }
  if (isFault(error) && isOpen(before)) {
    const cause = { at: now, requestId, sourceIp: null };
    const happening = { type: 'kill-failed', role, reason: error.reason } as const;
    await ports.store.appendEvent(eventOf(before, BROKER, happening, cause, ports.random));
  }
  return err(error);
}

async function endOutlived(
  ports: KillGrantPorts,
  before: Grant,
  requestId: string,
): Promise<Result<Grant, NotKilled>> {
  const over = outlived(before, ports.clock());
  if (over === null) return err({ code: 'conflict', reason: 'its keys may still work' });
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
  const cause = { at: ports.clock(), requestId, sourceIp: null };
  const events = happening === null ? [] : [eventOf(grant, BROKER, happening, cause, ports.random)];
  const written = await ports.store.update({
    ...{ before, grant, events },
    ...{ idempotency: null, unsuspended: [] },
  });
  if (written.ok) return ok(grant);
  if (written.error.code === 'unavailable') return err(NO_STORE);
  return err({ code: 'conflict', reason: 'the grant moved meanwhile' });
}

const NO_STORE = { code: 'store', reason: 'the store did not answer' } as const;
