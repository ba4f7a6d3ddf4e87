import { misconfigured, shiftedClock, throttled, throwing } from './broken-lambda.ts';
import type { Deployed } from './deployed.ts';
import type { Fault } from './fault.ts';
import { iamUnwritable } from './iam-unwritable.ts';
import { ledgerKeyDisabled } from './ledger-key-disabled.ts';
import { ledgerUnreachable } from './ledger-unreachable.ts';
import { emulatorFrozen, workersKilled } from './processes.ts';
import { streamStopped } from './stream-stopped.ts';
import { stsRefuses } from './sts-refuses.ts';
import { tableUnreadable } from './table-unreadable.ts';

/** A clock that is off by more than anybody’s tolerance, and by less than a signature of AWS forgives. */
export const CLOCK_SECONDS = 120;

/**
 * Every fault there is, in groups: those of one group are alike, and one of each group tells the most in little time.
 */
export function faultsOf(lambdas: readonly Deployed[]): readonly (readonly Fault[])[] {
  const withTable = lambdas.filter(({ environment }) => environment['TABLE_NAME'] !== undefined);
  return [
    [iamUnwritable],
    [stsRefuses],
    [tableUnreadable],
    [streamStopped],
    [ledgerUnreachable, ledgerKeyDisabled],
    [workersKilled()],
    [emulatorFrozen],
    lambdas.map(throttled),
    lambdas.map(throwing),
    withTable.map(misconfigured),
    lambdas.flatMap((one) => [shiftedClock(one, CLOCK_SECONDS), shiftedClock(one, -CLOCK_SECONDS)]),
  ];
}
