import * as z from 'zod/mini';
import { MOST_ITEMS, VERDICTS } from '../access-review.ts';
import { MAX_PRINCIPAL_ID_BYTES } from '../principal.ts';
import { MOST_DECISIONS } from '../reviewing/decide-items.ts';
import { limitUpTo, prose, text } from './requests.ts';

/** What callers may send about access reviews. */

const hash = z
  .string()
  .check(z.regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits'));
const day = z.string().check(z.refine(isDay, 'must be a day such as 2026-10-01'));
const count = z.int('must be a whole number').check(z.gte(0, 'may not be negative'));
const place = z
  .int('must be a whole number')
  .check(z.gte(1, 'must be at least 1'), z.lte(MOST_ITEMS, `may be at most ${MOST_ITEMS}`));
const cursor = z.optional(text(1, 200).check(z.describe('The nextCursor of the previous page')));
const principalId = text(1, MAX_PRINCIPAL_ID_BYTES);

function isDay(written: string): boolean {
  const time = Date.parse(`${written}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(written) || Number.isNaN(time)) return false;
  return new Date(time).toISOString().startsWith(written);
}

export const reviewsQuery = z.strictObject({ limit: z._default(limitUpTo(50), 20), cursor });

export const reviewQuery = z.strictObject({ limit: z._default(limitUpTo(500), 100), cursor });

export const startReviewBody = z.strictObject({
  from: day.check(z.describe('First day of the period (UTC)')),
  to: day.check(z.describe('Last day, which is included')),
  entitlements: z._default(
    z.nullable(
      z
        .array(text(1, 63))
        .check(z.minLength(1, 'may not be empty'), z.maxLength(50, 'may have at most 50 entries')),
    ),
    null,
  ),
  items: place.check(z.describe('How many items the list has')),
  listHash: hash.check(z.describe('Of the canonical JSON (RFC 8785) of the list of items')),
  bundle: hash.check(z.describe('The policy bundle in force, as decisions name it')),
  file: z
    .string()
    .check(
      z.regex(/^bundle\/sha256-[0-9a-f]{64}\.json$/, 'must be a bundle file of the log'),
      z.describe('The bundle, beside the files of the log'),
    ),
  checkpoint: z.strictObject({
    size: count.check(z.describe('Entries of the log that the list was made from')),
    root: z
      .string()
      .check(z.regex(/^[A-Za-z0-9+/]{43}=$/, 'must be the base64 of a hash of the log')),
  }),
});

const requester = z.strictObject({
  type: z.enum(['User', 'Workload']),
  id: principalId,
  name: z.string().check(z.maxLength(1000, 'may have at most 1000 characters')),
});

const line = z.strictObject({ policy: text(1, 63), place: z.nullable(text(1, 500)) });

const usage = z.strictObject({
  grants: count,
  calls: count,
  used: count,
  granted: count,
  unknown: count,
});

export const item = z.strictObject({
  item: place,
  entitlement: text(1, 63),
  principal: z.nullable(requester),
  members: z.nullable(text(1, 600)),
  marks: z.array(text(1, 1200)).check(z.maxLength(20, 'may have at most 20 entries')),
  could: z.boolean(),
  requests: count,
  denials: count,
  grants: count,
  vends: count,
  lastUse: z.nullable(z.iso.datetime()),
  usage: z.exactOptional(usage),
  lines: z.array(line).check(z.maxLength(50, 'may have at most 50 entries')),
});

/** Items of one call. */
export const MOST_SENT = 40;

export const itemsBody = z.strictObject({
  items: z
    .array(item)
    .check(
      z.minLength(1, 'may not be empty'),
      z.maxLength(MOST_SENT, `may have at most ${MOST_SENT} entries`),
    ),
});

const decision = z.strictObject({
  item: place,
  decision: z.enum(VERDICTS),
  reason: prose(1, 500).check(z.describe('Why it stays or goes')),
});

export const decisionsBody = z.strictObject({
  decisions: z
    .array(decision)
    .check(
      z.minLength(1, 'may not be empty'),
      z.maxLength(MOST_DECISIONS, `may have at most ${MOST_DECISIONS} entries`),
    ),
});

export const signBody = z.strictObject({
  listHash: hash.check(z.describe('Of the list that you have seen')),
  comment: prose(1, 500),
});
