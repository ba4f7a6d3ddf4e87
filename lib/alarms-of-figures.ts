import { Duration } from 'aws-cdk-lib';
import type { AlarmBell } from './alarm-bell.ts';
import type { Observer } from './observer.ts';

const RUNBOOK = 'See docs/runbooks/figures.md';
const LAG = Duration.minutes(15);

/** Whether every event is counted, and looked at for signals. */
export function alarmsOfFigures(bell: AlarmBell, { notices, failures }: Observer): void {
  const age = notices.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1) });
  bell.on('FiguresWait', age, {
    about: `The figures are behind. ${RUNBOOK}`,
    threshold: LAG.toSeconds(),
    periods: 2,
  });
  bell.on('FiguresGaveUp', failures.metricApproximateNumberOfMessagesVisible(), {
    about: `Notices of events are left over. ${RUNBOOK}`,
  });
}
