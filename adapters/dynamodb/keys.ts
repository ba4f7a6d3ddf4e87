import type { AuditEvent } from '../../core/audit.ts';
import type { Grant } from '../../core/grant.ts';

/** Every key of the table; `docs/storage-schema.md` shows an example of each. */

export type Key = { readonly pk: string; readonly sk: string };

export const BY_REQUESTER = 'byRequester';
export const BY_STATUS = 'byStatus';
export const BY_DUE = 'byDue';

/** What is due is spread over so many partitions: each bears 1,000 writes a second. */
export const SWEEP_SHARDS = 8;

export function grantKey(id: string): Key {
  return { pk: `GRANT#${id}`, sk: 'GRANT' };
}

/** Events sort by time; `position` keeps those of one transaction in their order. */
export function eventKey(event: AuditEvent, position = 0): Key {
  const time = new Date(event.at).toISOString();
  return { pk: `GRANT#${event.grantId}`, sk: `EVENT#${time}#${position}#${event.id}` };
}

export function idempotencyKey(principal: string, key: string): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `KEY#${key}` };
}

/** There while the principal may not vend. */
export function suspensionKey(principal: string): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: 'SUSPENSION' };
}

/** Who suspended or resumed the principal, and when. */
export function principalEventKey(principal: string, at: number): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `AUDIT#${new Date(at).toISOString()}` };
}

/** There while the kill switch of the role cannot be written. */
export function freezeKey(roleArn: string): Key {
  return { pk: `ROLE#${roleArn}`, sk: 'FREEZE' };
}

/** What is denied on a role, one item a grant. */
export function denialKey(roleArn: string, grantId: string): Key {
  return { pk: `ROLE#${roleArn}`, sk: `DENY#${grantId}` };
}

/** What the role's kill switch was last seen to hold, and who may write it now. */
export function switchKey(roleArn: string): Key {
  return { pk: `ROLE#${roleArn}`, sk: 'SWITCH' };
}

/** There while the grant is not over. */
export function openGrantKey(principal: string, grantId: string): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `GRANT#${grantId}` };
}

/** There while the grant's review is owed. */
export function reviewKey(principal: string, grantId: string): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `REVIEW#${grantId}` };
}

/** Where the workflow's execution waits. */
export function workflowKey(grantId: string): Key {
  return { pk: `GRANT#${grantId}`, sk: 'WORKFLOW' };
}

export function sweepShard(grantId: string): number {
  return (grantId.codePointAt(grantId.length - 1) ?? 0) % SWEEP_SHARDS;
}

/** The sort key of both indexes: newest last, unique. */
export function createdKey(grant: Pick<Grant, 'createdAt' | 'id'>): string {
  return `${new Date(grant.createdAt).toISOString()}#${grant.id}`;
}

/** Which policy bundle the open grants were last held against. */
export const BUNDLE_KEY: Key = { pk: 'BUNDLE', sk: 'APPLIED' };
