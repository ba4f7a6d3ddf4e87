import type { CallSource } from '../call.ts';
import type { Failure, Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { err, ok, type Result } from '../result.ts';
import { type AuthorityPorts, anyPermits, isOwn, onEntitlement } from './authority.ts';
import { judgeUse, type Use } from './judge-use.ts';
import { isApprover } from './who-may-vote.ts';

/** What a caller may do with a grant that exists. */

/**
 * Principals see their own grants with a token that may use them, those they voted on, and those they may
 * vote on, revoke, review or audit.
 */
export async function maySee(
  ports: AuthorityPorts,
  call: CallSource,
  grant: Grant,
): Promise<Result<boolean, Unavailable>> {
  const own = isOwn(grant, call);
  const use = own ? await judgeUse(ports, call, grant) : null;
  if (use !== null && (!use.ok || use.value.kind !== 'refused')) return use.ok ? ok(true) : use;
  const { principal } = call.caller;
  const votes = [...grant.approvals.votes, ...(grant.extension?.approvals.votes ?? [])];
  if (votes.some(({ approver }) => approver.id === principal.id)) return ok(true);
  const permitted = anyPermits([
    () => ports.engine.mayOnBroker('audit', principal),
    () => ports.engine.mayOnBroker('administer', principal),
    () => onEntitlement(ports, 'revoke', call, grant),
    () => onEntitlement(ports, 'review', call, grant),
  ]);
  return !permitted.ok || permitted.value ? permitted : isApprover(ports, call, grant);
}

export function mayReview(
  ports: AuthorityPorts,
  call: CallSource,
  grant: Grant,
): Result<boolean, Unavailable> {
  return onEntitlement(ports, 'review', call, grant);
}

/** Whether the caller may use the grant: only its requester may, with a token that could request it. */
export async function mayUse(
  ports: AuthorityPorts,
  call: CallSource,
  grant: Grant,
  detail: string,
): Promise<Result<null, Failure>> {
  return useUnless(['refused'], ports, call, grant, detail);
}

/** The same for credentials: where the token would need an approval, the grant must have had one. */
export async function mayVendUnder(
  ports: AuthorityPorts,
  call: CallSource,
  grant: Grant,
): Promise<Result<null, Failure>> {
  const detail = 'Only the requester of a grant can vend credentials under it.';
  return useUnless(['refused', 'unapproved'], ports, call, grant, detail);
}

async function useUnless(
  refusals: readonly Use['kind'][],
  ports: AuthorityPorts,
  call: CallSource,
  grant: Grant,
  detail: string,
): Promise<Result<null, Failure>> {
  if (!isOwn(grant, call)) return err({ code: 'forbidden', grant, detail });
  const use = await judgeUse(ports, call, grant);
  if (!use.ok) return use;
  if (!refusals.includes(use.value.kind) || !('decision' in use.value)) return ok(null);
  return err({ code: 'token-denied', grant, decision: use.value.decision });
}

/**
 * Whether the caller may end the grant: its requester with a token that may use it, administrators and
 * others whom policy lets revoke, and approvers, because they could have refused it. Requesters end their
 * own grants also while the policy engine fails (I10).
 */
export async function mayEnd(
  ports: AuthorityPorts,
  call: CallSource,
  grant: Grant,
  detail: string,
): Promise<Result<null, Failure>> {
  const own = isOwn(grant, call);
  const use = own ? await mayUse(ports, call, grant, detail) : null;
  if (use !== null && (use.ok || use.error.code === 'unavailable')) return ok(null);
  const permitted = anyPermits([
    () => ports.engine.mayOnBroker('administer', call.caller.principal),
    () => onEntitlement(ports, 'revoke', call, grant),
  ]);
  const allowed =
    !permitted.ok || permitted.value || own ? permitted : await isApprover(ports, call, grant);
  if (!allowed.ok || allowed.value) return allowed.ok ? ok(null) : allowed;
  return use ?? err({ code: 'forbidden', grant, detail });
}
