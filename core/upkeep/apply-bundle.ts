import { brokerItself } from '../audit.ts';
import { type Bundle, findEntitlement } from '../bundle/bundle.ts';
import type { Judge } from '../deciding/judge.ts';
import { mayGoOn } from '../deciding/judge-use.ts';
import { reevaluate, whyNoLonger } from '../deciding/reevaluate.ts';
import type { Failure } from '../failure.ts';
import type { Grant, GrantStatus } from '../grant.ts';
import { endByOrder } from '../grants/end-by-order.ts';
import { findGrant } from '../grants/find-grant.ts';
import { type RandomBytes, sha256 } from '../ids.ts';
import { addSeconds, type Instant } from '../instant.ts';
import type { GrantStore, ListPlace } from '../ports.ts';
import { type MayBeQuarantined, mayBeQuarantined } from '../read-quarantine.ts';
import { ok, type Result } from '../result.ts';

/** How far the open grants were checked against a bundle. It is written after every page. */
export type Applied = {
  /** Of the compiled bundle. */
  readonly hash: string;
  /** Complete passes over all open grants, and when the last of them ended. */
  readonly passes: number;
  readonly at: Instant;
  /** Where an unfinished pass goes on; null between passes. */
  readonly place: { readonly status: GrantStatus; readonly after: ListPlace | null } | null;
  /** Grants that could not be checked. Every run tries them again. */
  readonly unchecked: readonly string[];
};

export type AppliedStore = {
  /** Null before the first deployment was applied. */
  readonly read: () => Promise<Result<Applied | null, Failure>>;
  readonly write: (applied: Applied) => Promise<Result<null, Failure>>;
};

export type ApplyPorts = Judge &
  MayBeQuarantined & {
    readonly store: GrantStore;
    readonly applied: AppliedStore;
    readonly random: RandomBytes;
  };

export type BundleApplied = {
  /** The grants that policy no longer allows. */
  readonly ended: readonly Grant[];
  readonly unchecked: readonly string[];
};

/** Lambdas of the previous deployment can go on answering for a while; the second pass catches that. */
const PASSES = 2;
const BETWEEN_SECONDS = 600;
const PAGE = 100;
/** Grants move forward through these, so none slips past a pass. */
const CHECKED: readonly GrantStatus[] = ['pending', 'scheduled', 'active'];
/** With this many failures the fault is not in the grants: the pass waits at its place. */
const MOST_UNCHECKED = 100;

/**
 * Checks every open grant against today's policies after a deployment, and ends those that policy no
 * longer allows, with the name of the policy as the reason. A grant that cannot be checked stops no other,
 * and a run that is cut off goes on where it was. In a quarantine it waits.
 */
export async function applyBundle(
  ports: ApplyPorts,
  requestId: string,
): Promise<Result<BundleApplied, Failure>> {
  const quarantine = await ports.quarantine();
  if (!quarantine.ok) return quarantine;
  if (quarantine.value !== null) return ok({ ended: [], unchecked: [] });
  const read = await ports.applied.read();
  if (!read.ok) return read;
  const hash = compiledHash(ports.bundle);
  const known = read.value?.hash === hash ? read.value : NOTHING_APPLIED;
  const retried = await checkAll(ports, known.unchecked, requestId);
  if (retried.held) return ok({ ended: retried.ended, unchecked: [] });
  let applied: Applied = { ...known, hash, unchecked: retried.unchecked };
  const ended = [...retried.ended];
  for (let due = nextPlace(applied, ports.clock()); due !== null; ) {
    const page = await ports.store.list({
      status: due.status,
      limit: PAGE,
      ...(due.after !== null && { after: due.after }),
    });
    if (!page.ok) return page;
    const checked = await checkAll(
      ports,
      page.value.grants.map(({ id }) => id),
      requestId,
    );
    ended.push(...checked.ended);
    if (checked.held) return ok({ ended, unchecked: [] });
    const unchecked = [...new Set([...applied.unchecked, ...checked.unchecked])];
    applied = { ...afterPage(applied, due.status, page.value.next, ports.clock()), unchecked };
    const written = await ports.applied.write(applied);
    if (!written.ok) return written;
    due = unchecked.length >= MOST_UNCHECKED ? null : applied.place;
  }
  const changed = known.unchecked.length > 0;
  const written = changed ? await ports.applied.write(applied) : ok(null);
  return written.ok ? ok({ ended, unchecked: applied.unchecked }) : written;
}

