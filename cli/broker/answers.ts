import * as z from 'zod/mini';

/** The parts of the broker's answers that the command reads. Newer brokers may send more fields. */

const optionalTime = z.nullable(z.string());
const requester = z.looseObject({ type: z.string(), id: z.string(), name: z.string() });

export const decision = z.looseObject({
  outcome: z.enum(['allow', 'approve', 'deny']),
  policies: z.array(z.string()),
  advice: z.array(z.string()),
  bundle: z.string(),
});

const vote = z.looseObject({
  approver: requester,
  vote: z.string(),
  comment: z.nullable(z.string()),
  at: z.string(),
});

/** Checked, because the command puts ids into paths and prints them. */
const grantId = z.string().check(z.regex(/^gr_[a-z0-9]{4,40}$/));

/** There where whoever approves must hear a code from the requester. */
const matchCode = z.optional(z.looseObject({ triesLeft: z.number() }));

export const grant = z.looseObject({
  id: grantId,
  status: z.string(),
  requester,
  entitlement: z.string(),
  parameters: z.record(z.string(), z.string()),
  scope: z.nullable(z.looseObject({})),
  justification: z.string(),
  ticket: z.nullable(z.string()),
  durationSeconds: z.number(),
  createdAt: z.string(),
  startsAt: optionalTime,
  expiresAt: optionalTime,
  endedAt: optionalTime,
  endReason: z.nullable(z.string()),
  keysValidUntil: optionalTime,
  approvals: z.looseObject({
    required: z.number(),
    votes: z.array(vote),
    lapsesAt: z.optional(optionalTime),
    matchCode,
  }),
  extension: z.optional(
    z.nullable(
      z.looseObject({
        durationSeconds: z.number(),
        justification: z.string(),
        requestedAt: z.string(),
        approvals: z.looseObject({
          required: z.number(),
          votes: z.array(vote),
          lapsesAt: z.optional(optionalTime),
          matchCode,
        }),
      }),
    ),
  ),
  review: z.optional(z.nullable(z.looseObject({ status: z.string(), dueAt: z.string() }))),
  decision,
  /** Only in the answer to a request or an extension. */
  matchCode: z.optional(z.string().check(z.regex(/^\d{2}$/))),
  details: z.optional(
    z.looseObject({ title: z.string(), risk: z.string(), sessionPolicy: z.nullable(z.unknown()) }),
  ),
});

/** Checked, because shells evaluate these values. */
export const credentials = z.object({
  accessKeyId: z.string().check(z.regex(/^[A-Z0-9]{12,128}$/)),
  secretAccessKey: z.string().check(z.regex(/^[\w+/=.-]{8,256}$/)),
  sessionToken: z.string().check(z.regex(/^[\w+/=.:-]{1,8192}$/)),
  expiration: z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)),
});

export const entitlement = z.looseObject({
  id: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,62}$/)),
  title: z.string(),
  description: z.nullable(z.string()),
  risk: z.string(),
  labels: z.array(z.string()),
  maxDurationSeconds: z.number(),
  justification: z.string(),
  breakGlass: z.boolean(),
  parameters: z.looseObject({
    properties: z.record(
      z.string(),
      z.looseObject({
        type: z.string(),
        description: z.optional(z.string()),
        enum: z.optional(z.array(z.string())),
        pattern: z.optional(z.string()),
        maxLength: z.optional(z.number()),
      }),
    ),
  }),
  outcome: decision.shape.outcome,
});

export const problem = z.object({
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  type: z.string(),
  errors: z.optional(z.array(z.object({ pointer: z.string(), detail: z.string() }))),
  decision: z.optional(decision),
  grantId: z.optional(grantId),
  grant: z.optional(grant),
});

/** Values that RFC 6749 allows, with single spaces between them. */
const SCOPE = /^[!#-[\]-~]+( [!#-[\]-~]+)*$/;

export const discovery = z.object({
  apiVersion: z.string(),
  issuer: z.nullable(z.string()),
  clientId: z.nullable(z.string()),
  audience: z.nullable(z.string()),
  /** Brokers of version 0.1 do not say. */
  awsAudience: z.optional(z.nullable(z.string())),
  scope: z.optional(z.nullable(z.string().check(z.regex(SCOPE)))),
  /** Brokers without a ledger do not say. */
  ledger: z.optional(
    z.nullable(
      z.object({
        origin: z.string(),
        vkey: z.string(),
        witnesses: z.optional(z.array(z.string())),
      }),
    ),
  ),
});

export const whoami = z.looseObject({
  ...requester.shape,
  issuer: z.string(),
  groups: z.array(z.string()),
  mfa: z.boolean(),
  signedInAt: optionalTime,
  /** Brokers of version 0.1 do not say. */
  missingClaims: z.optional(z.array(z.string())),
});

export const event = z.looseObject({
  at: z.string(),
  type: z.string(),
  status: z.string(),
  actor: z.union([requester, z.string()]),
  reason: z.optional(z.nullable(z.string())),
  comment: z.optional(z.nullable(z.string())),
  justification: z.optional(z.string()),
});

export const evaluation = z.looseObject({
  decision,
  sessionPolicy: z.unknown(),
  expiresAt: optionalTime,
});

export const vended = z.object({ grant, credentials });
export const grants = z.object({ grants: z.array(grant), nextCursor: z.nullable(z.string()) });
export const entitlements = z.object({ entitlements: z.array(entitlement) });
export const events = z.object({
  events: z.array(event),
  nextCursor: z._default(z.nullable(z.string()), null),
});
export const principalState = z.looseObject({
  principal: z.object({ id: z.string(), suspended: z.nullable(z.looseObject({})) }),
  grants: z.array(grant),
  // Older brokers do not send these.
  known: z.optional(z.boolean()),
  ended: z.optional(z.number()),
  finished: z.optional(z.boolean()),
});
export const suspensions = z.object({
  principals: z.array(
    z.looseObject({
      principal: z.string(),
      at: z.string(),
      by: z.union([requester, z.string()]),
      reason: z.string(),
    }),
  ),
  nextCursor: z.nullable(z.string()),
});

export type Events = z.infer<typeof events>;
export type Grant = z.infer<typeof grant>;
export type Credentials = z.infer<typeof credentials>;
export type EntitlementInfo = z.infer<typeof entitlement>;
export type Decision = z.infer<typeof decision>;
export type Problem = z.infer<typeof problem>;

/** Checkpoints of the ledger, the newest first. */
export const checkpointPage = z.object({
  checkpoints: z.array(z.object({ note: z.string(), at: z.string() })),
  nextCursor: z.nullable(z.string()),
});
