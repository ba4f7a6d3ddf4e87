import * as z from 'zod';
import { toGrantRequest } from '../api/read-grant-request.ts';
import { readInstant } from '../api/read-instant.ts';
import { grantRequestBody } from '../api/requests.ts';
import type { BundleError } from '../bundle/bundle.ts';
import { describeIssue } from '../bundle/describe-issue.ts';
import type { GrantRequest } from '../deciding/grant-request.ts';
import type { History, Outcome } from '../decision.ts';
import type { Instant } from '../instant.ts';
import { QUIET, type RequestSignals } from '../request-signals.ts';

/** A principal, its request and the circumstances: everything that a decision depends on. */
export type CaseQuestion = {
  readonly name: string;
  readonly principal: {
    readonly issuer: string;
    readonly subject: string;
    /** As in the issuer's tokens, without the issuer's id. */
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
    readonly signals: RequestSignals;
  };
};

/** A policy test: a question and the expected answer. */
export type PolicyCase = CaseQuestion & {
  readonly expect: {
    readonly outcome: Outcome;
    /** Exactly the policies that determine the answer; null if any may. */
    readonly policies: readonly string[] | null;
  };
};

/** A case, and where it is in its file. */
export type LocatedCase<T extends CaseQuestion = PolicyCase> = {
  readonly value: T;
  readonly file: string;
  readonly line: number;
  /** Makes an error about the part at a path, which is relative to the case. */
  readonly error: (path: readonly PropertyKey[], message: string) => BundleError;
};

const instant = z
  .string("is not text; write a time in quotes, such as '2026-11-23T10:00:00Z'")
  .transform((text, context): Instant => {
    const value = readInstant(text);
    if (value !== null) return value;
    context.addIssue("is not an RFC 3339 time; write one such as '2026-11-23T10:00:00Z'");
    return z.NEVER;
  });

const principal = z.strictObject({
  issuer: z.string(),
  subject: z.string('is not text; write the subject in quotes').min(1),
  groups: z.array(z.string()).default([]),
  claims: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});

const request = z.unknown().transform((value, context): GrantRequest => {
  const read = grantRequestBody.safeParse(value, { reportInput: true, error: describeIssue });
  if (!read.success) {
    // Both builds of Zod report the same issues; only their types differ.
    context.issues.push(...(read.error.issues as unknown as typeof context.issues));
    return z.NEVER;
  }
  return toGrantRequest(read.data);
});

const count = z.int().min(0).default(0);
const flag = z.boolean().default(false);

const signals = z
  .strictObject({
    deniedInARow: count,
    lapsedLately: count,
    cancelledLately: count,
    firstUse90Days: flag,
    newNetwork: flag,
    offHours: flag,
    otherNetwork: flag,
    tokenTwoNetworks: flag,
  } satisfies Record<keyof RequestSignals, z.ZodType>)
  .default(QUIET);

const context = z
  .strictObject({
    mfa: z.boolean(),
    mfaAgeSeconds: z.int().min(0).optional(),
    sourceIp: z.union([z.ipv4(), z.ipv6()], 'is not an IP address; write one such as 10.0.0.1'),
    now: instant,
    history: z
      .strictObject({
        recentDenials: z.int().min(0).default(0),
        firstUse: z.boolean().default(true),
      })
      .default({ recentDenials: 0, firstUse: true }),
    signals,
  })
  .refine(({ mfa, mfaAgeSeconds }) => mfa || mfaAgeSeconds === undefined, {
    path: ['mfaAgeSeconds'],
    message: 'needs mfa: true; add that, or remove the age',
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

/** What `explain --file` reads: a list of cases that need no expectation. */
export const questionsFile: z.ZodType<readonly CaseQuestion[]> = z.array(
  z.strictObject({ ...question, expect: expectation.optional() }),
);

/** A single case outside of a list. */
export const questionFile: z.ZodType<CaseQuestion> = z.strictObject({
  ...question,
  expect: expectation.optional(),
});
