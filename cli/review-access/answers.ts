import * as z from 'zod/mini';

/** What the command reads of access reviews. Newer brokers may answer more. */

const requester = z.looseObject({
  type: z.enum(['User', 'Workload']),
  id: z.string(),
  name: z.string(),
});

export const review = z.looseObject({
  id: z.string(),
  status: z.string(),
  from: z.string(),
  to: z.string(),
  entitlements: z.nullable(z.array(z.string())),
  items: z.number(),
  received: z.number(),
  decided: z.number(),
  listHash: z.string(),
  bundle: z.string(),
  file: z.string(),
  checkpoint: z.looseObject({ size: z.number(), root: z.string() }),
  startedBy: requester,
  startedAt: z.string(),
  signed: z.nullable(z.looseObject({ by: requester, at: z.string(), comment: z.string() })),
});

export const reviewPage = z.looseObject({
  reviews: z.array(review),
  nextCursor: z.nullable(z.string()),
  account: z.string(),
  region: z.string(),
});

/** Its hash is compared: every field stays as it came. */
const item = z.looseObject({
  item: z.number(),
  entitlement: z.string(),
  principal: z.nullable(requester),
  members: z.nullable(z.string()),
  marks: z.array(z.string()),
  could: z.boolean(),
  requests: z.number(),
  denials: z.number(),
  grants: z.number(),
  vends: z.number(),
  lastUse: z.nullable(z.string()),
  usage: z.exactOptional(
    z.looseObject({
      grants: z.number(),
      calls: z.number(),
      used: z.number(),
      granted: z.number(),
      unknown: z.number(),
    }),
  ),
  lines: z.array(z.looseObject({ policy: z.string(), place: z.nullable(z.string()) })),
});

export const reviewWithItems = z.looseObject({
  review,
  items: z.array(
    z.looseObject({
      item,
      decided: z.nullable(
        z.looseObject({
          decision: z.string(),
          reason: z.string(),
          by: requester,
          at: z.string(),
        }),
      ),
    }),
  ),
  nextCursor: z.nullable(z.string()),
});

export type ReviewAnswer = z.infer<typeof review>;
export type ItemAnswer = z.infer<typeof reviewWithItems>['items'][number];
