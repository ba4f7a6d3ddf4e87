import { BROKER, type PrincipalEvent } from '../audit.ts';
import { ok } from '../result.ts';
import type { Portion } from './portion.ts';
import { nextPhase } from './recovery.ts';
import { NO_TABLE, waiting } from './stopped.ts';

/**
 * Leaves the record of the recovery, and has the sweep judge every open grant again once the quarantine is over. The
 * end is written before the event, so that a repeat writes the same event.
 */
export const endRecovery: Portion = async (ports, recovery, by) => {
  const { endedAt, report } = recovery;
  if (endedAt === null) {
    const forgotten = await ports.applied.write(NOTHING_APPLIED);
    return forgotten.ok ? ok({ ...recovery, endedAt: ports.clock() }) : NO_TABLE;
  }
  const { grants, principals } = report;
  const event: PrincipalEvent = {
    ...{ id: recovery.id, principalId: BROKER, type: 'broker-recovered', at: endedAt, ...by },
    reason: recovery.withoutLedger ? 'without the files of the ledger' : '',
    restoredTo: recovery.restoredTo,
    ledger: !recovery.withoutLedger,
    ...{ madeAgain: grants.madeAgain, changed: grants.changed },
    ended: grants.ended + grants.deniedByRole,
    ...{ suspended: principals.suspended, resumed: principals.resumed },
    lookAt: report.lookAt.length + report.moreToLookAt,
  };
  return (await ports.append(event))
    ? ok(nextPhase(recovery))
    : waiting('the trail does not answer');
};

const NOTHING_APPLIED = { hash: '', passes: 0, at: 0, place: null, unchecked: [] };
