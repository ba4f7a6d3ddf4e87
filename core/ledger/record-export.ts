import { initiatorOf, type PrincipalEvent } from '../audit.ts';
import type { Call } from '../call.ts';
import type { Failure } from '../failure.ts';
import { newEventId } from '../ids.ts';
import type { PolicyEngine } from '../ports.ts';
import type { PrincipalRecords } from '../principal-records.ts';
import { err, ok, type Result } from '../result.ts';
import { mayAudit } from './read-log.ts';

export type ExportPorts = PrincipalRecords & {
  readonly engine: Pick<PolicyEngine, 'mayOnBroker'>;
};

type Exported = Extract<PrincipalEvent, { readonly type: 'evidence-exported' }>;

/**
 * Leaves the record that the caller takes evidence away. Its entry in the log vouches for the manifest, and so for every
 * file that the manifest names. What the caller says of the export is not checked: whoever has the log can make the
 * same export, and compare.
 */
export async function recordExport(
  { engine, append, clock, random }: ExportPorts,
  call: Call,
  what: Pick<Exported, 'from' | 'until' | 'size' | 'root' | 'manifest'>,
): Promise<Result<Exported, Failure>> {
  const may = mayAudit(engine, call.caller);
  if (!may.ok) return may;
  const event: Exported = {
    id: newEventId(random),
    principalId: call.caller.principal.id,
    type: 'evidence-exported',
    at: clock(),
    ...initiatorOf(call),
    ...what,
    reason: '',
  };
  return (await append(event)) ? ok(event) : err({ code: 'unavailable', what: 'store' });
}
