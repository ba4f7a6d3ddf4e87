import { Duration } from 'aws-cdk-lib';
import type { AlarmBell } from './alarm-bell.ts';
import type { BundledFunction } from './bundled-function.ts';
import type { Usage } from './usage.ts';

const RUNBOOK = 'See docs/runbooks/usage.md';
/** Longer than the pauses between tries, so that it rings until a try succeeds. */
const LAG = Duration.hours(6);

/** Where calls under the keys of grants are read. */
export type Used = { readonly usage: BundledFunction; readonly reader: Usage };

export function alarmsOfUsage(bell: AlarmBell, { usage, reader }: Used): void {
  const lag = bell.measure('usage', 'UsageLag', { statistic: 'Maximum', period: LAG });
  bell.on('UsageNotRead', lag, {
    about: `What was called under a grant could not be read for hours. ${RUNBOOK}`,
    threshold: LAG.toSeconds(),
  });
  const errors = usage.function.metricErrors({ period: Duration.minutes(15) });
  bell.on('UsageFails', errors, {
    about: `The Lambda that reads what was called fails, or takes too long, again and again. ${RUNBOOK}`,
    periods: 4,
  });
  bell.on('UsageGaveUp', reader.failures.metricApproximateNumberOfMessagesVisible(), {
    about: `Ends of grants were not noted: what was called under these is never read. ${RUNBOOK}`,
  });
}
