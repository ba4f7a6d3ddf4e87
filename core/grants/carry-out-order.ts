import { initiatorIn } from '../audit.ts';
import type { Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import type { Instant } from '../instant.ts';
import { awaitsKill } from '../lifecycle/end.ts';
import type { PrincipalStore } from '../ports.ts';
import { covers, endReasonOf, type OpenOrder, withEnded } from '../principal-order.ts';
import { type EndPorts, endOpenGrant, type Outcome } from './end-by-order.ts';

export type CarryOutPorts = EndPorts & {
  readonly principals: Pick<PrincipalStore, 'openGrants' | 'settleGates' | 'keep' | 'finish'>;
};

/** How much one pass may do; the next pass goes on where it stopped. */
export type Limits = { readonly grants: number; readonly until: Instant };

/** What one pass over the open grants of a principal did. */
export type Pass = {
  readonly open: OpenOrder;
  /** Everything that the order covers has ended. */
  readonly finished: boolean;
  readonly ended: readonly Grant[];
  /** Grants that wait for the kill switch, since this pass or before it. */
  readonly killing: readonly string[];
  /** Grants that could not be ended. */
  readonly failed: readonly string[];
  /** Why something could not be done. */
  readonly fault: Unavailable | null;
};

/** This many grants are ended at a time. */
const AT_ONCE = 10;

/**
 * Keeps the principal out or lets it in, and then ends the open grants that the order covers, within limits.
 * A grant that cannot be ended now keeps none of the others alive. It may run again, and twice at once.
 *
 * @param suspended Whether the principal is suspended now.
 */
export async function carryOut(
  ports: CarryOutPorts,
  open: OpenOrder,
  suspended: boolean,
  limits: Limits,
): Promise<Pass> {
  let pass: Pass = { open, finished: false, ended: [], killing: [], failed: [], fault: null };
  const { what } = open.order;
  if (what !== 'revoke') {
    // Nothing may begin behind the back of what ends the grants.
    const settled = await ports.principals.settleGates(open.order);
    if (!settled.ok) return settle(ports, { ...pass, fault: settled.error });
  }
  if (what === 'resume') return settle(ports, { ...pass, finished: true });
  for (let seen = 0; seen < limits.grants && ports.clock() < limits.until; seen += AT_ONCE) {
    const query = { after: pass.open.after, limit: AT_ONCE };
    const ids = await ports.principals.openGrants(open.order.principal, query);
    if (!ids.ok) return settle(ports, { ...pass, fault: ids.error });
    pass = await endThese(ports, pass, ids.value, suspended);
    if (ids.value.length < AT_ONCE) return settle(ports, atTheEnd(pass));
  }
  return settle(ports, pass);
}

async function endThese(
  ports: CarryOutPorts,
  pass: Pass,
  ids: readonly string[],
  suspended: boolean,
): Promise<Pass> {
  const { order } = pass.open;
  const done = await Promise.all(
    ids.map(async (grantId) => {
      const result = await endOpenGrant(ports, {
        grantId,
        reason: endReasonOf(order),
        by: initiatorIn(order),
        covers: (grant) => covers(order, grant, suspended),
      });
      return { grantId, result };
    }),
  );
  const outcomes = done.flatMap(({ result }) => (result.ok ? (result.value ?? []) : []));
  const faults = done.flatMap(({ grantId, result }) =>
    result.ok ? [] : [{ grantId, error: result.error }],
  );
  const ended = outcomes.filter(({ what }) => what === 'ended').map(({ grant }) => grant);
  const progress = withEnded(pass.open, ended);
  return {
    ...pass,
    open: {
      ...progress,
      after: ids.at(-1) ?? progress.after,
      missed: progress.missed + faults.length,
    },
    ended: [...pass.ended, ...ended],
    killing: [...pass.killing, ...killingOf(outcomes)],
    failed: [...pass.failed, ...faults.map(({ grantId }) => grantId)],
    fault: faults.at(0)?.error ?? pass.fault,
  };
}

function killingOf(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.filter(({ grant }) => awaitsKill(grant)).map(({ grant }) => grant.id);
}

/** After the last open grant: done, or back to the beginning for those that could not be ended. */
function atTheEnd(pass: Pass): Pass {
  if (pass.open.missed === 0) return { ...pass, finished: true };
  return { ...pass, open: { ...pass.open, after: null, missed: 0 } };
}

/** Writes down how far the order has come. A finished order that cannot be forgotten is finished again. */
async function settle({ principals }: CarryOutPorts, pass: Pass): Promise<Pass> {
  const { open, finished } = pass;
  const written = finished ? await principals.finish(open) : await principals.keep(open);
  return written.ok ? pass : { ...pass, finished: false, fault: pass.fault ?? written.error };
}
