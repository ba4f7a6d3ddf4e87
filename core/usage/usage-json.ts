import type { Json } from '../api/wire.ts';
import { formatInstant, type Instant } from '../instant.ts';
import type { ActionUse, CallerTraits, Judged, JudgedAction, ReadFrom } from '../usage.ts';
import type { EntitlementUsageAnswer } from './answer-entitlement-usage.ts';
import type { GrantUsageAnswer } from './answer-grant-usage.ts';
import type { KeptUsage } from './usage-store.ts';

type JsonObject = { readonly [key: string]: Json };

/** What was called under a grant, as `GET /v1/grants/{id}/usage` answers it. */
export function grantUsageJson(answer: GrantUsageAnswer): JsonObject {
  const { grant, state, readAfter, kept, judged, changed } = answer;
  return {
    ...{ grant: grant.id, entitlement: grant.entitlement, state },
    readAfter: timeOrNull(readAfter),
    readAt: timeOrNull(kept?.readAt ?? null),
    ...{ changed, ...judgedJson(judged) },
    actions: kept === null ? [] : actionsOf(kept, judged).map(([use, of]) => actionJson(use, of)),
    calls: kept === null ? null : callsJson(kept),
  };
}

/** The same of the grants of an entitlement: `GET /v1/entitlements/{id}/usage`. */
export function entitlementUsageJson(answer: EntitlementUsageAnswer): JsonObject {
  const { entitlement, on, days, from, until, complete, judged, principals } = answer;
  const { grants, idle, unread } = answer;
  return {
    ...{ entitlement, state: on ? 'on' : 'off', days },
    ...{ from: formatInstant(from), until: formatInstant(until), complete },
    ...{ grants, idle, unread, ...judgedJson(judged) },
    actions: (judged?.actions ?? []).map((action) => ({ ...action })),
    principals: principals.map(({ lastUse, ...use }) => ({ ...use, lastUse: timeOrNull(lastUse) })),
  };
}

function judgedJson(judged: Judged | null) {
  return {
    summary: judged === null ? null : { ...judged.summary },
    blind: (judged?.blind ?? []).map((part) => ({ ...part })),
    wanted: (judged?.wanted ?? []).map((wanted) => ({ ...wanted })),
  };
}

type Pair = readonly [ActionUse | null, JudgedAction | null];

/** What the entitlement grants, in the order of the judge, and then what was called beyond it. */
function actionsOf({ usage }: KeptUsage, judged: Judged | null): readonly Pair[] {
  const uses = new Map(usage.actions.map((use) => [use.action.toLowerCase(), use]));
  const granted = judged?.actions ?? [];
  const names = new Set(granted.map(({ action }) => action.toLowerCase()));
  const beyond = usage.actions.filter(({ action }) => !names.has(action.toLowerCase()));
  return [
    ...granted.map((of): Pair => [uses.get(of.action.toLowerCase()) ?? null, of]),
    ...beyond.map((use): Pair => [use, null]),
  ];
}

function actionJson(use: ActionUse | null, of: JudgedAction | null): JsonObject {
  const { calls, refused } = use ?? { calls: 0, refused: 0 };
  return {
    ...{ action: of?.action ?? use?.action ?? '', granted: of !== null },
    ...{ answer: of?.answer ?? 'used', why: of?.why ?? null, calls, refused },
    ...{ first: timeOrNull(use?.first ?? null), last: timeOrNull(use?.last ?? null) },
    ...{ regions: use?.regions ?? [], via: use?.via ?? [] },
    resources: (use?.resources ?? []).map((resource) => ({ ...resource })),
    otherResources: use?.otherResources ?? 0,
    unnamedCalls: use?.unnamedCalls ?? 0,
  };
}

function callsJson({ usage }: KeptUsage): JsonObject {
  const { vends, calls, refused, first, last, unmapped, traits, read } = usage;
  return {
    vends: vends ?? 0,
    ...{ total: calls, refused, first: timeOrNull(first), last: timeOrNull(last) },
    unmapped: unmapped.map((one) => ({ ...one })),
    ...traitsJson(traits),
    read: readJson(read),
  };
}

function traitsJson({ networks, agents, chained, afterEnd, refusedBurst }: CallerTraits) {
  const { last, ...after } = afterEnd;
  return {
    networks: networks.map((one) => ({ ...one })),
    agents: agents.map((one) => ({ ...one })),
    chained: chained.map((one) => ({ ...one })),
    afterEnd: { ...after, last: timeOrNull(last) },
    refusedBurst,
  };
}

function readJson({ from, until, ...counts }: ReadFrom): JsonObject {
  return { ...counts, from: formatInstant(from), until: formatInstant(until) };
}

function timeOrNull(at: Instant | null): string | null {
  return at === null ? null : formatInstant(at);
}
