import type { Failure } from '../failure.ts';
import type { PolicyEngine, PrincipalStore, SuspensionPage, SuspensionPlace } from '../ports.ts';
import type { Caller } from '../principal.ts';
import { err, type Result } from '../result.ts';

export type ListSuspendedPorts = {
  readonly engine: PolicyEngine;
  readonly principals: Pick<PrincipalStore, 'suspended'>;
};

/** One page of everybody who is suspended, for administrators. */
export async function listSuspended(
  { engine, principals }: ListSuspendedPorts,
  { principal }: Caller,
  query: { readonly limit: number; readonly after?: SuspensionPlace },
): Promise<Result<SuspensionPage, Failure>> {
  const allowed = engine.mayOnBroker('administer', principal);
  if (!allowed.ok) return allowed;
  if (allowed.value) return principals.suspended(query);
  return err({ code: 'forbidden', detail: 'Policy does not let you list suspended principals.' });
}
