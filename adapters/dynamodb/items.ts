import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { AuditEvent } from '../../core/audit.ts';
import type { Grant } from '../../core/grant.ts';
import { createdKey, eventKey, grantKey } from './keys.ts';

/** Grants and events as items, and back. Keys and index attributes exist in items only. */

export type Item = Record<string, AttributeValue>;

export function grantItem(grant: Grant): Item {
  return marshall({
    ...grant,
    ...grantKey(grant.id),
    requesterId: grant.requester.id,
    createdKey: createdKey(grant),
  });
}

export function readGrant(item: Item): Grant {
  const { pk: _, sk: __, requesterId: ___, createdKey: ____, ...grant } = unmarshall(item);
  return grant as Grant;
}

export function eventItem(event: AuditEvent, position = 0): Item {
  return marshall({ ...event, ...eventKey(event, position) }, { removeUndefinedValues: true });
}

export function readEvent(item: Item): AuditEvent {
  const { pk: _, sk: __, ...event } = unmarshall(item);
  return event as AuditEvent;
}
