import { type CompiledEntitlement, findEntitlement } from '../bundle/bundle.ts';
import type { CallSource } from '../call.ts';
import { findOffer } from '../deciding/offers.ts';
import { readPastRecords } from '../deciding/past.ts';
import type { Failure } from '../failure.ts';
import { type Grant, isOpen } from '../grant.ts';
import { addSeconds, type Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import type { EntitlementUsage, Judged, PrincipalUse } from '../usage.ts';
import type { UsagePorts } from './answer-grant-usage.ts';
import { logsOfGrants } from './logs-of-grants.ts';
import { type Requested, readUses, type UsesOfEntitlement, vendedOf } from './read-uses.ts';
import type { GrantRead } from './usage-seams.ts';
import type { KeptUsage } from './usage-store.ts';
import { spanOf, usageDueAt } from './window-of.ts';

/** What was called under all grants of an entitlement that were requested within some days. */
export type EntitlementUsageAnswer = {
  readonly entitlement: string;
  /** Whether the deployment reads logs. */
  readonly on: boolean;
  readonly days: number;
  /** What the answer is about: from the latest of the days asked for, of when reading began, of what is still kept, and of what it has room for. */
  readonly from: Instant;
  readonly until: Instant;
  /** Whether it has all grants since `from`, or only the latest. */
  readonly complete: boolean;
  readonly grants: number;
  readonly idle: number;
  readonly unread: number;
  /** Null where no grant with keys was read: nothing can be said of any action. Grants that have just ended are not in it. */
  readonly judged: Judged | null;
  readonly principals: readonly PrincipalUse[];
};

const DAY_SECONDS = 86_400;
/** For who may audit: of whom it is refused, who may not see the entitlement does not learn that there is one. */
export async function answerEntitlementUsage(
  ports: UsagePorts,
  call: CallSource,
  id: string,
  days: number,
): Promise<Result<EntitlementUsageAnswer, Failure>> {
  const entitlement = await auditedEntitlement(ports, call, id);
  if (!entitlement.ok) return entitlement;
  const until = ports.clock();
  const asked = addSeconds(until, -days * DAY_SECONDS);
  const begun = await ports.usages.begunAt();
  if (!begun.ok) return begun;
  const since = Math.max(asked, begun.value ?? until, keptSince(ports, until));
  const [read, requested] = await Promise.all([
    readUses(ports, id, asked),
    vendedOf(ports, id, asked),
  ]);
  if (!read.ok) return read;
  if (!requested.ok) return requested;
  const { kept, waiting } = read.value;
  const oldest = Math.max(read.value.oldest ?? since, requested.value.oldest ?? since, since);
  const vended = kept.filter((one) => one.vended);
  const unused = kept.filter((one) => !one.vended);
  const unknown = unknownOf(requested.value, read.value, since);
  const reads = readsOf(read.value, unknown, until);
  const judged = judgedOf(ports, { entitlement: entitlement.value, days }, vended, reads);
  const lacking = vended.filter(({ usage }) => usage.vends === 0).length;
  const others = waiting.length + unknown.length;
  return ok({
    ...{ entitlement: id, on: ports.usageSetting !== null, days, until },
    from: oldest,
    ...{
      complete: oldest === since,
      grants: kept.length + others,
      unread: others + lacking,
      judged,
    },
    idle: (judged?.idle ?? 0) + unused.length,
    principals: withUnused(judged, unused),
  });
}

async function auditedEntitlement(
  ports: UsagePorts,
  call: CallSource,
  id: string,
): Promise<Result<CompiledEntitlement, Failure>> {
  const audits = ports.engine.mayOnBroker('audit', call.caller.principal);
  if (!audits.ok) return audits;
  const found = findEntitlement(ports.bundle, id);
  if (audits.value && found !== null) return ok(found);
  const past = await readPastRecords(ports, call);
  if (!past.ok) return past;
  const offer = findOffer(ports, call, id, past.value);
  if (!offer.ok) return offer;
  const detail = 'You need permission to audit to read what was used under all grants.';
  return err({ code: 'forbidden', detail });
}

/** Of a grant that was requested earlier, what was called may not be kept any more. */
function keptSince({ usageSetting }: UsagePorts, now: Instant): Instant {
  if (usageSetting === null) return Number.NEGATIVE_INFINITY;
  return addSeconds(now, -usageSetting.keepDays * DAY_SECONDS);
}

/** Grants that go on, and those with keys that usage should know of, as far back as all that it knows was read. */
function unknownOf(
  { vended }: Requested,
  uses: UsesOfEntitlement,
  since: Instant,
): readonly Grant[] {
  const { kept, waiting, oldest } = uses;
  const known = new Set([...kept, ...waiting].map(({ of }) => of.id));
  const first = Math.max(since, oldest ?? since);
  return vended.filter(
    (grant) => !known.has(grant.id) && (isOpen(grant) || grant.createdAt >= first),
  );
}

/** An ordinary reading is done by then. */
const LATE_SECONDS = 3600;

/**
 * The grants that are judged by: those that were read, those that go on, and those that should have been read by now, also
 * where nobody knows why they were not. One that has just ended is none of them: on an entitlement in daily use there always is one, and nothing could ever be
 * called unused.
 */
function readsOf(
  { kept, waiting }: UsesOfEntitlement,
  unknown: readonly Grant[],
  now: Instant,
): readonly GrantRead[] {
  const isLate = (dueAt: Instant) => addSeconds(dueAt, LATE_SECONDS) < now;
  const late = waiting.filter(({ dueAt }) => isLate(dueAt));
  const lost = unknown.filter((grant) => isOpen(grant) || isLate(usageDueAt(grant)));
  return [
    ...kept.filter(({ vended }) => vended).map(({ of, usage }) => ({ ...of, usage })),
    ...late.map(({ of }) => ({ ...of, usage: null })),
    ...lost.map((grant) => ({ ...spanOf(grant), usage: null })),
  ].toSorted((a, b) => a.from - b.from);
}

function judgedOf(
  { usageJudge }: UsagePorts,
  asked: { readonly entitlement: CompiledEntitlement; readonly days: number },
  vended: readonly KeptUsage[],
  reads: readonly GrantRead[],
): EntitlementUsage | null {
  if (vended.length === 0) return null;
  return usageJudge.entitlement({ ...asked, logs: logsOfGrants(vended) }, reads);
}

/** The people, with their grants that they never had keys of. */
function withUnused(
  judged: EntitlementUsage | null,
  unused: readonly KeptUsage[],
): readonly PrincipalUse[] {
  const uses = new Map(judged?.principals.map((one) => [one.principal, one]));
  for (const { of } of unused) {
    const { principal, name } = of;
    const nothing = { calls: 0, refused: 0, grants: 0, idle: 0, actions: 0, lastUse: null };
    const use = uses.get(principal) ?? { principal, name, ...nothing };
    uses.set(principal, { ...use, grants: use.grants + 1, idle: use.idle + 1 });
  }
  return [...uses.values()];
}
