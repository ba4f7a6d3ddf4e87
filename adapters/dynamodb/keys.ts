import type { AuditEvent } from '../../core/audit.ts';
import type { Grant } from '../../core/grant.ts';

/** Every key of the table; `docs/storage-schema.md` shows an example of each. */

export type Key = { readonly pk: string; readonly sk: string };

export const BY_REQUESTER = 'byRequester';
export const BY_STATUS = 'byStatus';

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

/** There while the kill switch of the role cannot be written. */
export function freezeKey(roleArn: string): Key {
  return { pk: `ROLE#${roleArn}`, sk: 'FREEZE' };
}

/** The sort key of both indexes: newest last, unique. */
export function createdKey(grant: Pick<Grant, 'createdAt' | 'id'>): string {
  return `${new Date(grant.createdAt).toISOString()}#${grant.id}`;
}
