import { Duration } from 'aws-cdk-lib';
import type { AlarmBell } from './alarm-bell.ts';
import type { BundledFunction } from './bundled-function.ts';
import type { Ledger } from './ledger.ts';

const RUNBOOK = 'See docs/runbooks/ledger.md';
const LAG = Duration.minutes(5);
/** Of twelve an hour. */
const UNWITNESSED_ROUNDS = 6;

/** Whether every event comes into the ledger, and soon. */
export function alarmsOfLedger(bell: AlarmBell, ledger: BundledFunction, log: Ledger): void {
  bell.onLogLine('LedgerBroken', [ledger], 'ledger broken', {
    about: `The files of the ledger contradict the order of its entries; nothing is signed. ${RUNBOOK}`,
  });
  bell.onLogLine('LedgerMissed', [ledger], 'ledger missed events', {
    about: `Events came into the ledger late: no notice of them had arrived. ${RUNBOOK}`,
  });
  if (log.hasWitnesses) {
    bell.onLogLine('LedgerUnwitnessed', [ledger], 'checkpoint not cosigned', {
      about: `A witness has not cosigned the ledger for half an hour. ${RUNBOOK}`,
      period: Duration.hours(1),
      threshold: UNWITNESSED_ROUNDS,
    });
  }
  bell.onErrors('LedgerFails', ledger, `The ledger fails: its files are old. ${RUNBOOK}`);
  bell.on('LedgerSilent', bell.measure('ledger', 'LedgerRounds', { statistic: 'SampleCount' }), {
    about: `Nobody has looked for missed events for a quarter of an hour. ${RUNBOOK}`,
    periods: 3,
    silence: true,
  });
  bell.on('LedgerLag', bell.measure('ledger', 'LedgerLag', { statistic: 'Maximum' }), {
    about: `Events come into the ledger late. ${RUNBOOK}`,
    threshold: LAG.toSeconds(),
  });
  const age = log.notices.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1) });
  bell.on('LedgerWaits', age, {
    about: `Events wait for the ledger. ${RUNBOOK}`,
    threshold: LAG.toSeconds(),
    periods: 2,
  });
  bell.on('LedgerGaveUp', log.failures.metricApproximateNumberOfMessagesVisible(), {
    about: `Notices of events are left over. ${RUNBOOK}`,
  });
}
