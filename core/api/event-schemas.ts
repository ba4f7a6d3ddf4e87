import * as z from 'zod';
import {
  type AuditEvent,
  EVENT_TYPES,
  PRINCIPAL_EVENT_TYPES,
  type PrincipalEvent,
  SIGNAL_KINDS,
} from '../audit.ts';
import { GRANT_STATUSES } from '../grant.ts';
import { EVENT_VERSION } from './event-detail.ts';
import { actor, decision, requester, scope, traceId } from './responses.ts';

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

const token = z
  .string()
  .optional()
  .describe('A hash that tells the token of the call from others; absent where it says too little');

type EventType = AuditEvent['type'];

const FIELDS: Readonly<Record<EventType, z.ZodRawShape>> = {
  requested: {
    breakGlass: z.boolean(),
    scope: scope.nullable().optional().describe('Absent in events of earlier versions'),
    startsAt: time
      .nullable()
      .optional()
      .describe('The requested start, or the real one of what policy allowed at once'),
    token,
    decision,
  },
  vended: { session, token },
  'vend-failed': { session, reason },
  voted: {
    vote: z.enum(['approve', 'deny']),
    comment,
    warning: z.string().optional().describe('What people should look at; the vote counts'),
  },
  'vote-withdrawn': { comment },
  'vote-voided': { approver: requester, reason },
  approved: { decision, startsAt: time.optional(), expiresAt: time.optional() },
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
  'usage-read': {
    calls: z.int().describe('Calls under the keys of the grant'),
    refused: z.int().describe('Those of them that AWS refused'),
    used: z.int().describe('Actions that were used, of those that are granted'),
    granted: z.int().describe('Actions that are granted, with wildcards resolved'),
    unknown: z.int().describe('Granted actions whose use the logs do not show; they may be used'),
    afterEnd: z
      .int()
      .describe('Calls more than a minute after the end of the grant that were not refused'),
    readFrom: time.describe('The beginning of what was read'),
    readUntil: time,
  },
};

const REVIEW_FIELDS: Readonly<Partial<Record<PrincipalEvent['type'], z.ZodRawShape>>> = {
  'access-review-started': {
    from: z.string().describe('First day of the period'),
    to: z.string().describe('Last day, which is included'),
    entitlements: z.array(z.string()).nullable().describe('null for all'),
    items: z.int(),
    listHash: z.string().describe('Of the canonical JSON (RFC 8785) of the list of items'),
    bundle: z.string().describe('The hash that decisions name'),
    file: z.string().describe('The bundle, beside the files of the log'),
    checkpoint: z.strictObject({ size: z.int(), root: z.string() }),
  },
  'access-review-decided': {
    decisions: z.array(
      z.strictObject({
        item: z.int(),
        entitlement: z.string(),
        principal: z.string().nullable().describe('null where the broker does not know who it is'),
        policies: z.array(z.string()).describe('What would have to change to take it away'),
        decision: z.enum(['keep', 'remove']),
        reason,
      }),
    ),
  },
  'access-review-signed': { listHash: z.string(), keep: z.int(), remove: z.int() },
};

export const EVENT_SCHEMAS = Object.fromEntries([
  ...EVENT_TYPES.map((type) => [type, schemaOf(type)]),
  ...PRINCIPAL_EVENT_TYPES.map((type) => [type, principalSchemaOf(type)]),
]) as Readonly<Record<EventType | PrincipalEvent['type'], z.ZodType>>;

function schemaOf(type: EventType): z.ZodType {
  return z.strictObject({
    ...common(type),
    grantId: z.string(),
    entitlement: z.string(),
    status: z.enum(GRANT_STATUSES).describe('The status of the grant after this event'),
    grantVersion: z
      .int()
      .optional()
      .describe('The version of the grant after this event; absent in events of earlier versions'),
    actor: actor.describe('Who caused the event; broker for what the broker did on its own'),
    requestId: z.string(),
    traceId: traceId.optional(),
    ...FIELDS[type],
  });
}

/** The grants that an order ends have events of their own. */
function principalSchemaOf(type: PrincipalEvent['type']): z.ZodType {
  return z.strictObject({
    ...common(type),
    principalId: z.string(),
    actor: actor.describe(
      'Who gave the order. Of a direct order to the kill Lambda: the operator, or broker where they did not prove who they are',
    ),
    requestId: z.string(),
    traceId: traceId.optional(),
    ...(type === 'principal-refused' && {
      call: z.string().describe('Method and path'),
      problem: z.string().describe('The code of the failure: the last part of the problem type'),
    }),
    ...(type === 'signal-raised' && {
      kind: z.enum(SIGNAL_KINDS),
      principal: requester,
      count: z
        .int()
        .describe('How often, within the time that counts; of a role: its ended grants'),
      role: z.optional(z.string()).describe('Of kill-switch-pressure: the role of the switch'),
      percent: z
        .optional(z.int())
        .describe(
          'Of kill-switch-pressure: how much of its room it needs; above 100, it overflows',
        ),
    }),
    ...(type in REVIEW_FIELDS && {
      reviewId: z.string(),
      step: z.int().describe('Counts the events of one review, from 1'),
      ...REVIEW_FIELDS[type],
    }),
    ...(type === 'quarantine-begun' && { cause: z.enum(['order', 'recovery']) }),
    ...(type === 'broker-recovered' && {
      restoredTo: time.describe('The moment that the restored table showed'),
      ledger: z.boolean().describe('Whether what happened since was read from the ledger'),
      madeAgain: z.int().describe('Grants that the table did not know'),
      changed: z.int().describe('Grants that had gone on'),
      ended: z.int().describe('Grants that ended for the recovery'),
      suspended: z.int().describe('Principals that were suspended again'),
      resumed: z.int().describe('Principals that were let in again'),
      lookAt: z.int().describe('How much a person must look at'),
    }),
    ...(type === 'bundle-deployed' && {
      bundle: z.string().describe('The hash that decisions name'),
      file: z.string().describe('The bundle, beside the files of the log'),
      changes: z.array(z.string()).describe('How it differs from the one before, in words'),
    }),
    ...(type === 'evidence-exported' && {
      from: time,
      until: time.describe('The end of the period, which is not in it any more'),
      size: z.int().describe('Entries of the log that it was made from'),
      root: z.string().describe('The root of the tree of these entries, in base64'),
      manifest: z.string().describe('SHA-256 of the manifest, in hexadecimal'),
    }),
    reason: z.string().describe('Empty where none was given'),
  });
}

function common(type: string) {
  return {
    version: z.literal(EVENT_VERSION),
    id: z
      .string()
      .describe('Events are delivered at least once; repeated deliveries have the same id'),
    type: z.literal(type),
    at: time,
  };
}
