import * as z from 'zod';
import { requester } from './responses.ts';

/** What callers get about access reviews. */

const time = z.iso.datetime().describe('RFC 3339, UTC');

export const review = z
  .strictObject({
    id: z.string(),
    status: z.enum(['incomplete', 'open', 'signed']),
    from: z.string().describe('First day of the period'),
    to: z.string().describe('Last day, which is included'),
    entitlements: z.array(z.string()).nullable().describe('null for all'),
    items: z.int(),
    received: z.int().describe('Items that have come; nothing is decided until all have'),
    decided: z.int(),
    listHash: z.string().describe('Of the canonical JSON (RFC 8785) of the list of items'),
    bundle: z.string(),
    file: z.string().describe('The bundle, beside the files of the log'),
    checkpoint: z.strictObject({ size: z.int(), root: z.string() }),
    startedBy: requester,
    startedAt: time,
    deciders: z.array(requester),
    signed: z.strictObject({ by: requester, at: time, comment: z.string() }).nullable(),
  })
  .meta({ id: 'AccessReview' });

export const reviewPage = z.strictObject({
  reviews: z.array(review),
  nextCursor: z.string().nullable(),
  account: z.string().describe('What stands for {{account}} in the policy bundle'),
  region: z.string().describe('What stands for {{region}} in the policy bundle'),
});

const item = z.strictObject({
  item: z.int(),
  entitlement: z.string(),
  principal: requester.nullable().describe('null where the broker does not know who it is'),
  members: z.string().nullable().describe('Whom a policy lets in without a name'),
  marks: z.array(z.string()).describe('What identifies the person'),
  could: z.boolean().describe('Whether policy would permit some request'),
  requests: z.int(),
  denials: z.int(),
  grants: z.int(),
  vends: z.int(),
  lastUse: time.nullable(),
  usage: z
    .strictObject({
      grants: z.int().describe('Grants of the period that were read'),
      calls: z.int().describe('Calls under all of them'),
      used: z.int().describe('Actions that were used: the most of any one grant'),
      granted: z.int().describe('Actions that were granted: the most of any one grant'),
      unknown: z.int().describe('Granted actions whose use the logs do not show: the same'),
    })
    .optional()
    .describe('What logs say of the grants; absent where nothing was read'),
  lines: z.array(z.strictObject({ policy: z.string(), place: z.string().nullable() })),
});

export const reviewWithItems = z.strictObject({
  review,
  items: z.array(
    z.strictObject({
      item,
      decided: z
        .strictObject({
          decision: z.enum(['keep', 'remove']),
          reason: z.string(),
          by: requester,
          at: time,
        })
        .nullable(),
    }),
  ),
  nextCursor: z.string().nullable(),
});
