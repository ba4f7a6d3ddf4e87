import * as z from 'zod/mini';
import type { suspensions } from '../broker/answers.ts';

/** The parts of the broker's answers that tell its health. Newer brokers may send more fields. */

const time = z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text))));
const optionalNumber = z.nullable(z.number());

export const figures = z.looseObject({
  at: time,
  /** Older brokers do not say. */
  bundle: z.optional(z.string()),
  from: z.string(),
  ...{ active: z.number(), pending: z.number(), suspended: z.number() },
  expiringSoon: z.array(z.looseObject({})),
  timeToRevokeMs: z.looseObject({
    count: z.number(),
    ...{ p50: optionalNumber, p95: optionalNumber, max: optionalNumber },
  }),
  /** The last one is today. */
  days: z
    .array(
      z.looseObject({
        ...{ allow: z.number(), approve: z.number(), deny: z.number(), vends: z.number() },
      }),
    )
    .check(z.minLength(1)),
  /** The latest first. */
  signals: z.array(
    z.looseObject({
      kind: z.string(),
      principal: z.looseObject({ id: z.string(), name: z.string() }),
      at: time,
      count: z.number(),
    }),
  ),
  breakGlass: z.looseObject({ reviewsDue: z.number(), overdue: z.number() }),
  frozenRoles: z.array(z.string()),
});

export const newestCheckpoint = z.object({
  checkpoints: z.array(z.looseObject({ size: z.number(), at: time })),
});

/** When things happened to grants. */
export const grantTimes = z.object({
  grants: z.array(
    z.looseObject({
      createdAt: time,
      endedAt: z.nullable(time),
      approvals: z.looseObject({ votes: z.array(z.looseObject({ at: time })) }),
    }),
  ),
  nextCursor: z.nullable(z.string()),
});

export type GrantTimes = z.infer<typeof grantTimes>;
export type Figures = z.infer<typeof figures>;
export type Suspensions = z.infer<typeof suspensions>;
