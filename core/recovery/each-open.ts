import type { Grant, GrantStatus } from '../grant.ts';
import type { ListPlace } from '../ports.ts';
import { ok, type Result } from '../result.ts';
import type { RecoverPorts } from './recover-ports.ts';
import { nextPhase, type Recovery } from './recovery.ts';
import { NO_TABLE, type Stopped } from './stopped.ts';

/** Those on which something is left to do. Grants move forward through these, so none slips past. */
const UNFINISHED: readonly GrantStatus[] = ['pending', 'scheduled', 'active', 'revoking'];
const PAGE = 25;

type Place = { readonly status: GrantStatus; readonly after: ListPlace | null };

/** Deals with a page of the grants on which something is left to do; after the last one comes the next phase. */
export async function eachOpen(
  ports: RecoverPorts,
  recovery: Recovery,
  work: (grant: Grant, recovery: Recovery) => Promise<Result<Recovery, Stopped>>,
): Promise<Result<Recovery, Stopped>> {
  const { status, after } = placeIn(recovery.after);
  const query = { status, limit: PAGE, ...(after !== null && { after }) };
  const page = await ports.store.list(query);
  if (!page.ok) return NO_TABLE;
  let latest = recovery;
  for (const grant of page.value.grants) {
    const done = await work(grant, latest);
    if (!done.ok) return done;
    latest = done.value;
  }
  const next = placeAfter(status, page.value.next);
  if (next === null) return ok(nextPhase(latest));
  return ok({ ...latest, after: JSON.stringify(next) });
}

function placeIn(after: string): Place {
  const [first = 'pending'] = UNFINISHED;
  return after === '' ? { status: first, after: null } : (JSON.parse(after) as Place);
}

function placeAfter(status: GrantStatus, next: ListPlace | null): Place | null {
  if (next !== null) {
    const { createdAt, id } = next;
    return { status, after: { createdAt, id } };
  }
  const following = UNFINISHED[UNFINISHED.indexOf(status) + 1];
  return following === undefined ? null : { status: following, after: null };
}
