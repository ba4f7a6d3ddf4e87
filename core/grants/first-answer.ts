import type { Call, CallSource } from '../call.ts';
import { isOwn } from '../deciding/authority.ts';
import type { Failure, Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import type { GrantStore, Repeated, UsedKey } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';
import { type FindPorts, findGrant, findVisibleGrant } from './find-grant.ts';

/**
 * The answer to a repeated call with an `Idempotency-Key`: the first answer, as things stand now. The key is looked up before the rules are asked, because the first call has changed what they see.
 */

type KeyPorts = { readonly store: Pick<GrantStore, 'usedKey'> };

/** @returns the earlier use of the call's key; null where the call has none, or its key is new. */
export async function earlierUse(
  { store }: KeyPorts,
  { idempotency }: Pick<Call, 'idempotency'>,
): Promise<Result<UsedKey | null, Unavailable | Extract<Failure, { code: 'key-reused' }>>> {
  if (idempotency === null) return ok(null);
  const used = await store.usedKey(idempotency);
  if (!used.ok || used.value === null) return used;
  return used.value.fingerprint === idempotency.fingerprint ? used : err({ code: 'key-reused' });
}

/**
 * The grant that the first call changed, or the denial that it was answered. The caller has seen another
 * principal's grant in the first answer; for their own grant, the token that is presented now counts.
 */
export async function firstAnswer(
  ports: FindPorts,
  call: CallSource,
  { grantId, decision }: Pick<UsedKey, 'grantId' | 'decision'>,
): Promise<Result<Grant, Failure>> {
  const stored = await findGrant(ports.store, grantId);
  if (!stored.ok) return stored;
  const own = isOwn(stored.value, call);
  const found = own ? await findVisibleGrant(ports, call, grantId) : stored;
  if (!found.ok || decision === null) return found;
  return err({ code: 'denied', grant: found.value, decision });
}

/**
 * For calls whose write itself looks the key up, so that the vending path needs no read for it: only
 * where the rules refuse the call is the key looked up before the refusal is answered.
 */
export async function unlessRepeated(
  ports: KeyPorts,
  call: Pick<Call, 'idempotency'>,
  refusal: Failure,
): Promise<Failure | Repeated> {
  if (FINAL.includes(refusal.code)) return refusal;
  const earlier = await earlierUse(ports, call);
  if (!earlier.ok) return earlier.error;
  return earlier.value === null ? refusal : { code: 'repeated', grantId: earlier.value.grantId };
}

const FINAL: readonly Failure['code'][] = ['unavailable', 'key-reused', 'quarantined'];
