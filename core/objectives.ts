import type { MetricName } from './metrics.ts';

/**
 * What the broker is to achieve, and the alarms on how fast it uses up what may go wrong.
 *
 * @see https://sre.google/workbook/alerting-on-slos/ "Multiwindow, Multi-Burn-Rate Alerts"
 */
export type Objective = {
  readonly goal: string;
  /** What goes wrong, as a message says it. */
  readonly about: string;
  /** 1 for what counts against the objective and 0 for what does not, so that the average is the share. */
  readonly metric: MetricName;
  /** The share that may go wrong. */
  readonly budget: number;
};

export const OBJECTIVES = {
  VendsFailing: {
    goal: 'vends are served',
    about: 'vends fail',
    metric: 'VendFailed',
    budget: 0.001,
  },
  VendsSlow: {
    goal: 'vends are fast: 99 of 100 take less than 800 ms',
    about: 'vends take longer than they should',
    metric: 'VendSlow',
    budget: 0.01,
  },
} as const satisfies Record<string, Objective>;

/**
 * At 14.4 times the rate that a month allows, an hour uses up 2 % of it; at 6 times, six hours use up 5 %. The short
 * window ends the alarm soon after the fault.
 */
export const BURN_RATES = [
  { name: 'Fast', rate: 14.4, longMinutes: 60, shortMinutes: 5 },
  { name: 'Steady', rate: 6, longMinutes: 360, shortMinutes: 30 },
] as const;

/** So few in six hours are no rate: where little is vended, one failure would be a large share. */
export const TOO_FEW = 5;
