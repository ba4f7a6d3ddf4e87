import type { AuditEvent } from './audit.ts';

/**
 * Everything that the broker measures, in the CloudWatch namespace that has the name of its stack. Every metric has
 * the dimension `service`, the Lambda; some have one more, with few values. Ids are never dimensions: each
 * combination of values is a metric of its own, and is paid for.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html
 */
export type MetricFacts = {
  readonly unit: 'Count' | 'Milliseconds' | 'Seconds';
  /** The second dimension. */
  readonly by: 'outcome' | 'reason' | 'limit' | 'why' | 'kind' | null;
  readonly about: string;
};

/** A vend that takes longer counts against the objective of its latency. */
export const SLOW_VEND_MS = 800;

export const METRICS = {
  Requests: {
    unit: 'Count',
    by: 'outcome',
    about: 'Calls of the API: served, invalid, refused, limited, quarantined or failed',
  },
  Vends: { unit: 'Count', by: null, about: 'Sessions vended' },
  VendLatency: {
    unit: 'Milliseconds',
    by: null,
    about:
      'Time to an answer with credentials, without the gateway and without starts of the Lambda',
  },
  VendFailed: {
    unit: 'Count',
    by: null,
    about: '1 for a call that should have vended and failed, 0 for one that vended',
  },
  VendSlow: {
    unit: 'Count',
    by: null,
    about: `1 for a vend that took ${SLOW_VEND_MS} ms or more, 0 for a faster one`,
  },
  VendFailures: {
    unit: 'Count',
    by: 'reason',
    about: 'What failed vends failed at: a dependency, a frozen role, an answer of AWS',
  },
  DecisionLatency: {
    unit: 'Milliseconds',
    by: null,
    about: 'Time that the policy engine took, all questions of a call together',
  },
  StsLatency: { unit: 'Milliseconds', by: null, about: 'Time that AssumeRole took' },
  KillSeconds: {
    unit: 'Seconds',
    by: null,
    about: 'Time from an order to end a grant until the deny was read back',
  },
  KillFailures: { unit: 'Count', by: null, about: 'Events `kill-failed`' },
  KeysOutlived: {
    unit: 'Count',
    by: null,
    about: 'Events `outlived`: keys that ran out before they were denied',
  },
  LedgerLag: {
    unit: 'Seconds',
    by: null,
    about: 'Time from an event to the checkpoint that covers it',
  },
  LedgerRounds: {
    unit: 'Count',
    by: null,
    about: 'Searches for events that the ledger missed: one every five minutes',
  },
  SweepFound: {
    unit: 'Count',
    by: null,
    about: 'What a sweep had to repair: 0 every two minutes',
  },
  Quarantine: {
    unit: 'Count',
    by: null,
    about: '1 every two minutes while the broker is in quarantine, else 0',
  },
  RestoreTests: {
    unit: 'Count',
    by: null,
    about: '1 for a weekly restore test of a backup that passed, 0 for one that failed',
  },
  UsageLag: {
    unit: 'Seconds',
    by: null,
    about:
      'How long the calls of a grant should have been read and were not, at most: every 15 minutes, 0 where none wait',
  },
  Throttled: { unit: 'Count', by: 'limit', about: 'Calls beyond a limit of the bundle' },
  TokensRefused: {
    unit: 'Count',
    by: 'why',
    about:
      'Calls without a token (missing), with none (malformed), with a bad one (refused), or not checked (unavailable)',
  },
  Signals: { unit: 'Count', by: 'kind', about: 'Signals raised' },
  ChatMessages: {
    unit: 'Count',
    by: 'kind',
    about: 'Messages in Slack and Teams: posted, updated, or followed up in their thread',
  },
  ChatFailures: {
    unit: 'Count',
    by: 'why',
    about:
      'Messages that Slack or Teams did not take: limited, unavailable, busy, or refused for good',
  },
  BreakGlass: { unit: 'Count', by: null, about: 'Break-glass grants that policy allowed' },
  ColdStart: { unit: 'Count', by: null, about: 'Starts of the Lambda' },
} as const satisfies Record<string, MetricFacts>;

export type MetricName = keyof typeof METRICS;

/** A value of a metric; `of` is the value of its second dimension. */
export type Measure = { readonly metric: MetricName; readonly value: number; readonly of?: string };

/** What an event of the trail says in figures. */
export function measuresOfEvent(event: AuditEvent): readonly Measure[] {
  switch (event.type) {
    case 'revoked':
      return event.killSeconds === null
        ? []
        : [{ metric: 'KillSeconds', value: event.killSeconds }];
    case 'kill-failed':
      return [{ metric: 'KillFailures', value: 1 }];
    case 'outlived':
      return [{ metric: 'KeysOutlived', value: 1 }];
    case 'requested':
      return event.breakGlass && event.decision.outcome === 'allow'
        ? [{ metric: 'BreakGlass', value: 1 }]
        : [];
    default:
      return [];
  }
}