/**
 * Not the hash of the bundle's files alone: a new version of the broker can compile the same files into other
 * definitions, under which open grants can no longer vend.
 */
function compiledHash(bundle: Bundle): string {
  return sha256(JSON.stringify(bundle));
}

const NOTHING_APPLIED: Applied = { hash: '', passes: 0, at: 0, place: null, unchecked: [] };

/** Where the run begins; null where this bundle needs no pass now. */
function nextPlace({ passes, at, place, unchecked }: Applied, now: Instant): Applied['place'] {
  if (unchecked.length >= MOST_UNCHECKED) return null;
  if (place !== null) return place;
  const tooSoon = now < addSeconds(at, BETWEEN_SECONDS);
  const [status] = CHECKED;
  return passes >= PASSES || tooSoon || status === undefined ? null : { status, after: null };
}

function afterPage(
  applied: Applied,
  status: GrantStatus,
  next: ListPlace | null,
  now: Instant,
): Applied {
  if (next !== null) {
    const { createdAt, id } = next;
    return { ...applied, place: { status, after: { createdAt, id } } };
  }
  const following = CHECKED[CHECKED.indexOf(status) + 1];
  if (following !== undefined) return { ...applied, place: { status: following, after: null } };
  return { ...applied, passes: applied.passes + 1, at: now, place: null };
}

/** `held`: a quarantine has begun, and the next run after it begins with the same grants. */
type Checked = BundleApplied & { readonly held: boolean };

async function checkAll(
  ports: ApplyPorts,
  ids: readonly string[],
  requestId: string,
): Promise<Checked> {
  const ended: Grant[] = [];
  const unchecked: string[] = [];
  for (const id of ids) {
    if (await mayBeQuarantined(ports)) return { ended, unchecked, held: true };
    const done = await endIfNotAllowed(ports, id, requestId);
    if (!done.ok) unchecked.push(id);
    else if (done.value !== null) ended.push(done.value);
  }
  return { ended, unchecked, held: false };
}

async function endIfNotAllowed(
  ports: ApplyPorts,
  id: string,
  requestId: string,
): Promise<Result<Grant | null, Failure>> {
  const found = await findGrant(ports.store, id);
  if (!found.ok) return found;
  const grant = found.value;
  if (!CHECKED.includes(grant.status)) return ok(null);
  if (isDecidedOn(grant, ports.bundle)) return ok(null);
  const reason = await whyNotAllowed(ports, grant);
  if (!reason.ok || reason.value === null) return reason.ok ? ok(null) : reason;
  return endByOrder(ports, grant.id, reason.value, brokerItself(requestId));
}

/** This very bundle decided on the grant, compiled as it is now. */
function isDecidedOn({ decision, entitlement, definition }: Grant, bundle: Bundle): boolean {
  const today = findEntitlement(bundle, entitlement);
  return decision.bundle === bundle.hash && today?.hash === definition;
}

/** @returns the reason in words; null where the grant may go on. */
async function whyNotAllowed(
  ports: ApplyPorts,
  grant: Grant,
): Promise<Result<string | null, Failure>> {
  const again = await reevaluate(ports, grant);
  if (!again.ok) return again;
  if (mayGoOn(again.value, grant)) return ok(null);
  return ok(
    again.value.outcome === 'approve'
      ? 'policy now requires an approval that it never had'
      : whyNoLonger(again.value),
  );
}
