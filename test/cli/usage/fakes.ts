import type { Terminal } from '../../../cli/terminal.ts';
import type { UsageContext } from '../../../cli/usage/context.ts';
import type { GrantToRead, UsageReading } from '../../../cli/usage/reading.ts';
import { ok } from '../../../core/result.ts';
import type { ReadPart } from '../../../core/usage/usage-ports.ts';
import type { Answer, GrantUsage } from '../../../core/usage.ts';
import {
  type CallsOf,
  judgedActions,
  MAP,
  principalsOf,
  usedGrant,
} from '../../core/usage/usage-bench.ts';
import { fakeBroker } from '../fake-broker.ts';
import { GRANT } from '../fake-server.ts';

/** Logs, a broker and a terminal for the commands of usage, without any of them. */

export const NOW = Date.parse('2026-12-01T00:00:00Z');
const DAY = 86_400_000;

export function screen() {
  const lines: string[] = [];
  const out: Terminal = {
    print: (text) => void lines.push(text),
    json: (value) => void lines.push(JSON.stringify(value)),
    note: (text) => void (text === null ? undefined : lines.push(text)),
    paint: (_, text) => text,
  };
  return { out, text: () => lines.join('\n'), json: () => JSON.parse(lines.join('\n')) };
}

/** Grants of an entitlement, four days apart, each with the same parameters. */
export function grantAnswers(
  entitlement: string,
  count: number,
  parameters: Readonly<Record<string, string>> = {},
) {
  return Array.from({ length: count }, (_, index) => {
    const at = (days: number) => new Date(NOW - days * DAY).toISOString();
    return {
      ...{ ...GRANT, id: idOf(index), status: 'expired', entitlement, parameters },
      requester: { type: 'User', id: `people:p${index % 3}`, name: `P${index % 3}` },
      ...{ createdAt: at(2 + index * 4), startsAt: at(2 + index * 4) },
      ...{ expiresAt: at(1.5 + index * 4), endedAt: at(1.5 + index * 4) },
      keysValidUntil: at(1.5 + index * 4),
    };
  });
}

export function idOf(index: number): string {
  return `gr_${String(index).padStart(20, '0')}`;
}

export function usageOf(grant: GrantToRead, index: number, calls: CallsOf): GrantUsage {
  const { usage } = usedGrant(index, calls, { principal: grant.principal });
  const read = { ...usage.read, from: grant.from, until: NOW };
  return { ...usage, grantId: grant.id, entitlement: grant.entitlement, read };
}

/** A reading in which each grant made these calls, and the actions have these answers. */
export function fakeReading(
  calls: CallsOf,
  answers: Readonly<Record<string, Answer>>,
  records: readonly ReadPart[] = [],
): UsageReading {
  const actions = judgedActions(answers);
  const count = (answer: Answer) => actions.filter((one) => one.answer === answer).length;
  const summary = { used: count('used'), granted: actions.length, unknown: count('unknown') };
  const blind = [
    { service: 's3', accounts: ['111122223333'], regions: [], why: 'no trail records data events' },
  ];
  const wanted = [{ action: 's3:PutObject', resource: 'arn:aws:s3:::acme/x', calls: 3, grants: 1 }];
  const judged = { summary, actions, wanted, wantedLeftOut: 0, blind };
  return {
    readUsage: async ({ grants }) =>
      ok({ trails: [], usages: grants.map((grant, index) => usageOf(grant, index, calls)) }),
    readRecords: async (_, add) => {
      for (const part of records) add(part);
      return ok(null);
    },
    judgeGrant: () => judged,
    judgeEntitlement: ({ entitlement }, days, grants) => ({
      ...{ ...judged, entitlement: entitlement.id, days, grants: grants.length },
      ...{ idle: 1, unread: 0, principals: principalsOf(3) },
    }),
    map: {
      ...MAP,
      grantOf: () => null,
      actionsOf: ({ source, name }) => [`${MAP.servicesOf(source)[0]}:${name}`],
      unprovenActionsOf: () => [],
      resourceOf: ({ resources }) => resources[0]?.arn ?? null,
    },
  };
}

export const DEPLOYMENT = { account: '111122223333', region: 'eu-central-1' };

/** A broker that answers by path, with grants and a deployment. */
export function contextOf(
  reading: UsageReading,
  grants: readonly { readonly id: string }[],
  more: Readonly<Record<string, unknown>> = {},
): UsageContext {
  const answers: Readonly<Record<string, unknown>> = {
    'GET /v1/grants': { grants, nextCursor: null },
    'GET /v1/audit/access-reviews': { reviews: [], nextCursor: null, ...DEPLOYMENT },
    'GET /v1/decisions': { decisions: [], nextCursor: null },
    ...Object.fromEntries(grants.map((grant) => [`GET /v1/grants/${grant.id}`, grant])),
    ...more,
  };
  const { broker } = fakeBroker((line) => {
    if (Object.hasOwn(answers, line)) return answers[line];
    throw new Error(`nobody answers ${line}`);
  });
  return { broker, reading: async () => reading, now: () => NOW };
}
