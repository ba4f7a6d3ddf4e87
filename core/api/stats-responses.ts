import * as z from 'zod';
import { requester } from './responses.ts';

/** What `GET /v1/stats` answers. */

const time = z.iso.datetime().describe('RFC 3339, UTC');
const count = z.int().nonnegative();
const date = z.iso.date();
const outcomes = { allow: count, approve: count, deny: count };

const summary = (of: string) =>
  z
    .strictObject({
      count,
      p50: z.number().nullable(),
      p95: z.number().nullable().describe('Within 2.5 % of a value that occurred'),
      max: z.number().nullable(),
    })
    .describe(of);

export const stats = z
  .strictObject({
    at: time.describe('The latest event that is counted, or until when all are, if that is later'),
    bundle: z.string().describe('Hash of the policy bundle in force'),
    from: date,
    to: date.describe('The last day; days are in UTC'),
    active: count.describe('Grants that are active now'),
    pending: count.describe('Requests that wait for votes now'),
    expiringSoon: z
      .array(
        z.strictObject({ id: z.string(), requester, entitlement: z.string(), expiresAt: time }),
      )
      .describe('Active grants that expire within a quarter of an hour, at most 20'),
    outcomes: z.strictObject(outcomes).describe('Requests of the period, by decision'),
    automaticShare: z
      .number()
      .nullable()
      .describe('The share of requests that needed no human; null without requests'),
    timeToRevokeMs: summary('From the order to revoke until the kill switch was read back'),
    timeToApproveSeconds: summary('From the request to its approval'),
    denialsByPolicy: z
      .array(z.strictObject({ policy: z.string(), count }))
      .describe('The policies that determined denials, the most frequent first'),
    entitlements: z.array(z.strictObject({ id: z.string(), ...outcomes, vends: count })),
    days: z.array(
      z.strictObject({ date, ...outcomes, vends: count, revoked: count, signals: count }),
    ),
    signals: z
      .array(z.strictObject({ kind: z.string(), principal: requester, at: time, count }))
      .describe('The latest signals of the period, the latest first, at most 100'),
    breakGlass: z.strictObject({
      used: count.describe('Break-glass grants that began in the period'),
      reviewsDue: count.describe('Reviews that are owed now'),
      overdue: count.describe('Those of them whose time is up'),
    }),
    suspended: count.describe('Principals that are suspended now'),
    frozenRoles: z
      .array(z.string())
      .describe('Roles that vend nothing now, because their kill switch cannot be written'),
  })
  .meta({ id: 'Stats' });
