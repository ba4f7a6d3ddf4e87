import { formatInstant } from '../../core/instant.ts';
import type { GrantUsage, Judged } from '../../core/usage.ts';
import { count, plain, type Terminal } from '../terminal.ts';
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
import { showActions, showBlind, showWanted } from './show-judged.ts';

/** `valetkey usage grant`: what was called under the keys of a grant, of what it allows. */

export type GrantUsageOptions = LogOptions & {
  readonly policy?: string;
  readonly json: boolean;
};

type Found = {
  readonly judged: Judged | null;
  readonly usage: GrantUsage | null;
  readonly state: string;
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
  const { judged, usage, state } = found;
  if (options.json) return out.json({ grant: id, entitlement: grant.entitlement, ...found });
  out.print(plain(`${id}  ${grant.entitlement}  ${grant.name} (${grant.principal})`));
  if (judged === null || usage === null) {
    out.print(`Nothing can be said: ${STATES[state] ?? state}.`);
    return;
  }
  showBlind(judged.blind, out);
  showRead(usage, out);
  showActions(judged, out, false);
  showUnmapped(usage, out);
  showWanted(judged, out);
}

const STATES: Readonly<Record<string, string>> = {
  waiting: 'the broker has not read the logs of this grant yet; read them here with --logs',
  idle: 'no keys were vended under this grant',
  off: 'the broker reads no logs; read them here with --logs',
  'not-kept': 'what was called is not kept any more; read the logs with --logs',
};

async function asked({ broker }: UsageContext, { id, principal }: GrantToRead): Promise<Found> {
  const answer = await broker.get(`/v1/grants/${id}/usage`, grantUsage);
  return { state: answer.state, judged: judgedOf(answer), usage: usageOf(answer, principal) };
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
  const read = await withProgress((progress) => readLogs(using, logs, toRead, now(), progress));
  const [usage = null] = read.usages;
  if (usage === null) return { state: 'not-kept', judged: null, usage };
  const judged = using.judgeGrant({ entitlement, deployment, trails: read.trails }, grant, usage);
  return { state: 'read', judged, usage };
}

function showRead({ calls, refused, first, last, read }: GrantUsage, out: Terminal): void {
  const when =
    first === null || last === null ? '' : `, ${formatInstant(first)} to ${formatInstant(last)}`;
  const broken = read.unreadable === 0 ? '' : `, ${read.unreadable} unreadable`;
  out.print(
    out.paint(
      'dim',
      `${count(calls, 'call')}${refused === 0 ? '' : `, ${refused} refused`}${when}; ${count(read.records, 'record')} in ${count(read.files, 'file')} read${broken}`,
    ),
  );
}

function showUnmapped({ unmapped }: GrantUsage, out: Terminal): void {
  if (unmapped.length === 0) return;
  out.print('Calls whose action is not known; nothing of their services counts as unused:');
  for (const { source, name, calls } of unmapped) {
    out.print(plain(`  ${source} ${name}: ${count(calls, 'call')}`));
  }
}
