import * as z from 'zod/mini';
import { isDay } from '../day.ts';
import type { FieldError } from '../field-error.ts';
import { escapePointer } from '../field-error.ts';
import { GRANT_STATUSES } from '../grant.ts';
import { MAX_PRINCIPAL_ID_BYTES } from '../principal.ts';
import { err, ok, type Result } from '../result.ts';
import { byteLength, isVisible, NO_CONTROL_CHARACTERS } from '../text.ts';
import { readInstant } from './read-instant.ts';

/**
 * What callers may send. The same schemas validate requests and generate the OpenAPI document. They use
 * Zod's small build, because every cold start of the vend Lambda would pay for the large one.
 */

/** The largest body that is read: 16 KiB. */
export const MAX_BODY_BYTES = 16 * 1024;

const MAX_GRANT_SECONDS = 7 * 86_400;

export const text = (min: number, max: number) =>
  z
    .string()
    .check(
      z.minLength(min, 'may not be empty'),
      z.maxLength(max, `may have at most ${max} characters`),
    );

/** Free text for people, without control characters, which could forge log lines and mails. */
export const prose = (min: number, max: number) =>
  text(min, max).check(
    z.regex(NO_CONTROL_CHARACTERS, 'may not contain line breaks or other control characters'),
    z.refine(
      (text) => text === '' || isVisible(text),
      'has no visible character; write what people should read',
    ),
  );

const seconds = (max: number) =>
  z
    .int('must be a whole number of seconds')
    .check(z.gte(1, 'must be at least 1'), z.lte(max, `may be at most ${max}`));

/** Only authors of entitlements may use IAM's policy variables, so callers may not send `$`. */
const pattern = (shape: RegExp, message: string) =>
  text(1, 512).check(
    z.regex(/^[\x21-\x7e]*$/, 'may contain only printable ASCII'),
    z.regex(/^[^$]*$/, 'may not contain $'),
    z.regex(shape, message),
  );

const listOf = (item: z.ZodMiniType<string>) =>
  z
    .array(item)
    .check(
      z.minLength(1, 'may not be empty; leave it out if you do not want to narrow it'),
      z.maxLength(20, 'may have at most 20 entries'),
    );

const time = z
  .string()
  .check(
    z.refine((text) => readInstant(text) !== null, 'must be a time such as 2026-11-23T20:00:00Z'),
  );

