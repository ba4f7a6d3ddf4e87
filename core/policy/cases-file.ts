import * as z from 'zod';
import { toGrantRequest } from '../api/read-grant-request.ts';
import { readInstant } from '../api/read-instant.ts';
import { grantRequestBody } from '../api/requests.ts';
import type { BundleError } from '../bundle/bundle.ts';
import type { GrantRequest } from '../deciding/grant-request.ts';
import type { History, Outcome } from '../decision.ts';
import type { Instant } from '../instant.ts';

/** Who asks, what for, and under which circumstances: all that a decision depends on. */
export type CaseQuestion = {
  readonly name: string;
  readonly principal: {
    readonly issuer: string;
    readonly subject: string;
    /** As the issuer's tokens have them: without the issuer's id. */
    readonly groups: readonly string[];
    readonly claims: Readonly<Record<string, string | number | boolean>>;
  };
  readonly request: GrantRequest;
  readonly context: {
    readonly mfa: boolean;
    readonly mfaAgeSeconds: number | null;
    readonly sourceIp: string;
    readonly now: Instant;
    readonly history: History;
  };
};

/** A policy test: a question, and the answer that its author expects. */
export type PolicyCase = CaseQuestion & {
  readonly expect: {
    readonly outcome: Outcome;
    /** Exactly the policies that determine it; null where the author does not care. */
    readonly policies: readonly string[] | null;
  };
};

/** A case, with where it stands; `error` takes paths inside the case. */
export type LocatedCase<T extends CaseQuestion = PolicyCase> = {
  readonly value: T;
  readonly file: string;
  readonly line: number;
  readonly error: (path: readonly PropertyKey[], message: string) => BundleError;
};

const instant = z
  .string("write a time in quotes, such as '2026-11-23T10:00:00Z'")
  .transform((text, context): Instant => {
    const value = readInstant(text);
    if (value !== null) return value;
    context.addIssue("write a time as RFC 3339 has it, such as '2026-11-23T10:00:00Z'");
    return z.NEVER;
  });

const principal = z.strictObject({
  issuer: z.string(),
  subject: z.string('write it in quotes: a subject is text').min(1),
  groups: z.array(z.string()).default([]),
  claims: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});

const request = z.unknown().transform((value, context): GrantRequest => {
  const read = grantRequestBody.safeParse(value);
  if (!read.success) {
    // Zod's two builds name the same issues; only their types differ.
    context.issues.push(...(read.error.issues as unknown as typeof context.issues));
    return z.NEVER;
  }
  return toGrantRequest(read.data);
});

const context = z
  .strictObject({
    mfa: z.boolean(),
    mfaAgeSeconds: z.int().min(0).optional(),
    sourceIp: z.union([z.ipv4(), z.ipv6()], 'write an IP address, such as 10.0.0.1'),
    now: instant,
    history: z
      .strictObject({
        recentDenials: z.int().min(0).default(0),
        firstUse: z.boolean().default(true),
      })
      .default({ recentDenials: 0, firstUse: true }),
  })
  .refine((it) => it.mfa || it.mfaAgeSeconds === undefined, {
    path: ['mfaAgeSeconds'],
    message: 'has no meaning without mfa: true; remove it',
  })
  .transform(({ mfaAgeSeconds = null, ...rest }) => ({ ...rest, mfaAgeSeconds }));

const expectation = z
  .strictObject({
    outcome: z.enum(['allow', 'approve', 'deny']),
    policies: z.array(z.string()).optional(),
  })
  .transform(({ outcome, policies = null }) => ({ outcome, policies }));

const question = { name: z.string().min(1).max(200), principal, request, context };

/** `policy/cases/*.yaml`: a list of cases. */
export const casesFile: z.ZodType<readonly PolicyCase[]> = z.array(
  z.strictObject({ ...question, expect: expectation }),
);

/** What `explain --file` takes: the same, but nobody needs to expect anything. */
export const questionsFile: z.ZodType<readonly CaseQuestion[]> = z.array(
  z.strictObject({ ...question, expect: expectation.optional() }),
);

/** One case by itself, not in a list. */
export const questionFile: z.ZodType<CaseQuestion> = z.strictObject({
  ...question,
  expect: expectation.optional(),
});
