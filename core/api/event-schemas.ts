import * as z from 'zod';
import { type AuditEvent, EVENT_TYPES } from '../audit.ts';
import { GRANT_STATUSES } from '../grant.ts';
import { EVENT_VERSION } from './event-detail.ts';
import { actor, decision } from './responses.ts';

/** What consumers of the bus may rely on: the `detail` of every event, by its type. */

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
  .describe('Never its keys');

type EventType = AuditEvent['type'];

const FIELDS: Readonly<Record<EventType, z.ZodRawShape>> = {
  requested: { breakGlass: z.boolean(), decision },
  vended: { session },
  'vend-failed': { session, reason },
  voted: { vote: z.enum(['approve', 'deny']), comment },
  'vote-withdrawn': { comment },
  approved: { decision },
  denied: { reason },
  reminded: {},
  escalated: {},
  lapsed: {},
  started: {},
  expired: {},
  extended: { expiresAt: time, justification: z.string(), decision },
  'extension-denied': { decision },
  cancelled: { reason },
  revoking: { reason },
  killing: { reason },
  revoked: {
    reason,
    killSeconds: z
      .int()
      .nullable()
      .describe('From the ending to the deny that was read back; null where nothing was vended'),
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
    id: z.string().describe('Deliveries of one event have one id: at least once'),
    type: z.literal(type),
    at: time,
    grantId: z.string(),
    entitlement: z.string(),
    status: z.enum(GRANT_STATUSES).describe('The status of the grant from here on'),
    actor: actor.describe('Who did it; broker for what time or repairs did'),
    requestId: z.string(),
    ...FIELDS[type],
  });
}
