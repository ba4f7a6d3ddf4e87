import type { Deployment } from '../entitlement.ts';
import { judgeGrant } from './judge.ts';
import { judgeEntitlement } from './judge-entitlement.ts';
import { judgingOf } from './judging-of.ts';
import { MEANING } from './meaning-of-records.ts';
import type { UsageJudge } from './usage-seams.ts';

/** Judges by the statements of the entitlement as it is now, with what is known of the services. */
export function judgeNow(deployment: Deployment): UsageJudge {
  return {
    grant: ({ entitlement, logs, grant: { parameters } }, read) =>
      judgeGrant(
        judgingOf(entitlement, deployment, parameters, { meaning: MEANING, logs: [logs] }),
        read,
      ),
    entitlement: ({ entitlement, logs, days }, grants) =>
      judgeEntitlement(judgingOf(entitlement, deployment, {}, { meaning: MEANING, logs }), {
        ...{ entitlement: entitlement.id, days, grants },
      }),
  };
}
