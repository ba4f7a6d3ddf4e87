import { formatInstant, type Instant } from '../../core/instant.ts';
import { entitlementUsageJson } from '../../core/usage/usage-json.ts';
import type { EntitlementUsage, Judged, PrincipalUse } from '../../core/usage.ts';
import { Failure } from '../failure.ts';
import { count, plain, type Terminal } from '../terminal.ts';
import { entitlementUsage, judgedOf, principalsOf } from './answers.ts';
import {
  deploymentOf,
  entitlementIn,
  type LogOptions,
  logsOf,
  readLogs,
  type UsageContext,
  validBundle,
} from './context.ts';
import { DAY_MS, grantsOf } from './grants.ts';
import { withProgress } from './progress-line.ts';
import type { Logs } from './reading.ts';
import { showActions, showBlind, showWanted } from './show-judged.ts';

/** `valetkey usage entitlement`: who used how much of what, under all grants of some days. */

export type EntitlementUsageOptions = LogOptions & {
  readonly days: number;
  readonly policy?: string;
  readonly json: boolean;
};

type Found = Pick<EntitlementUsage, 'days' | 'grants' | 'idle' | 'unread' | 'principals'> & {
  /** What the broker knows; null where logs were read here. */
  readonly known: { readonly from: Instant; readonly complete: boolean } | null;
  readonly judged: Judged | null;
  /** What `GET /v1/entitlements/{id}/usage` answers, or the same made of logs. */
  readonly answer: unknown;
};

export async function showEntitlementUsage(
  id: string,
  options: EntitlementUsageOptions,
  context: UsageContext,
  out: Terminal,
): Promise<void> {
  const logs = logsOf(options);
  const found =
    logs === null ? await asked(context, id, options) : await computed(context, id, logs, options);
  if (options.json) return out.json(found.answer);
  const { judged, grants, idle, unread, days } = found;
  const notRead = unread === 0 ? '' : `, ${unread} not read yet`;
  out.print(plain(`${id}: ${count(grants, 'grant')} in ${days} days, ${idle} idle${notRead}`));
  showKnown(found, out);
  if (judged === null) {
    out.print('Nothing can be said: no grant of these days was read. Read their logs with --logs.');
    return;
  }
  showBlind(judged.blind, out);
  showActions(judged, out, true);
  showPrincipals(found.principals, out);
  showWanted(judged, out);
}

async function asked(
  { broker }: UsageContext,
  id: string,
  { days }: EntitlementUsageOptions,
): Promise<Found> {
  const answer = await broker.get(`/v1/entitlements/${id}/usage?days=${days}`, entitlementUsage);
  const { grants, idle, unread, complete } = answer;
  const facts = { days: answer.days, grants, idle, unread, principals: principalsOf(answer) };
  const known = { from: Date.parse(answer.from), complete };
  return { ...facts, known, judged: judgedOf(answer), answer };
}

async function computed(
  { broker, reading, now }: UsageContext,
  id: string,
  logs: Logs,
  { days, policy }: EntitlementUsageOptions,
): Promise<Found> {
  const entitlement = entitlementIn(validBundle(policy), id);
  const deployment = await deploymentOf(broker);
  const until = now();
  const grants = await grantsOf(broker, id, days, until);
  if (grants.length === 0) {
    throw new Failure(
      'failed',
      `No grant of ${id} began within ${days} days.`,
      'Ask for more days.',
    );
  }
  const using = await reading();
  const toRead = { entitlement, deployment, grants };
  const read = await withProgress((progress) => readLogs(using, logs, toRead, until, progress));
  const judging = { entitlement, deployment, trails: read.trails };
  const all = grants.map((grant) => ({
    grant,
    usage: read.usages.find(({ grantId }) => grantId === grant.id) ?? null,
  }));
  const found = using.judgeEntitlement(judging, days, all);
  const of = { on: true, from: until - days * DAY_MS, until, complete: true };
  return {
    ...found,
    known: null,
    judged: found,
    answer: entitlementUsageJson({ ...found, ...of, judged: found }),
  };
}

function showKnown({ known }: Found, out: Terminal): void {
  if (known === null) return;
  const why = known.complete ? '' : ', because there are more than an answer has room for';
  out.print(`The broker's answer has the grants since ${formatInstant(known.from)}${why}.`);
}

function showPrincipals(principals: readonly PrincipalUse[], out: Terminal): void {
  if (principals.length === 0) return;
  out.print('By whom:');
  for (const one of principals) {
    const idle = one.idle === 0 ? '' : ` (${one.idle} idle)`;
    const last = one.lastUse === null ? 'never used' : `last ${formatInstant(one.lastUse)}`;
    const used = `${count(one.actions, 'action')}, ${count(one.calls, 'call')}`;
    out.print(
      plain(
        `  ${one.name} (${one.principal}): ${count(one.grants, 'grant')}${idle}, ${used}, ${last}`,
      ),
    );
  }
}
