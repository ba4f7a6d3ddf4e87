import * as z from 'zod';
import { EVENT_TYPES } from '../audit.ts';
import { GRANT_STATUSES } from '../grant.ts';

/** What callers get: for the OpenAPI document, and for the tests that check answers against it. */

const time = z.iso.datetime().describe('RFC 3339, UTC');
const optionalTime = time.nullable();

export const decision = z
  .strictObject({
    outcome: z.enum(['allow', 'approve', 'deny']),
    policies: z.array(z.string()).describe('Ids of the policies that determined the outcome'),
    advice: z.array(z.string()),
    bundle: z.string().describe('Hash of the policy bundle that decided'),
  })
  .meta({ id: 'Decision' });

export const scope = z
  .strictObject({
    actions: z.array(z.string()).optional(),
    resources: z.array(z.string()).optional(),
  })
  .describe('How the caller narrowed the entitlement');

export const requester = z.strictObject({
  type: z.enum(['User', 'Workload']),
  id: z.string().describe('Immutable'),
  name: z.string().describe('For display; never compared'),
});

const operator = z.strictObject({
  type: z.literal('Operator'),
  id: z.string().describe('The user id of AWS: immutable, and never given to anybody else'),
  name: z.string().describe('The ARN'),
});

const chatUser = z.strictObject({
  type: z.literal('ChatUser'),
  id: z.string().describe('slack:<team>:<user>, as the chat vouches for it'),
  name: z.string().describe('What the chat shows'),
});

export const actor = z.union([requester, operator, chatUser, z.literal('broker')]);

const vote = z.strictObject({
  approver: requester,
  vote: z.enum(['approve', 'deny']),
  comment: z.string().nullable(),
  at: time,
});

const approvals = z.strictObject({
  required: z.int().describe('How many people must approve'),
  votes: z.array(vote),
  escalated: z.boolean().describe('Whether the second tier may vote as well'),
  lapsesAt: optionalTime,
  matchCode: z
    .strictObject({ triesLeft: z.int() })
    .optional()
    .describe('Whoever approves must send the two digits that the requester was shown'),
});

const extension = z.strictObject({
  durationSeconds: z.int().describe('Counted from the approval, or from a later start'),
  justification: z.string(),
  requestedAt: time,
  approvals,
  decision,
});

const review = z.strictObject({
  status: z.enum(['due', 'done']),
  dueAt: time,
  reviewer: requester.nullable(),
  comment: z.string().nullable(),
  at: optionalTime,
});

const details = z
  .strictObject({
    title: z.string(),
    risk: z.string(),
    sessionPolicy: z
      .looseObject({})
      .nullable()
      .describe('What sessions may do; null if the entitlement has changed since the request'),
    history: z.strictObject({ recentDenials: z.int(), firstUse: z.boolean() }),
  })
  .describe(
    'What approvers need to decide; only in GET /v1/grants/{id}, and not for the requester',
  );

export const grant = z
  .strictObject({
    id: z.string(),
    status: z.enum(GRANT_STATUSES),
    version: z.int(),
    requester,
    entitlement: z.string(),
    parameters: z.record(z.string(), z.string()),
    scope: scope.nullable(),
    justification: z.string(),
    ticket: z.string().nullable(),
    durationSeconds: z.int(),
    createdAt: time,
    startsAt: optionalTime,
    expiresAt: optionalTime,
    endedAt: optionalTime,
    endReason: z.string().nullable(),
    keysValidUntil: optionalTime.describe(
      'Until when credentials vended under the grant may work; null while none were vended',
    ),
    approvals,
    extension: extension
      .nullable()
      .describe('The extension that waits for votes; the grant runs on as it is meanwhile'),
    review: review.nullable().describe('The review that a break-glass use owes'),
    decision,
    details: details.optional(),
    matchCode: z
      .string()
      .optional()
      .describe(
        'Two digits to tell the approver. Only the answer that creates the request or the extension has them',
      ),
  })
  .meta({ id: 'Grant' });

export const credentials = z
  .strictObject({
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
    sessionToken: z.string(),
    expiration: time,
  })
  .meta({ id: 'Credentials' });

export const inForce = z
  .strictObject({
    cause: z
      .enum(['order', 'recovery'])
      .describe('recovery: the records may be older than what happened'),
    since: optionalTime.describe('null for some minutes after a deployment for recovery'),
    by: actor,
    reason: z.string(),
    release: z
      .strictObject({ by: requester, at: time })
      .nullable()
      .describe('Who asked to end it; another person has to ask as well'),
    deployed: z
      .boolean()
      .describe('Whether the deployment keeps it in force: then nobody can release it'),
  })
  .meta({ id: 'Quarantine' });

export const quarantine = z
  .strictObject({
    quarantine: inForce.nullable().describe('null where the broker is not in quarantine'),
  })
  .meta({ id: 'QuarantineState' });

export const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().optional(),
    errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })).optional(),
    decision: decision.optional(),
    grantId: z.string().optional(),
    grant: grant.optional(),
    quarantine: inForce.optional(),
  })
  .meta({ id: 'Problem' });

export const traceId = z
  .string()
  .regex(/^(?!0{32})[0-9a-f]{32}$/)
  .describe(
    'The trace of the call that caused it (W3C Trace Context): that of the caller, or else that of X-Ray',
  );

export const event = z
  .looseObject({
    id: z.string(),
    grantId: z.string(),
    entitlement: z.string(),
    status: z.enum(GRANT_STATUSES).describe('The status of the grant after this event'),
    type: z.enum(EVENT_TYPES),
    at: time,
    actor,
    requestId: z.string(),
    sourceIp: z.string().nullable(),
    traceId: traceId.optional(),
  })
  .meta({ id: 'Event' });

