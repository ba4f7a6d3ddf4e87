import type { CompiledEntitlement } from '../../core/bundle/bundle.ts';
import type { Deployment } from '../../core/entitlement.ts';
import { addSeconds, formatInstant, type Instant } from '../../core/instant.ts';
import type { UsedGrant } from '../../core/usage/evidence.ts';
import type { ActionMap } from '../../core/usage/kept-actions.ts';
import { READ_AFTER_SECONDS } from '../../core/usage/window-of.ts';
import type { Blind, EntitlementUsage, GrantUsage } from '../../core/usage.ts';
import type { Broker } from '../broker/client.ts';
import { entitlementUsage, grantUsage, judgedOf, principalsOf, usageOf } from './answers.ts';
import { readLogs, type UsageContext } from './context.ts';
import { grantsOf, settled } from './grants.ts';
import { withProgress } from './progress-line.ts';
import type { GrantToRead, Logs } from './reading.ts';

/** What a proposal is made from. */
export type Gathered = {
  readonly judged: Pick<EntitlementUsage, 'actions' | 'principals' | 'unread'> & {
    readonly blind: readonly Blind[];
  };
  readonly grants: readonly UsedGrant[];
  /** Since when the broker knows of grants; null where logs were read here. */
  readonly since: Instant | null;
  /** Why there can be no proposal, whatever it is. */
  readonly objections: readonly string[];
  readonly map: ActionMap;
};

/** From the logs, read here, or from what the broker keeps. */
export async function evidenceOf(
  context: UsageContext,
  entitlement: CompiledEntitlement,
  deployment: Deployment,
  logs: Logs | null,
  days: number,
): Promise<Gathered> {
  const { broker, reading, now } = context;
  const grants = await grantsOf(broker, entitlement.id, days, now());
  const using = await reading();
  if (logs === null) return kept(context, using.map, entitlement.id, grants, days);
  if (grants.length === 0) {
    return { map: using.map, judged: NOTHING, since: null, objections: [], grants: [] };
  }
  const toRead = { entitlement, deployment, grants };
  const read = await withProgress((progress) => readLogs(using, logs, toRead, now(), progress));
  const judged = using.judgeEntitlement(
    { entitlement, deployment, trails: read.trails },
    days,
    grants.map((grant) => ({ grant, usage: byGrant(read.usages, grant) })),
  );
  const ended = grants.map((grant) => {
    const usage = byGrant(read.usages, grant);
    return usage === null ? grant : settled(grant, usage);
  });
  const used = usedOf(ended, read.usages);
  const objections = notKnown(ended, read.usages);
  return { map: using.map, judged, since: null, objections, grants: used };
}

const NOTHING = { actions: [], blind: [], principals: [], unread: 0 };

async function kept(
  { broker, now }: UsageContext,
  map: ActionMap,
  id: string,
  all: readonly GrantToRead[],
  days: number,
): Promise<Gathered> {
  const answer = await broker.get(`/v1/entitlements/${id}/usage?days=${days}`, entitlementUsage);
  const { unread, complete } = answer;
  const since = Date.parse(answer.from);
  const principals = principalsOf(answer);
  const grants = all.filter(({ from }) => from >= since);
  const usages = await askEach(broker, grants);
  const { actions = [], blind = [] } = judgedOf(answer) ?? {};
  const late = grants.filter((grant) => isLate(grant, now()));
  const newest = `the answer of the broker has room for the newest grants alone, since ${formatInstant(since)}: ask for fewer days`;
  return {
    ...{ map, since, judged: { actions, blind, principals, unread } },
    objections: [...(complete ? [] : [newest]), ...notKnown(late, usages)],
    grants: usedOf(grants, usages),
  };
}

/** An hour after its last key, the broker reads what was called; within another hour it is done. */
const LATE_SECONDS = 2 * READ_AFTER_SECONDS;

function isLate({ until, keysUntil }: GrantToRead, now: Instant): boolean {
  return until !== null && addSeconds(Math.max(until, keysUntil ?? until), LATE_SECONDS) < now;
}

/** Grants with keys that may have used what nobody else did. */
function notKnown(
  grants: readonly GrantToRead[],
  usages: readonly GrantUsage[],
): readonly string[] {
  const missing = grants.filter((grant) => {
    const { vends = 0 } = byGrant(usages, grant) ?? {};
    return grant.until !== null && grant.keysUntil !== null && vends === 0;
  });
  if (missing.length === 0) return [];
  const [{ id }] = missing as [GrantToRead];
  const others = missing.length === 1 ? '' : `, and of ${missing.length - 1} more`;
  return [
    `what was called under ${id} is not known${others}: the logs were not read, or lack its vend`,
  ];
}

function byGrant(usages: readonly GrantUsage[], { id }: GrantToRead): GrantUsage | null {
  return usages.find(({ grantId }) => grantId === id) ?? null;
}

function usedOf(
  grants: readonly GrantToRead[],
  usages: readonly GrantUsage[],
): readonly UsedGrant[] {
  return grants.flatMap((grant) => {
    const usage = byGrant(usages, grant);
    const { parameters, from, until } = grant;
    return usage === null ? [] : [{ usage, parameters, from, until }];
  });
}

const AT_ONCE = 8;

async function askEach(
  broker: Broker,
  grants: readonly GrantToRead[],
): Promise<readonly GrantUsage[]> {
  const found: GrantUsage[] = [];
  for (let at = 0; at < grants.length; at += AT_ONCE) {
    const answers = await Promise.all(
      grants.slice(at, at + AT_ONCE).map(async ({ id, principal }) => {
        const answer = await broker.get(`/v1/grants/${id}/usage`, grantUsage);
        return usageOf(answer, principal);
      }),
    );
    found.push(...answers.filter((usage) => usage !== null));
  }
  return found;
}
