import * as z from 'zod/mini';
import type { Instant } from '../../core/instant.ts';
import { ANSWERS, type GrantUsage, type Judged, type PrincipalUse } from '../../core/usage.ts';

/** What the command reads of `GET /v1/grants/{id}/usage` and `GET /v1/entitlements/{id}/usage`. */

/** It stays a text: `--json` prints the answer as it came. */
const time = z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text))));
const optionalTime = z.nullable(time);
const calls = { calls: z.number(), refused: z.number() };

const judged = {
  summary: z.nullable(
    z.looseObject({ used: z.number(), granted: z.number(), unknown: z.number() }),
  ),
  blind: z.array(
    z.looseObject({
      service: z.string(),
      accounts: z.array(z.string()),
      regions: z.array(z.string()),
      why: z.string(),
    }),
  ),
  wanted: z.array(
    z.looseObject({
      action: z.string(),
      resource: z.nullable(z.string()),
      calls: z.number(),
      grants: z.number(),
    }),
  ),
  wantedLeftOut: z.number(),
};

const judgedAction = {
  action: z.string(),
  answer: z.enum(ANSWERS),
  why: z.nullable(z.string()),
  whole: z.boolean(),
  ...calls,
};

export const grantUsage = z.looseObject({
  grant: z.string(),
  entitlement: z.string(),
  state: z.string(),
  readAfter: optionalTime,
  readAt: optionalTime,
  changed: z.boolean(),
  ...judged,
  actions: z.array(
    z.looseObject({
      ...judgedAction,
      granted: z.boolean(),
      first: optionalTime,
      last: optionalTime,
      regions: z.array(z.string()),
      via: z.array(z.string()),
      resources: z.array(z.looseObject({ resource: z.string(), ...calls })),
      otherResources: z.number(),
      unnamedCalls: z.number(),
      unproven: z.number(),
    }),
  ),
  calls: z.nullable(
    z.looseObject({
      vends: z.number(),
      total: z.number(),
      refused: z.number(),
      first: optionalTime,
      last: optionalTime,
      unmapped: z.array(
        z.looseObject({ source: z.string(), name: z.string(), ...calls, unproven: z.number() }),
      ),
      networks: z.array(z.looseObject({ network: z.string(), ...calls })),
      agents: z.array(z.looseObject({ agent: z.string(), ...calls })),
      chained: z.array(z.looseObject({ role: z.string(), ...calls })),
      afterEnd: z.looseObject({ ...calls, last: optionalTime }),
      refusedBurst: z.number(),
      leftOut: z.nullable(
        z.looseObject({
          ...{ actions: z.number(), unmapped: z.number() },
          ...{ networks: z.number(), agents: z.number(), chained: z.number() },
        }),
      ),
      read: z.looseObject({
        source: z.enum(['files', 'athena']),
        from: time,
        until: time,
        files: z.number(),
        records: z.number(),
        bytes: z.number(),
        unreadable: z.number(),
        duplicates: z.number(),
      }),
    }),
  ),
});

export const entitlementUsage = z.looseObject({
  entitlement: z.string(),
  state: z.string(),
  days: z.number(),
  from: time,
  until: time,
  complete: z.boolean(),
  grants: z.number(),
  idle: z.number(),
  unread: z.number(),
  ...judged,
  actions: z.array(z.looseObject({ ...judgedAction, grants: z.number(), principals: z.number() })),
  principals: z.array(
    z.looseObject({
      principal: z.string(),
      name: z.string(),
      grants: z.number(),
      idle: z.number(),
      actions: z.number(),
      ...calls,
      lastUse: optionalTime,
    }),
  ),
});

export type GrantUsageAnswer = z.infer<typeof grantUsage>;
export type EntitlementUsageAnswer = z.infer<typeof entitlementUsage>;

/** A page of `GET /v1/decisions`; each is a line of an export. */
export const decisionPage = z.looseObject({
  decisions: z.array(z.looseObject({})),
  nextCursor: z.nullable(z.string()),
});

/** Null where nothing was judged: nothing was read. */
export function judgedOf(answer: GrantUsageAnswer | EntitlementUsageAnswer): Judged | null {
  const { summary, blind, wanted, wantedLeftOut } = answer;
  if (summary === null) return null;
  const actions = answer.actions
    .filter((one) => !('granted' in one) || one.granted === true)
    .map((one) => ({
      ...{ action: one.action, answer: one.answer, why: one.why, whole: one.whole },
      ...{ calls: one.calls, refused: one.refused },
      grants: 'principals' in one ? Number(one.grants) : one.answer === 'used' ? 1 : 0,
      principals: 'principals' in one ? Number(one.principals) : one.answer === 'used' ? 1 : 0,
    }));
  return { summary, blind, wanted, wantedLeftOut, actions };
}

/** What was called under a grant; null where the broker has not read it, or does not keep it any more. */
export function usageOf(answer: GrantUsageAnswer, principal: string): GrantUsage | null {
  const { grant: grantId, entitlement, actions, calls: made } = answer;
  if (made === null) return null;
  const { vends, total, refused, unmapped, read, leftOut, ...traits } = made;
  const { networks, agents, chained, afterEnd, refusedBurst } = traits;
  return {
    ...{ grantId, entitlement, principal, vends, calls: total, refused, unmapped },
    ...{ first: instant(made.first), last: instant(made.last) },
    read: { ...read, from: Date.parse(read.from), until: Date.parse(read.until) },
    traits: {
      ...{ networks, agents, chained, refusedBurst },
      afterEnd: { ...afterEnd, last: instant(afterEnd.last) },
    },
    actions: actions.flatMap(({ granted: _, answer: __, why: ___, whole: ____, ...use }) => {
      const [from, until] = [instant(use.first), instant(use.last)];
      return from === null || until === null ? [] : [{ ...use, first: from, last: until }];
    }),
    ...(leftOut !== null && { leftOut }),
  };
}

export function principalsOf({ principals }: EntitlementUsageAnswer): readonly PrincipalUse[] {
  return principals.map((one) => ({ ...one, lastUse: instant(one.lastUse) }));
}

function instant(text: string | null): Instant | null {
  return text === null ? null : Date.parse(text);
}
