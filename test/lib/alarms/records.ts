import { eventItem, grantItem } from '../../../adapters/dynamodb/items.ts';
import type { AuditEvent, Happening } from '../../../core/audit.ts';
import type { Grant } from '../../../core/grant.ts';
import { ACCOUNT } from '../../support/lambda-environment.ts';
import { activeGrant, requestedEvent } from '../../support/sample-grants.ts';

/** Grants and events, and what the table's stream says of them. */

export const ROLE = `arn:aws:iam::${ACCOUNT}:role/valetkey/artifacts`;

export function revokingGrant(): Grant {
  const until = Date.now() + 660_000;
  return activeGrant({
    ...{ status: 'revoking', targetRole: ROLE, expiresAt: until, keysValidUntil: until },
    kill: { roles: [ROLE], at: Date.now(), until },
  });
}

const inserted = (item: object) => ({
  Records: [{ eventName: 'INSERT', dynamodb: { SequenceNumber: '1', NewImage: item } }],
});

export function eventRecord(happening: Happening): object {
  const event = { ...requestedEvent(activeGrant()), ...happening } as AuditEvent;
  return inserted(eventItem(event));
}

export function grantRecord(): object {
  return inserted(grantItem(activeGrant()));
}
