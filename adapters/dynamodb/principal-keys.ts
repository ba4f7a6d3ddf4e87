import type { PrincipalEvent } from '../../core/audit.ts';
import type { Grant } from '../../core/grant.ts';
import { shortHash } from '../../core/ids.ts';
import type { Counted } from '../../core/limits.ts';
import type { Crowd } from '../../core/upkeep/crowded-mails.ts';
import { createdKey, type Key } from './keys.ts';

/** What the table keeps by principal: orders and suspensions, its grants, what it was denied, how much it uses. */

export function idempotencyKey(principal: string, key: string): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `KEY#${key}` };
}

/** Exists while the principal is suspended. No vend touches it: vends check its gates. */
export function suspensionKey(principal: string): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: 'SUSPENSION' };
}

/** How the sort keys of a principal's events begin. */
export const AUDIT = 'AUDIT#';

/**
 * A line of the principal's own audit trail. Version 0.1 wrote it to the partition of the principal; nobody may
 * delete from this one.
 */
export function principalEventKey({
  principalId,
  at,
  id,
}: Pick<PrincipalEvent, 'principalId' | 'at' | 'id'>): Key {
  return { pk: `TRAIL#${principalId}`, sk: `${AUDIT}${new Date(at).toISOString()}#${id}` };
}

/** Exists while the grant is open. */
export function openGrantKey(principal: string, grantId: string): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `GRANT#${grantId}` };
}

/** The principal voted on the grant; sorts like every list of grants. */
export function votedKey(principal: string, grant: Pick<Grant, 'createdAt' | 'id'>): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `${VOTED}${createdKey(grant)}` };
}

export const VOTED = 'VOTED#';

/** A grant of the entitlement began then: the principal's history, in the order of time. */
export function begunKey(principal: string, entitlement: string, at: number, grantId = ''): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `BEGUN#${entitlement}#${timeOf(at)}#${grantId}` };
}

/** Exists while the grant, or its extension, waits for votes. */
export function waitingKey(principal: string, grantId = ''): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `WAITING#${grantId}` };
}

/** Uses of a principal or a grant within one minute; several counters share a limit. */
export function countKey({ limit, of }: Counted, minute: number, counter: number): Key {
  return { pk: `COUNT#${of}`, sk: `${limit}#${minute}#${counter}` };
}

/** Events of one type about one requester in one hour, that ask approvers for votes. */
export function crowdKey({ type, requester, hour }: Crowd): Key {
  return { pk: `CROWD#${requester}`, sk: `${type}#${hour}` };
}

/** A request of the principal was denied then. */
export function deniedKey(principal: string, at: number, grantId = ''): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `DENIED#${timeOf(at)}#${grantId}` };
}

/** A request of the principal lapsed, or was cancelled, then. */
export function droppedKey(
  principal: string,
  how: 'LAPSED' | 'CANCELLED',
  at: number,
  grantId = '',
): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `${how}#${timeOf(at)}#${grantId}` };
}

/** The principal cast its vote on the grant then. */
export function castKey(principal: string, at: number, grantId = ''): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `CAST#${timeOf(at)}#${grantId}` };
}

/** A signal of this kind goes on, or did lately; of a principal, or of a role. */
export function episodeKey(of: string, kind: string): Key {
  return { pk: `SIGNALS#${of}`, sk: kind };
}

/** Approvers refused the principal a request for the entitlement, or an extension, then. */
export function refusedKey(principal: string, entitlement: string, at: number, grantId = ''): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `REFUSED#${entitlement}#${timeOf(at)}#${grantId}` };
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}

/** Exists while the grant owes a review. */
export function reviewKey(principal: string, grantId: string): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `REVIEW#${grantId}` };
}

/** Everybody who is suspended, by time. A hash, because ids can be longer than a sort key. */
export const SUSPENSIONS = 'SUSPENSIONS';

export function suspensionListKey({
  at,
  hash,
}: {
  readonly at: number;
  readonly hash: string;
}): Key {
  return { pk: SUSPENSIONS, sk: `${new Date(at).toISOString()}#${hash}` };
}

export function suspensionPlace(principal: string, at: number) {
  return { at, hash: shortHash(principal) };
}

/** Orders about principals that may have grants left to end, by time. */
export const ORDERS = 'ORDERS';

export function orderKey({ at, id }: { readonly at: number; readonly id: string }): Key {
  return { pk: ORDERS, sk: `${new Date(at).toISOString()}#${id}` };
}
