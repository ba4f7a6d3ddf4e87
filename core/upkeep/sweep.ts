import { rolesOfBundle } from '../accounts/roles.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { Deployment } from '../entitlement.ts';
import type { Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { addSeconds, type Instant } from '../instant.ts';
import { type KillSwitch, killSwitchDocument } from '../kill/deny-policy.ts';
import type { KillStore } from '../kill/ports.ts';

import { dueAt, nextStep } from '../lifecycle/next-step.ts';
import type { GrantStore } from '../ports.ts';
import { ok, type Result } from '../result.ts';
import { type AdvancePorts, advance } from './advance.ts';
import { type OrdersSwept, type SweepOrderPorts, sweepOrders } from './sweep-orders.ts';

/** What the sweep needs; it costs as much as is due, not as much as there is (I10). */
export type SweepPorts = AdvancePorts &
  SweepOrderPorts & {
    readonly store: Pick<GrantStore, 'due' | 'completeLists'>;
    readonly kills: Pick<KillStore, 'freezeOf' | 'readSwitch' | 'roles'>;
    readonly bundle: Bundle;
    readonly deployment: Deployment;
    /** Asks the kill switch to look at grants or at a role, without waiting for it. */
    readonly wakeKillSwitch: (
      what:
        | { readonly grantIds: readonly string[] }
        | { readonly role: string; readonly retired?: true },
    ) => Promise<void>;
  };

export type Swept = {
  /** Grants that the sweep moved on, because the workflow had not. */
  readonly repaired: readonly string[];
  /** Grants that the kill switch was asked to look at. */
  readonly killing: readonly string[];
  /** Those among them that have waited for longer than a busy kill switch takes. */
  readonly overdueKills: readonly string[];
  readonly frozenRoles: readonly string[];
  /** Grants that could not be moved on; the next sweep tries again. */
  readonly failed: readonly string[];
} & OrdersSwept;

/** How long the workflow has to do what is due. */
export const GRACE_SECONDS = 60;
/** How long the kill switch has, which many endings at once keep busy. */
const KILL_GRACE_SECONDS = 300;
/** Per run: many more than can be stuck at once, so that stuck grants do not crowd out others. */
const MOST_GRANTS = 5000;
const AT_ONCE = 10;

/**
 * Finds what slipped through: grants on which something is overdue, whatever became of their workflow, and
 * roles that wait for their kill switch. In a quarantine it moves nothing: it finishes people's orders, and wakes the
 * kill switch for what waits for it.
 */
export async function sweep(
  ports: SweepPorts,
  requestId: string,
): Promise<Result<Swept, Unavailable>> {
  const before = addSeconds(ports.clock(), -GRACE_SECONDS);
  // First, because they are people's orders, and bounded.
  const orders = await sweepOrders(ports, before);
  const due = await ports.store.due(before, MOST_GRANTS);
  if (!due.ok) return due;
  const found: Found[] = [];
  for (let first = 0; first < due.value.length; first += AT_ONCE) {
    const ids = due.value.slice(first, first + AT_ONCE);
    found.push(...(await Promise.all(ids.map((id) => sweepOne(ports, id, before, requestId)))));
  }
  const idsOf = (what: What): readonly string[] =>
    found.filter((one) => one.what.includes(what)).map(({ id }) => id);
  const killing = [...new Set([...(orders.ok ? orders.value.killing : []), ...idsOf('killing')])];
  if (killing.length > 0) await ports.wakeKillSwitch({ grantIds: killing });
  const frozenRoles = await lookAtRoles(ports);
  const quarantine = await ports.quarantine();
  if (!quarantine.ok) return quarantine;
  const listed = quarantine.value === null ? await ports.store.completeLists() : ok(null);
  if (!orders.ok) return orders;
  if (!listed.ok) return listed;
  if (!frozenRoles.ok) return frozenRoles;
  const { finishedOrders, endedByOrder, unfinishedOrders } = orders.value;
  return ok({
    repaired: idsOf('repaired'),
    killing,
    overdueKills: idsOf('overdueKills'),
    frozenRoles: frozenRoles.value,
    failed: idsOf('failed'),
    finishedOrders,
    endedByOrder,
    unfinishedOrders,
  });
}

type What = 'repaired' | 'killing' | 'overdueKills' | 'failed';
type Found = { readonly id: string; readonly what: readonly What[] };

async function sweepOne(
  ports: SweepPorts,
  id: string,
  before: Instant,
  requestId: string,
): Promise<Found> {
  const advanced = await advance(ports, id, requestId);
  if (!advanced.ok) return { id, what: ['failed'] };
  const { grant, happenings, held } = advanced.value;
  // Nobody else reminds of reviews, so that is no repair.
  const repaired = happenings.some((type) => type !== 'review-reminded');
  const what: What[] = repaired ? ['repaired'] : [];
  if (needsKillSwitch(grant, before, held)) {
    what.push('killing');
    const longAgo = addSeconds(before, GRACE_SECONDS - KILL_GRACE_SECONDS);
    if ((dueAt(grant) ?? before) < longAgo) what.push('overdueKills');
  }
  return { id, what };
}

/** Stuck on its way to `revoked`, or with a deny that may go. */
function needsKillSwitch(grant: Grant, before: Instant, held: boolean): boolean {
  const { phase } = nextStep(grant, before, held);
  return phase === 'kill' || (phase === 'last-key' && (dueAt(grant) ?? before) < before);
}

/**
 * Wakes the kill switch for every role on which something is denied, or that vends nothing: the roles of the
 * bundle, and those on which something is left from an earlier one.
 *
 * @returns the roles that are frozen until their kill switch can be written.
 */
async function lookAtRoles(ports: SweepPorts): Promise<Result<readonly string[], Unavailable>> {
  const waiting: string[] = [];
  const named = rolesOfBundle(ports.bundle, ports.deployment);
  const listed = await ports.kills.roles();
  const retired = listed.ok ? listed.value.filter((role) => !named.includes(role)) : [];
  for (const role of retired) await ports.wakeKillSwitch({ role, retired: true });
  for (const role of named) {
    const [freeze, state] = await Promise.all([
      ports.kills.freezeOf(role),
      ports.kills.readSwitch(role),
    ]);
    const frozen = freeze.ok && freeze.value?.until === null;
    if (frozen) waiting.push(role);
    const idle = state.ok && !state.value.leased && deniesNothing(state.value.confirmed);
    if (frozen || !idle) await ports.wakeKillSwitch({ role });
  }
  return listed.ok ? ok(waiting) : listed;
}

function deniesNothing(confirmed: KillSwitch): boolean {
  return killSwitchDocument(confirmed) === null;
}
