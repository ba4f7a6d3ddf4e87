import { rolesOfBundle } from '../accounts/roles.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { Deployment } from '../entitlement.ts';
import type { Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { addSeconds, type Instant } from '../instant.ts';
import { sameSwitch } from '../kill/converge.ts';
import { type KillSwitch, NOTHING_DENIED } from '../kill/deny-policy.ts';
import type { KillStore } from '../kill/ports.ts';
import { dueAt, whereNext } from '../lifecycle/next-step.ts';
import type { GrantStore } from '../ports.ts';
import { ok, type Result } from '../result.ts';
import { type AdvancePorts, advance } from './advance.ts';

/**
 * What slipped through: grants on which something was due and nobody did it, whatever became of their
 * workflow, and roles that wait for their kill switch. Costs what is due, not what there is (I10).
 */

export type SweepPorts = AdvancePorts & {
  readonly store: Pick<GrantStore, 'due'>;
  readonly kills: Pick<KillStore, 'freezeOf' | 'readSwitch'>;
  readonly bundle: Bundle;
  readonly deployment: Deployment;
  /** Asks the kill switch to look at a grant or a role, and does not wait for it. */
  readonly wakeKillSwitch: (
    what: { readonly grantIds: readonly string[] } | { readonly role: string },
  ) => Promise<void>;
};

export type Swept = {
  /** Grants that somebody else should have moved on by now. */
  readonly mended: readonly string[];
  readonly killing: readonly string[];
  readonly frozenRoles: readonly string[];
  /** Grants that could not be moved on: the next sweep tries again. */
  readonly failed: readonly string[];
};

/** The workflow gets so long to do what is due. */
export const GRACE_SECONDS = 60;
/** In one run: many more than can be stuck at once, so that none crowds out the others. */
const MOST_GRANTS = 5000;
const AT_ONCE = 10;

export async function sweep(
  ports: SweepPorts,
  requestId: string,
): Promise<Result<Swept, Unavailable>> {
  const before = addSeconds(ports.clock(), -GRACE_SECONDS);
  const due = await ports.store.due(before, MOST_GRANTS);
  if (!due.ok) return due;
  const found: Found[] = [];
  for (let first = 0; first < due.value.length; first += AT_ONCE) {
    const ids = due.value.slice(first, first + AT_ONCE);
    found.push(...(await Promise.all(ids.map((id) => sweepOne(ports, id, before, requestId)))));
  }
  const killing = found.filter(({ what }) => what === 'killing').map(({ id }) => id);
  if (killing.length > 0) await ports.wakeKillSwitch({ grantIds: killing });
  const roles = await lookAtRoles(ports);
  const idsOf = (what: Found['what']) => found.filter((it) => it.what === what).map(({ id }) => id);
  return ok({
    mended: idsOf('mended'),
    killing,
    frozenRoles: roles,
    failed: idsOf('failed'),
  });
}

type Found = { readonly id: string; readonly what: 'mended' | 'killing' | 'failed' | 'nothing' };

async function sweepOne(
  ports: SweepPorts,
  id: string,
  before: Instant,
  requestId: string,
): Promise<Found> {
  const advanced = await advance(ports, id, { requestId });
  if (!advanced.ok) return { id, what: 'failed' };
  const { grant, happenings } = advanced.value;
  if (needsKillSwitch(grant, before)) {
    return { id, what: 'killing' };
  }
  return { id, what: happenings.length > 0 ? 'mended' : 'nothing' };
}

/** Stuck on its way to `revoked`, or with a deny that may go. */
function needsKillSwitch(grant: Grant, before: Instant): boolean {
  const { phase } = whereNext(grant, before);
  return phase === 'kill' || (phase === 'last-key' && (dueAt(grant) ?? before) < before);
}

/**
 * Has the kill switch look at every role on which something is denied, or nothing vended.
 *
 * @returns the roles that wait for their kill switch.
 */
async function lookAtRoles(ports: SweepPorts): Promise<readonly string[]> {
  const waiting: string[] = [];
  for (const role of rolesOfBundle(ports.bundle, ports.deployment)) {
    const [freeze, state] = await Promise.all([
      ports.kills.freezeOf(role),
      ports.kills.readSwitch(role),
    ]);
    const frozen = freeze.ok && freeze.value?.until === null;
    if (frozen) waiting.push(role);
    const idle = state.ok && !state.value.leased && denyNothing(state.value.confirmed);
    if (frozen || !idle) await ports.wakeKillSwitch({ role });
  }
  return waiting;
}

function denyNothing(confirmed: KillSwitch): boolean {
  return sameSwitch(confirmed, NOTHING_DENIED);
}
