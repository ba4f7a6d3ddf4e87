import type { SignalStep } from '../audit.ts';
import type { Requester } from '../grant.ts';
import { formatInstant } from '../instant.ts';
import { areApart } from '../network.ts';
import type { GrantUsage } from '../usage.ts';
import { endOf, type GrantToRead } from './fold-grant.ts';

export const USAGE_SIGNALS = [
  ...(['keys-elsewhere', 'keys-after-end', 'keys-chained'] as const),
  ...(['keys-new-agent', 'keys-refused-burst'] as const),
] as const;
export type UsageSignalKind = (typeof USAGE_SIGNALS)[number];

export type UsageSignal = {
  readonly kind: UsageSignalKind;
  /** Calls. */
  readonly count: number;
  readonly story: readonly SignalStep[];
};

export type UsedGrant = GrantToRead & { readonly requester: Requester };

/** With fewer earlier grants there is no habit. */
const LEAST_EARLIER = 3;
const LEAST_BURST = 10;
/** Enough to see what is going on. */
const TOLD = 10;

/**
 * What is unusual about the calls under a grant's keys.
 *
 * @param earlier what was called under earlier grants of the same principal and entitlement
 */
export function usageSignals(
  usage: GrantUsage,
  grant: UsedGrant,
  earlier: readonly GrantUsage[],
): readonly UsageSignal[] {
  const found: readonly UsageSignal[] = [
    elsewhere(usage, grant),
    afterEnd(usage, grant),
    chained(usage, grant),
    newAgent(usage, earlier),
    refusedBurst(usage),
  ];
  return found
    .filter(({ count }) => count > 0)
    .map((signal) => ({ ...signal, story: signal.story.slice(0, TOLD) }));
}

/**
 * Calls from a network that is neither that of the request nor one of the vends. Of people alone: runners of CI providers
 * come from everywhere, also within one job.
 */
function elsewhere({ traits, ...usage }: GrantUsage, grant: UsedGrant): UsageSignal {
  const away = traits.networks.filter(
    ({ network }) =>
      !grant.networks.includes(network) && grant.networks.some((known) => areApart(known, network)),
  );
  const why = `requested and vended in ${grant.networks.join(', ')}`;
  return {
    kind: 'keys-elsewhere',
    count: grant.requester.type === 'User' ? sumOf(away) : 0,
    story: away.map(({ network, calls }) => stepOf(usage, inCalls(calls), network, why)),
  };
}

function afterEnd({ traits, ...usage }: GrantUsage, grant: UsedGrant): UsageSignal {
  const { calls, refused, last } = traits.afterEnd;
  const count = calls - refused;
  if (last === null) return { kind: 'keys-after-end', count, story: [] };
  const what = `${inCalls(count)} that ${count === 1 ? 'was' : 'were'} not refused`;
  const step = stepOf(usage, what, null, `the grant ended at ${formatInstant(endOf(grant))}`);
  return { kind: 'keys-after-end', count, story: [{ ...step, at: formatInstant(last) }] };
}

function chained({ traits, ...usage }: GrantUsage, { roles }: UsedGrant): UsageSignal {
  const others = traits.chained.filter(({ role }) => !roles.includes(role));
  return {
    kind: 'keys-chained',
    count: sumOf(others),
    story: others.map(({ role, calls }) =>
      stepOf(usage, `${inCalls(calls)} in ${role}`, null, 'not a role of the grant'),
    ),
  };
}

/** A report that leaves some out does not tell which families it knows. */
function newAgent({ traits, ...usage }: GrantUsage, earlier: readonly GrantUsage[]): UsageSignal {
  const called = earlier.filter((one) => one.traits.agents.length > 0);
  const isKnown = called.every(({ leftOut }) => (leftOut?.agents ?? 0) === 0);
  const habits = new Set(called.flatMap((one) => one.traits.agents.map(({ agent }) => agent)));
  const strange =
    isKnown && called.length >= LEAST_EARLIER
      ? traits.agents.filter(({ agent }) => !habits.has(agent))
      : [];
  const why = `in ${called.length} earlier grants: ${[...habits].toSorted().join(', ')}`;
  return {
    kind: 'keys-new-agent',
    count: sumOf(strange),
    story: strange.map(({ agent, calls }) =>
      stepOf(usage, `${inCalls(calls)} by ${agent}`, null, why),
    ),
  };
}

function refusedBurst({ traits, ...usage }: GrantUsage): UsageSignal {
  const { refusedBurst: count } = traits;
  const why = 'within five minutes';
  return {
    kind: 'keys-refused-burst',
    count: count >= LEAST_BURST ? count : 0,
    story: [stepOf(usage, `${inCalls(count)} refused`, null, why)],
  };
}

type Told = Pick<GrantUsage, 'grantId' | 'last' | 'read'>;

/** The time of the grant's last call: reports do not keep that of each. */
function stepOf(
  { grantId, last, read }: Told,
  what: string,
  from: string | null,
  why: string,
): SignalStep {
  return { at: formatInstant(last ?? read.until), what, grant: grantId, from, why };
}

function sumOf(uses: readonly { readonly calls: number }[]): number {
  return uses.reduce((sum, { calls }) => sum + calls, 0);
}

function inCalls(calls: number): string {
  return calls === 1 ? '1 call' : `${calls} calls`;
}