export const entitlement = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    description: z.string().nullable(),
    risk: z.enum(['low', 'medium', 'high', 'critical']),
    labels: z.array(z.string()),
    maxDurationSeconds: z.int(),
    justification: z.enum(['required', 'optional']),
    network: z.enum(['bind', 'any']),
    breakGlass: z.boolean(),
    parameters: z.looseObject({ type: z.literal('object') }).describe('JSON Schema, 2020-12'),
    outcome: decision.shape.outcome.describe('The outcome that an ordinary request would have now'),
  })
  .meta({ id: 'Entitlement' });

export const whoami = z
  .strictObject({
    ...requester.shape,
    issuer: z.string(),
    key: z.string().describe('The first part of SourceIdentity in CloudTrail'),
    groups: z.array(z.string()),
    tags: z.record(z.string(), z.string()),
    mfa: z.boolean(),
    signedInAt: optionalTime,
    claims: z.record(z.string(), z.unknown()),
    may: z
      .array(z.enum(['audit', 'administer']))
      .describe('What policy lets you do with the broker as a whole'),
    missingClaims: z
      .array(z.string())
      .describe('Claims that the issuer’s entry in issuers.yaml uses and the token does not have'),
  })
  .meta({ id: 'Principal' });

export const discovery = z
  .strictObject({
    apiVersion: z.literal('v1'),
    issuer: z.string().nullable(),
    clientId: z.string().nullable(),
    scope: z
      .string()
      .nullable()
      .describe('What sign-in asks the provider for besides openid and offline_access'),
    audience: z.string().nullable(),
    awsAudience: z
      .string()
      .nullable()
      .describe('What AWS sessions ask STS for; null if the broker has no issuer of AWS'),
    openapi: z.string(),
    ledger: z
      .strictObject({
        origin: z.string().describe('The name of the log'),
        vkey: z.string().describe('What verifiers of its checkpoints need (c2sp.org/signed-note)'),
        witnesses: z
          .array(z.string())
          .optional()
          .describe('The keys of those who cosign its checkpoints (c2sp.org/tlog-cosignature)'),
      })
      .describe('The log that auditors verify'),
  })
  .meta({ id: 'Discovery' });

export const page = z.string().describe('HTML');
export const pageFile = z.string().describe('The bytes of the file');

export const proof = z.string().describe('A c2sp.org/tlog-proof@v1');

export const exportRecord = z
  .strictObject({
    ...{ id: z.string(), principalId: z.string(), type: z.literal('evidence-exported'), at: time },
    ...{ actor, requestId: z.string(), sourceIp: z.string().nullable() },
    traceId: traceId.optional(),
    ...{ from: time, until: time, size: z.int(), root: z.string(), manifest: z.string() },
    reason: z.string(),
  })
  .describe('The event as the log will have it')
  .meta({ id: 'ExportRecord' });

export const principalEvent = z
  .looseObject({ id: z.string(), principalId: z.string(), type: z.string(), at: time })
  .describe('The event as the log has it: docs/reference/events')
  .meta({ id: 'PrincipalEvent' });

export const logFile = z
  .string()
  .describe('The bytes of the file; text for checkpoint, JSON for a policy bundle');

export const checkpointPage = z
  .strictObject({
    checkpoints: z.array(
      z.strictObject({
        size: z.int().describe('How many entries the log had'),
        root: z.string().describe('The root of its tree, in base64'),
        at: time,
        note: z.string().describe('The checkpoint as it was signed (c2sp.org/tlog-checkpoint)'),
      }),
    ),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'CheckpointPage' });

export const evaluation = z
  .strictObject({
    decision,
    sessionPolicy: z.looseObject({}).nullable(),
    expiresAt: optionalTime,
  })
  .meta({ id: 'Evaluation' });

export const recordedDecision = z
  .strictObject({
    grantId: z.string(),
    at: time,
    entitlement: z.string(),
    scope: scope.nullable(),
    decision,
    inputs: z.looseObject({}).describe('Everything the policy engine saw'),
  })
  .meta({ id: 'RecordedDecision' });

export const decisionPage = z.strictObject({
  decisions: z.array(recordedDecision),
  nextCursor: z.string().nullable(),
});

export const grantPage = z.strictObject({
  grants: z.array(grant),
  nextCursor: z.string().nullable(),
});
export const events = z.strictObject({
  events: z.array(event),
  nextCursor: z.string().nullable(),
});
export const entitlements = z.strictObject({ entitlements: z.array(entitlement) });
export const vended = z.strictObject({ grant, credentials });

const suspension = { at: time, by: actor, reason: z.string() };

export const principalState = z
  .strictObject({
    principal: z.strictObject({
      id: z.string(),
      suspended: z
        .strictObject(suspension)
        .nullable()
        .describe('null where the principal is not suspended'),
    }),
    known: z.boolean().describe('False if the principal never requested anything'),
    ended: z.int().describe('How many grants this order ended'),
    finished: z
      .boolean()
      .describe('False if there were too many for one call; the broker ends the rest by itself'),
    grants: z.array(grant).describe('The newest of the grants that this order ended'),
    nextCursor: z
      .string()
      .nullable()
      .describe('Where GET /v1/grants?requester=… goes on; null if all are shown'),
  })
  .meta({ id: 'PrincipalState' });

export const principalPage = z.strictObject({
  principals: z.array(z.strictObject({ principal: z.string().describe('Its id'), ...suspension })),
  nextCursor: z.string().nullable(),
});
export const waiting = z.strictObject({ grant });
export const document = z.looseObject({ openapi: z.string() });