const scope = z
  .strictObject({
    actions: z.optional(
      listOf(pattern(/^[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+$/, 'must be an action such as s3:GetObject')),
    ),
    resources: z.optional(listOf(pattern(/^arn:/, 'must be an ARN'))),
  })
  .check(
    z.refine(
      ({ actions, resources }) => actions !== undefined || resources !== undefined,
      'is empty; give actions, resources or both, or leave it out',
    ),
  );

export const grantRequestBody = z.strictObject({
  entitlement: text(1, 63).check(z.describe('Id of the entitlement')),
  parameters: z
    ._default(z.record(z.string(), z.unknown()), {})
    .check(z.describe("The entitlement's parameters")),
  scope: z.optional(
    scope.check(z.describe('Narrows the entitlement to fewer actions or resources')),
  ),
  durationSeconds: seconds(MAX_GRANT_SECONDS).check(
    z.describe('How long the grant lasts, in seconds'),
  ),
  justification: z.optional(prose(0, 500).check(z.describe('What you need it for, in a sentence'))),
  startsAt: z.optional(
    time.check(z.describe('When it begins (RFC 3339), up to 30 days ahead. Default: at once')),
  ),
  ticket: z.optional(prose(1, 100).check(z.describe('The ticket or incident you need it for'))),
});

export const commentBody = z.strictObject({
  comment: z.optional(prose(0, 500).check(z.describe('For the requester and the audit trail'))),
});

export const voteBody = z.strictObject({
  ...commentBody.shape,
  extension: z.optional(
    time.check(
      z.describe(
        'The requestedAt of the extension that you vote on, as the grant shows it. Only for an extension, and required there',
      ),
    ),
  ),
});

const MATCH_CODE = /^\d{2}$/;

export const approveBody = z.strictObject({
  ...voteBody.shape,
  matchCode: z.optional(
    z
      .string()
      .check(
        z.regex(MATCH_CODE, 'must be the two digits that the requester was shown'),
        z.describe('What the requester told you, where the entitlement asks for it'),
      ),
  ),
});

export const reasonBody = z.strictObject({
  reason: z.optional(prose(0, 500).check(z.describe('For the audit trail'))),
});

export const quarantineBody = z.strictObject({
  reason: prose(1, 500).check(z.describe('Why, for everybody who is refused meanwhile')),
});

export const extendBody = z.strictObject({
  durationSeconds: seconds(MAX_GRANT_SECONDS).check(
    z.describe('How long the grant lasts from now, in seconds'),
  ),
  justification: prose(1, 500).check(z.describe('Why you need it longer, in a sentence')),
});

const hash = (shape: RegExp, message: string) => z.string().check(z.regex(shape, message));

export const exportBody = z
  .strictObject({
    from: time.check(z.describe('Where the period begins')),
    until: time.check(z.describe('Where it ends; not in it any more')),
    size: z
      .int('must be a whole number')
      .check(z.gte(1, 'must be at least 1'), z.describe('Entries of the log, by its checkpoint')),
    root: hash(/^[A-Za-z0-9+/]{43}=$/, 'must be the root of a checkpoint, in base64'),
    manifest: hash(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hexadecimal').check(
      z.describe('SHA-256 of the manifest of the export'),
    ),
  })
  .check(
    z.refine(({ from, until }) => Date.parse(from) < Date.parse(until), {
      path: ['until'],
      message: 'must be later than from',
    }),
  );

export const emptyBody = z.strictObject({});

export const limitUpTo = (most: number) =>
  z.coerce
    .number<string>('must be a number')
    .check(
      z.int('must be a whole number'),
      z.gte(1, 'must be at least 1'),
      z.lte(most, `may be at most ${most}`),
    );

/** Longer ones are in no key of the table. */
const principalId = (characters: number) =>
  text(1, characters).check(
    z.refine(
      (id) => byteLength(id) <= MAX_PRINCIPAL_ID_BYTES,
      `may have at most ${MAX_PRINCIPAL_ID_BYTES} bytes`,
    ),
  );

export const listQuery = z.strictObject({
  status: z.optional(z.enum(GRANT_STATUSES)),
  requester: z.optional(principalId(600).check(z.describe('The id of a principal, or me'))),
  entitlement: z.optional(text(1, 63)),
  reviewable: z.optional(
    z.literal('me').check(z.describe('Only requests and extensions that you may vote on now')),
  ),
  voted: z.optional(
    z.literal('me').check(z.describe('Only grants that you voted on, also after they ended')),
  ),
  limit: z._default(limitUpTo(100), 50),
  cursor: z.optional(text(1, 200).check(z.describe('The nextCursor of the previous page'))),
});

export const eventsQuery = z.strictObject({
  limit: z._default(limitUpTo(200), 100),
  cursor: z.optional(text(1, 200).check(z.describe('The nextCursor of the previous page'))),
});

export const principalsQuery = z.strictObject({
  suspended: z.literal('true').check(z.describe('Only suspended principals can be listed')),
  limit: listQuery.shape.limit,
  cursor: listQuery.shape.cursor,
});

export const checkpointsQuery = z.strictObject({
  limit: z._default(limitUpTo(50), 20),
  cursor: z.optional(text(1, 1200).check(z.describe('The nextCursor of the previous page'))),
});

const day = z.string().check(z.refine(isDay, 'must be a day in UTC such as 2026-11-25'));

export const statsQuery = z.strictObject({
  from: z.optional(day.check(z.describe('The first day; default: a week before the last'))),
  to: z.optional(day.check(z.describe('The last day, which is included; default: today'))),
});

export const usageQuery = z.strictObject({
  days: z
    ._default(limitUpTo(400), 90)
    .check(z.describe('Grants that were requested in so many days until now')),
});

export const principalEventQuery = z.strictObject({
  principal: principalId(MAX_PRINCIPAL_ID_BYTES).check(z.describe('The principalId of the entry')),
  at: time.check(z.describe('The time of the entry')),
});

/** Visible ASCII, as RFC 9110 has it in header fields. */
export const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** Checks a parsed value. Every error carries its JSON pointer (RFC 6901). */
export function check<T>(
  schema: z.ZodMiniType<T>,
  value: unknown,
): Result<T, readonly FieldError[]> {
  const parsed = schema.safeParse(value, { reportInput: true });
  return parsed.success ? ok(parsed.data) : err(parsed.error.issues.flatMap(fieldErrors));
}

function fieldErrors(issue: z.core.$ZodIssue): readonly FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    const detail = 'is not a field of this call; remove it';
    return issue.keys.map((key) => ({ pointer: pointerTo([...issue.path, key]), detail }));
  }
  return [{ pointer: pointerTo(issue.path), detail: say(issue) }];
}

/** How Zod's own messages begin, where a schema has none. */
const NO_MESSAGE = 'Invalid input';

function say(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    const expected = issue.expected === 'record' ? 'object' : issue.expected;
    if (issue.input === undefined) return `is missing (${expected})`;
    return issue.message.startsWith(NO_MESSAGE) ? `must be of type ${expected}` : issue.message;
  }
  if (issue.code === 'invalid_value') return `must be one of: ${issue.values.join(', ')}`;
  return issue.message;
}

function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${escapePointer(String(part).slice(0, 64))}`).join('');
}
