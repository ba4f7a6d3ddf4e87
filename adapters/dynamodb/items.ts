import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { AuditEvent, PrincipalEvent } from '../../core/audit.ts';
import { GRANT_STATUSES, type Grant, type RequestedWith, type Vote } from '../../core/grant.ts';
import { sweepAt } from '../../core/lifecycle/next-step.ts';
import { LONGEST_SESSION_SECONDS } from '../../core/session.ts';
import { DamagedItem } from './damaged-item.ts';
import {
  createdKey,
  eventKey,
  grantIdOf,
  grantKey,
  ledgerShard,
  statusShard,
  sweepShard,
} from './keys.ts';
import { principalEventKey } from './principal-keys.ts';

/** Grants and events as items, and back. Keys and index attributes exist in items only. */

export type Item = Record<string, AttributeValue>;

/**
 * The table keeps two names of its first version, so that Lambdas of two versions can share it:
 * `denial` for the kill order, and `denials` for the votes that refuse a request.
 */
export function grantItem({ kill, approvals, ...grant }: Grant): Item {
  const { refusals, ...others } = approvals;
  return marshall({
    ...grant,
    denial: kill,
    approvals: { ...others, denials: refusals },
    ...grantKey(grant.id),
    requesterId: grant.requester.id,
    createdKey: createdKey(grant),
    statusShard: statusShard(grant),
    ...sweepAttributes({ ...grant, kill, approvals }),
  });
}

/** Only grants on which something is still due are in the sweep's index. */
function sweepAttributes(grant: Grant) {
  const dueAt = sweepAt(grant);
  return dueAt === null ? {} : { sweepShard: sweepShard(grant.id), dueAt };
}

/** @throws DamagedItem where it lacks what lists and authority depend on. */
export function readGrant(item: Item): Grant {
  const unmarshalled = unmarshall(item);
  if (!isGrant(unmarshalled)) throw new DamagedItem(`the grant ${grantIdOf(item['pk']?.S)}`);
  const { pk, sk, requesterId, createdKey: _, statusShard: __, ...withDue } = unmarshalled;
  const { sweepShard: ___, dueAt, ...stored } = withDue;
  const { denial, approvals, extension = null, requestedWith = NOTHING_KNOWN, ...grant } = stored;
  const { sessionDurationSeconds = LONGEST_SESSION_SECONDS } = stored;
  const { denials, votes, ...others } = approvals;
  const known = (votes as readonly Vote[]).map((vote) => ({ ...vote, facts: vote.facts ?? null }));
  return {
    ...grant,
    sessionDurationSeconds,
    requestedWith,
    extension,
    kill: denial,
    approvals: { ...others, votes: known, refusals: denials },
  } as Grant;
}

/** Without these a grant would be passed over as if it were another one. */
function isGrant({ id, status, requester, entitlement, createdAt, approvals }: Row): boolean {
  return (
    [id, requester?.id, entitlement].every((text) => typeof text === 'string') &&
    GRANT_STATUSES.some((known) => known === status) &&
    typeof createdAt === 'number' &&
    Array.isArray(approvals?.votes)
  );
}

type Row = ReturnType<typeof unmarshall>;

/** Of grants that were written before the table kept these facts. A policy that needs an MFA age refuses them. */
const NOTHING_KNOWN: RequestedWith = { startsInSeconds: 0, mfaAgeSeconds: null, history: null };

export function eventItem(event: AuditEvent, position = 0): Item {
  return marshall(
    { ...event, ...eventKey(event, position), ...ledgerAttributes(event) },
    { removeUndefinedValues: true },
  );
}

/** An event that comes back from the ledger: nobody is told of it again. */
export function restoredItem(event: Item): Item {
  return { ...event, restored: { BOOL: true } };
}

export function isRestored(item: Item): boolean {
  return item['restored']?.BOOL === true;
}

export function principalEventItem(event: PrincipalEvent): Item {
  return marshall(
    { ...event, ...principalEventKey(event), ...ledgerAttributes(event) },
    { removeUndefinedValues: true },
  );
}

/** The index lists events in the order of time for whoever looks for those that the ledger has not. */
function ledgerAttributes({ id, at }: Pick<AuditEvent, 'id' | 'at'>) {
  return { sweepShard: ledgerShard(id), dueAt: at };
}

export function readEvent(item: Item): AuditEvent {
  return withoutKey(item) as AuditEvent;
}

/**
 * An event of a grant or of a principal, as the table's stream delivers it.
 *
 * @returns null for the lines about principals that version 0.1 wrote, which are no events.
 */
export function readAnyEvent(item: Item): AuditEvent | PrincipalEvent | null {
  return item['id'] === undefined ? null : (withoutKey(item) as AuditEvent | PrincipalEvent);
}

function withoutKey(item: Item): unknown {
  const row = unmarshall(item);
  const { pk: _, sk: __, sweepShard: ___, dueAt: ____, restored: _____, ...event } = row;
  return event;
}
