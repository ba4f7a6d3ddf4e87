import * as z from 'zod';
import { type AuditEvent, EVENT_TYPES } from '../audit.ts';
import { GRANT_STATUSES } from '../grant.ts';
import { EVENT_VERSION } from './event-detail.ts';
import { actor, decision, requester } from './responses.ts';

/** The `detail` of every event, by type: the contract with consumers of the bus. */

const time = z.iso.datetime().describe('RFC 3339, UTC');
const reason = z.string();
const comment = z.string().nullable();

const session = z
  .strictObject({
    roleArn: z.string(),
    sessionName: z.string().describe('RoleSessionName in CloudTrail'),
    sourceIdentity: z.string().describe('sourceIdentity in CloudTrail'),
    durationSeconds: z.int(),
  })
  .describe('Without its credentials');

type EventType = AuditEvent['type'];

const FIELDS: Readonly<Record<EventType, z.ZodRawShape>> = {
  requested: { breakGlass: z.boolean(), decision },
  vended: { session },
  'vend-failed': { session, reason },
  voted: { vote: z.enum(['approve', 'deny']), comment },
  'vote-withdrawn': { comment },
  'vote-voided': { approver: requester, reason },
  approved: { decision },
  denied: { reason },
  reminded: {},
  escalated: {},
  lapsed: {},
  started: {},
  expired: {},
  extended: { expiresAt: time, justification: z.string(), decision },
  'extension-denied': { decision },
  'extension-requested': { durationSeconds: z.int(), justification: z.string(), decision },
  'extension-refused': { reason },
  cancelled: { reason },
  revoking: { reason },
  killing: { reason },
  revoked: {
    reason,
    killSeconds: z
      .int()
      .nullable()
      .describe('Seconds from the ending until the deny was read back; null if nothing was vended'),
  },
  outlived: { reason },
  'kill-failed': { role: z.string(), reason },
  reviewed: { comment },
  'review-reminded': { dueAt: time },
};

export const EVENT_SCHEMAS = Object.fromEntries(
  EVENT_TYPES.map((type) => [type, schemaOf(type)]),
) as Readonly<Record<EventType, z.ZodType>>;

function schemaOf(type: EventType): z.ZodType {
  return z.strictObject({
    version: z.literal(EVENT_VERSION),
    id: z
      .string()
      .describe('Events are delivered at least once; repeated deliveries have the same id'),
    type: z.literal(type),
    at: time,
    grantId: z.string(),
    entitlement: z.string(),
    status: z.enum(GRANT_STATUSES).describe('The status of the grant after this event'),
    actor: actor.describe('Who caused the event; broker for what the broker did on its own'),
    requestId: z.string(),
    ...FIELDS[type],
  });
}
