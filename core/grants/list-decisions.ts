import type { RequestedEvent } from '../audit.ts';
import type { Failure, Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import type { GrantQuery, ListPlace } from '../ports.ts';
import type { Caller } from '../principal.ts';
import { err, ok, type Result } from '../result.ts';
import type { ReadPorts } from './read-grants.ts';

/** A decision with everything the engine saw: enough to put it to another bundle. */
export type RecordedDecision = { readonly grant: Grant; readonly event: RequestedEvent };

export type DecisionPage = {
  readonly decisions: readonly RecordedDecision[];
  readonly next: ListPlace | null;
};

/** One page of recorded decisions, newest first, for those who may audit. */
export async function listDecisions(
  ports: ReadPorts,
  caller: Caller,
  query: GrantQuery,
): Promise<Result<DecisionPage, Failure>> {
  const audits = ports.engine.mayOnBroker('audit', caller.principal);
  if (!audits.ok) return audits;
  if (!audits.value) {
    return err({
      code: 'forbidden',
      detail: 'You need permission to audit to read recorded decisions.',
    });
  }
  const page = await ports.store.list(query);
  if (!page.ok) return page;
  const { grants, next } = page.value;
  const decisions: RecordedDecision[] = [];
  for (const found of await Promise.all(grants.map((grant) => recorded(ports, grant)))) {
    if (!found.ok) return found;
    decisions.push(found.value);
  }
  return ok({ decisions, next });
}

/** The record is written with the grant, in one transaction, so a grant without one is damage. */
async function recorded(
  { store }: ReadPorts,
  grant: Grant,
): Promise<Result<RecordedDecision, Unavailable>> {
  const event = await store.requestedEvent(grant.id);
  if (!event.ok) return event;
  if (event.value === null) return err({ code: 'unavailable', what: 'store', grantId: grant.id });
  return ok({ grant, event: event.value });
}
