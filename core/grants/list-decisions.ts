import type { AuditEvent } from '../audit.ts';
import type { Failure } from '../failure.ts';
import type { Grant } from '../grant.ts';
import type { GrantQuery, ListPlace } from '../ports.ts';
import type { Caller } from '../principal.ts';
import { err, ok, type Result } from '../result.ts';
import type { ReadPorts } from './read-grants.ts';

export type RequestedEvent = Extract<AuditEvent, { type: 'requested' }>;

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
  const trails = await Promise.all(page.value.grants.map(({ id }) => ports.store.events(id)));
  const decisions: RecordedDecision[] = [];
  for (const [index, trail] of trails.entries()) {
    if (!trail.ok) return trail;
    const grant = page.value.grants[index];
    for (const event of trail.value) {
      if (event.type === 'requested' && grant !== undefined) decisions.push({ grant, event });
    }
  }
  return ok({ decisions, next: page.value.next });
}
