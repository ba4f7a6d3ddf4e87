import { grantUsageJson } from '../../core/usage/usage-json.ts';
import type { GrantUsage } from '../../core/usage.ts';
import { plain, type Terminal } from '../terminal.ts';
import { grantUsage, judgedOf, usageOf } from './answers.ts';
import {
  deploymentOf,
  entitlementIn,
  type LogOptions,
  logsOf,
  readLogs,
  type UsageContext,
  validBundle,
} from './context.ts';
import { oneGrant } from './grants.ts';
import { withProgress } from './progress-line.ts';
import type { GrantToRead, Logs } from './reading.ts';
import { type FoundUsage, showFound } from './show-found.ts';

/** `valetkey usage grant`: what was called under the keys of a grant, of what it allows. */

export type GrantUsageOptions = LogOptions & {
  readonly policy?: string;
  readonly json: boolean;
};

type Found = Pick<FoundUsage, 'judged' | 'changed'> & {
  readonly usage: GrantUsage | null;
  readonly state: string;
  /** What `GET /v1/grants/{id}/usage` answers, or the same made of logs. */
  readonly answer: unknown;
};

export async function showGrantUsage(
  id: string,
  options: GrantUsageOptions,
  context: UsageContext,
  out: Terminal,
): Promise<void> {
  const logs = logsOf(options);
  const grant = await oneGrant(context.broker, id);
  const found =
    logs === null
      ? await asked(context, grant)
      : await computed(context, grant, logs, options.policy);
  if (options.json) return out.json(found.answer);
  out.print(plain(`${id}  ${grant.entitlement}  ${grant.name} (${grant.principal})`));
  const { usage, state } = found;
  if (usage === null) out.print(`Nothing can be said: ${STATES[state] ?? state}.`);
  else showFound({ ...found, usage }, out);
}

const STATES: Readonly<Record<string, string>> = {
  waiting: 'the broker has not read the logs of this grant yet; read them here with --logs',
  idle: 'no keys were vended under this grant',
  off: 'the broker reads no logs; read them here with --logs',
  'not-kept': 'what was called is not kept any more; read the logs with --logs',
};

async function asked({ broker }: UsageContext, { id, principal }: GrantToRead): Promise<Found> {
  const answer = await broker.get(`/v1/grants/${id}/usage`, grantUsage);
  const { state, changed } = answer;
  return { state, changed, judged: judgedOf(answer), usage: usageOf(answer, principal), answer };
}

async function computed(
  { broker, reading, now }: UsageContext,
  grant: GrantToRead,
  logs: Logs,
  policy: string | undefined,
): Promise<Found> {
  const entitlement = entitlementIn(validBundle(policy), grant.entitlement);
  const deployment = await deploymentOf(broker);
  const using = await reading();
  const toRead = { entitlement, deployment, grants: [grant] };
  const readAt = now();
  const read = await withProgress((progress) => readLogs(using, logs, toRead, readAt, progress));
  const [usage = null] = read.usages;
  const state = usage === null ? 'not-kept' : 'read';
  const judged =
    usage === null
      ? null
      : using.judgeGrant({ entitlement, deployment, trails: read.trails }, grant, usage);
  const kept = usage === null ? null : { usage, readAt };
  const answer = grantUsageJson({ grant, state, readAfter: null, kept, judged, changed: null });
  return { state, changed: null, judged, usage, answer };
}
