import { Duration } from 'aws-cdk-lib';
import type { AlarmBell } from './alarm-bell.ts';
import type { BundledFunction } from './bundled-function.ts';

const KILL = 'See docs/runbooks/kill-switch-cannot-be-written.md';
const STUCK = 'See docs/runbooks/stuck-in-revoking.md';
const DOWN = 'See docs/runbooks/broker-is-down.md';
const QUARANTINE = 'See docs/runbooks/quarantine.md';
const SLOW = 'See docs/runbooks/broker-is-slow.md';

/** Read back within this time: the objective of an ending. */
const READ_BACK = Duration.seconds(30);

export type EndingLambdas = Readonly<Record<'kill' | 'sweep' | 'revoke', BundledFunction>>;

/** Whether access ends when it should. */
export function alarmsOfEndings(bell: AlarmBell, { kill, sweep, revoke }: EndingLambdas): void {
  bell.onLogLine('KillSwitch', [kill], 'kill switch not written', {
    about: `The kill switch could not be written: keys of an ended grant may still work. ${KILL}`,
  });
  bell.onLogLine('Overflow', [kill], 'kill switch overflow', {
    about: `A role has no room for all of its ended grants, so sessions that have not ended are denied. ${KILL}`,
  });
  bell.on('KeysOutlived', bell.measure('publish', 'KeysOutlived', { statistic: 'Sum' }), {
    about: `Keys of an ended grant worked until they ran out. ${KILL}`,
  });
  bell.on('RevokeSlow', bell.measure('publish', 'KillSeconds', { statistic: 'p99' }), {
    about: `Ending a grant took ${READ_BACK.toSeconds()} seconds or more until its deny was read back. ${STUCK}`,
    threshold: READ_BACK.toSeconds(),
  });
  bell.onLogLine('Repaired', [sweep], 'repaired', {
    about: `The sweep did what a workflow or an interrupted order had left undone. ${STUCK}`,
  });
  bell.onErrors(
    'SweepFails',
    sweep,
    `The sweep fails: grants that their workflow leaves open are not ended. ${DOWN}`,
  );
  bell.on('SweepSilent', bell.measure('sweep', 'SweepFound', { statistic: 'SampleCount' }), {
    about: `No sweep has come to an end for ten minutes. ${DOWN}`,
    periods: 2,
    silence: true,
  });
  bell.on('Quarantine', bell.measure('sweep', 'Quarantine', { statistic: 'Maximum' }), {
    about: `The broker is in quarantine: it gives no access, and ends nothing by itself. ${QUARANTINE}`,
  });
  bell.onThrottles('KillThrottled', kill, `The kill switch waits for concurrency. ${SLOW}`);
  bell.onThrottles('RevokeThrottled', revoke, `Orders to end access are refused. ${SLOW}`);
}
