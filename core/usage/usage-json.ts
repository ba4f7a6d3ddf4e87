import type { Json } from '../api/wire.ts';
import { formatInstant, type Instant } from '../instant.ts';
import type { ActionUse, CallerTraits, Calls, Judged, JudgedAction, ReadFrom } from '../usage.ts';
import type { EntitlementUsageAnswer } from './answer-entitlement-usage.ts';
import type { GrantUsageAnswer } from './answer-grant-usage.ts';
import { UNPROVEN } from './judge.ts';
import type { KeptUsage } from './usage-store.ts';

type JsonObject = { readonly [key: string]: Json };

/** Who reads logs without the broker does not know whether the entitlement has changed: `changed` is null then. */
export type GrantUsageToTell = Pick<GrantUsageAnswer, 'state' | 'readAfter' | 'judged'> & {
  readonly grant: { readonly id: string; readonly entitlement: string };
  readonly kept: Told | null;
  readonly changed: boolean | null;
};

type Told = Pick<KeptUsage, 'usage' | 'readAt'>;

/** What was called under a grant, as `GET /v1/grants/{id}/usage` answers it. */
export function grantUsageJson(answer: GrantUsageToTell): JsonObject {
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
    wantedLeftOut: judged?.wantedLeftOut ?? 0,
  };
}

type Pair = readonly [ActionUse | null, JudgedAction | null];

/** What the entitlement grants, in the order of the judge, and then what was called beyond it. */
function actionsOf({ usage }: Told, judged: Judged | null): readonly Pair[] {
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
    ...(of === null ? beyond({ calls, refused }) : { answer: of.answer, why: of.why }),
    ...{ calls, refused },
    whole: of?.whole ?? false,
    ...{ first: timeOrNull(use?.first ?? null), last: timeOrNull(use?.last ?? null) },
    ...{ regions: use?.regions ?? [], via: use?.via ?? [] },
    resources: (use?.resources ?? []).map((resource) => ({ ...resource })),
    otherResources: use?.otherResources ?? 0,
    unnamedCalls: use?.unnamedCalls ?? 0,
    unproven: use?.unproven ?? 0,
  };
}

/** What is not granted was used where a call of it was not refused: no statement of the entitlement is asked. */
function beyond({ calls, refused }: Calls): Pick<JudgedAction, 'answer' | 'why'> {
  if (calls === 0) return { answer: 'unknown', why: UNPROVEN };
  return { answer: calls > refused ? 'used' : 'unused', why: null };
}

function callsJson({ usage }: Told): JsonObject {
  const { vends, calls, refused, first, last, unmapped, traits, read, leftOut } = usage;
  return {
    vends: vends ?? 0,
    ...{ total: calls, refused, first: timeOrNull(first), last: timeOrNull(last) },
    unmapped: unmapped.map((one) => ({ ...one, unproven: one.unproven ?? 0 })),
    ...traitsJson(traits),
    leftOut: leftOut === undefined ? null : { ...leftOut },
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
