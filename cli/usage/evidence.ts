import type { CompiledEntitlement } from '../../core/bundle/bundle.ts';
import type { Deployment } from '../../core/entitlement.ts';
import type { Instant } from '../../core/instant.ts';
import type { UsedGrant } from '../../core/usage/evidence.ts';
import type { ActionMap } from '../../core/usage/kept-actions.ts';
import type { Blind, EntitlementUsage, GrantUsage } from '../../core/usage.ts';
import type { Broker } from '../broker/client.ts';
import { entitlementUsage, grantUsage, judgedOf, principalsOf, usageOf } from './answers.ts';
import { readLogs, type UsageContext } from './context.ts';
import { grantsOf } from './grants.ts';
import { withProgress } from './progress-line.ts';
import type { GrantToRead, Logs } from './reading.ts';

/** What a proposal is made from. */
export type Gathered = {
  readonly judged: Pick<EntitlementUsage, 'actions' | 'principals' | 'unread'> & {
    readonly blind: readonly Blind[];
  };
  readonly grants: readonly UsedGrant[];
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
  const { map } = using;
  if (logs === null) {
    const asked = await askEach(broker, grants);
    const answer = await broker.get(
      `/v1/entitlements/${entitlement.id}/usage?days=${days}`,
      entitlementUsage,
    );
    const { actions = [], blind = [] } = judgedOf(answer) ?? {};
    const { unread } = answer;
    return {
      map,
      judged: { actions, blind, principals: principalsOf(answer), unread },
      grants: usedOf(grants, asked, now()),
    };
  }
  if (grants.length === 0) return { map, judged: NOTHING, grants: [] };
  const toRead = { entitlement, deployment, grants };
  const read = await withProgress((progress) => readLogs(using, logs, toRead, now(), progress));
  const judged = using.judgeEntitlement(
    { entitlement, deployment, trails: read.trails },
    days,
    grants.map((grant) => ({ grant, usage: byGrant(read.usages, grant) })),
  );
  return { map, judged, grants: usedOf(grants, read.usages, now()) };
}

const NOTHING = { actions: [], blind: [], principals: [], unread: 0 };

function byGrant(usages: readonly GrantUsage[], { id }: GrantToRead): GrantUsage | null {
  return usages.find(({ grantId }) => grantId === id) ?? null;
}

function usedOf(
  grants: readonly GrantToRead[],
  usages: readonly GrantUsage[],
  now: Instant,
): readonly UsedGrant[] {
  return grants.flatMap((grant) => {
    const usage = byGrant(usages, grant);
    const { parameters, from, until } = grant;
    return usage === null ? [] : [{ usage, parameters, from, until: until ?? now }];
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
