import { type CompiledEntitlement, findEntitlement } from '../bundle/bundle.ts';
import type { CallSource } from '../call.ts';
import { findOffer } from '../deciding/offers.ts';
import { readPastRecords } from '../deciding/past.ts';
import type { Failure, Unavailable } from '../failure.ts';
import { addSeconds, type Instant } from '../instant.ts';
import type { ListPlace } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';
import type { EntitlementUsage, Judged, PrincipalUse } from '../usage.ts';
import type { UsagePorts } from './answer-grant-usage.ts';
import type { KeptUsage } from './usage-store.ts';

/** What was called under all grants of an entitlement that were requested within some days. */
export type EntitlementUsageAnswer = {
  readonly entitlement: string;
  /** Whether the deployment reads logs. */
  readonly on: boolean;
  readonly days: number;
  /** What the answer is about: from the latest of the days asked for, of when reading began, and of what it has room for. */
  readonly from: Instant;
  readonly until: Instant;
  /** Whether it has all grants since `from`, or only the latest. */
  readonly complete: boolean;
  readonly grants: number;
  readonly idle: number;
  readonly unread: number;
  /** Null where no grant with keys was read: nothing can be said of any action. */
  readonly judged: Judged | null;
  readonly principals: readonly PrincipalUse[];
};

const DAY_SECONDS = 86_400;
const PAGE = 200;
/** Items have some kilobytes each, and the answer has to be there within seconds. */
const MOST_GRANTS = 2000;

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
  const [begun, read, open] = await Promise.all([
    ports.usages.begunAt(),
    readAll(ports, id, asked),
    countActive(ports, id, asked),
  ]);
  if (!begun.ok) return begun;
  if (!read.ok) return read;
  if (!open.ok) return open;
  const { kept, waiting, oldest } = read.value;
  const from = Math.max(asked, begun.value ?? until, oldest ?? asked);
  const facts = { days, unread: waiting + open.value };
  const used = usedOf(ports, entitlement.value, kept, facts);
  return ok({
    ...{ entitlement: id, on: ports.usageSetting !== null, days, from, until },
    ...{ complete: oldest === null, ...used },
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

type All = {
  readonly kept: readonly KeptUsage[];
  readonly waiting: number;
  /** The request of the last one that was read, where there are more. */
  readonly oldest: Instant | null;
};

async function readAll(
  { usages }: UsagePorts,
  id: string,
  since: Instant,
): Promise<Result<All, Unavailable>> {
  const kept: KeptUsage[] = [];
  let waiting = 0;
  let after: ListPlace | null = null;
  do {
    const page = await usages.ofEntitlement(id, { since, limit: PAGE, after });
    if (!page.ok) return page;
    for (const one of page.value.found) {
      if (one.state === 'kept') kept.push(one.kept);
      else waiting += 1;
    }
    after = page.value.next;
  } while (after !== null && kept.length + waiting < MOST_GRANTS);
  return ok({ kept, waiting, oldest: after?.createdAt ?? null });
}

const MOST_PAGES = 5;

/** Grants that go on: nobody has read what is called under them. There are few, or there are too many to count. */
async function countActive(
  { store }: UsagePorts,
  entitlement: string,
  since: Instant,
): Promise<Result<number, Unavailable>> {
  let count = 0;
  let after: ListPlace | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const query = { entitlement, status: 'active', limit: PAGE } as const;
    const page = await store.list({ ...query, ...(after && { after }) });
    if (!page.ok) return page;
    count += page.value.grants.filter(({ createdAt }) => createdAt >= since).length;
    after = page.value.next;
    if (after === null || after.createdAt < since) break;
  }
  return ok(count);
}

type Used = Pick<EntitlementUsageAnswer, 'grants' | 'idle' | 'unread' | 'judged' | 'principals'>;

function usedOf(
  { usageJudge }: UsagePorts,
  entitlement: CompiledEntitlement,
  kept: readonly KeptUsage[],
  facts: { readonly days: number; readonly unread: number },
): Used {
  const vended = kept.filter((one) => one.vended);
  const unused = kept.filter((one) => !one.vended);
  const judged = vended.length === 0 ? null : usageJudge.entitlement(entitlement, vended, facts);
  return {
    grants: kept.length + facts.unread,
    idle: (judged?.idle ?? 0) + unused.length,
    unread: facts.unread,
    judged,
    principals: withUnused(judged, unused),
  };
}

/** The people, with their grants that they never had keys of. */
function withUnused(
  judged: EntitlementUsage | null,
  unused: readonly KeptUsage[],
): readonly PrincipalUse[] {
  const uses = new Map(judged?.principals.map((one) => [one.principal, one]));
  for (const { usage, name } of unused) {
    const { principal } = usage;
    const nothing = { calls: 0, refused: 0, grants: 0, idle: 0, actions: 0, lastUse: null };
    const use = uses.get(principal) ?? { principal, name, ...nothing };
    uses.set(principal, { ...use, grants: use.grants + 1, idle: use.idle + 1 });
  }
  return [...uses.values()];
}
