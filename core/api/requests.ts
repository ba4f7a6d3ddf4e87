import * as z from 'zod';
import type { FieldError } from '../failure.ts';
import { escapePointer } from '../parameters.ts';
import { err, ok, type Result } from '../result.ts';

/** What callers may send. The same schemas validate requests and make the OpenAPI document. */

/** A body that is read may have 16 KiB. */
export const MAX_BODY_BYTES = 16 * 1024;

const MAX_GRANT_SECONDS = 7 * 86_400;

/** Free text for people: no control characters, so that no log or mail can be forged with it. */
const text = (max: number) =>
  z
    .string()
    .max(max, `may have at most ${max} characters`)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'may hold neither line breaks nor other control characters');

export const grantRequestBody = z.strictObject({
  entitlement: z.string().min(1).max(63).describe('Id of the entitlement'),
  parameters: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("The entitlement's parameters"),
  durationSeconds: z
    .int('must be a whole number of seconds')
    .min(1, 'must be at least 1')
    .max(MAX_GRANT_SECONDS, `may be at most ${MAX_GRANT_SECONDS}`)
    .describe('How long the grant lasts, in seconds'),
  justification: text(500).optional().describe('What it is for, in a sentence'),
  ticket: text(100).min(1).optional().describe('The ticket or incident that it serves'),
});

export const emptyBody = z.strictObject({});

export const listQuery = z.strictObject({
  status: z.enum(['pending', 'active', 'denied', 'expired']).optional(),
  requester: z.string().min(1).max(600).optional().describe("A principal's id, or me"),
  entitlement: z.string().min(1).max(63).optional(),
  limit: z.coerce.number<string>().int().min(1).max(100).default(50).describe('Page size'),
  cursor: z.string().min(1).max(200).optional().describe('nextCursor of the page before'),
});

export const noQuery = z.strictObject({});

/** Visible ASCII, as RFC 9110 has it in header fields. */
export const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** Checks an already parsed value; every mistake comes with its JSON pointer (RFC 6901). */
export function check<T>(schema: z.ZodType<T>, value: unknown): Result<T, readonly FieldError[]> {
  const parsed = schema.safeParse(value);
  return parsed.success ? ok(parsed.data) : err(parsed.error.issues.flatMap(fieldErrors));
}

function fieldErrors(issue: z.core.$ZodIssue): readonly FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    const detail = 'is not a field of this call; remove it';
    return issue.keys.map((key) => ({ pointer: pointerTo([...issue.path, key]), detail }));
  }
  return [{ pointer: pointerTo(issue.path), detail: say(issue) }];
}

function say(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    const expected = issue.expected === 'record' ? 'object' : issue.expected;
    return issue.input === undefined ? `is missing (${expected})` : `must be of type ${expected}`;
  }
  if (issue.code === 'invalid_value') return `must be one of: ${issue.values.join(', ')}`;
  return issue.message;
}

function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${escapePointer(String(part).slice(0, 64))}`).join('');
}
