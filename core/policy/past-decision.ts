import * as z from 'zod';
import { readInstant } from '../api/read-instant.ts';
import { describeIssue, describeMissing } from '../bundle/describe-issue.ts';
import { withoutUndefined } from '../bundle/without-undefined.ts';
import type { Outcome, RequestFacts } from '../decision.ts';
import type { Scope } from '../entitlement.ts';
import type { Instant } from '../instant.ts';
import type { Principal } from '../principal.ts';
import type { RequestSignals } from '../request-signals.ts';
import { err, ok, type Result } from '../result.ts';

/** One line of an export of `GET /v1/decisions`. */
export type PastDecision = {
  readonly grantId: string;
  readonly at: string;
  readonly entitlement: string;
  readonly scope: Scope | null;
  readonly decision: { readonly outcome: Outcome; readonly policies: readonly string[] };
  readonly principal: Principal;
  readonly facts: RequestFacts;
};

/** Fields that are unknown here are ignored, because later versions may export more. */
const line = z.object({
  grantId: z.string(),
  at: z.string(),
  entitlement: z.string(),
  scope: z
    .object({ actions: z.array(z.string()).optional(), resources: z.array(z.string()).optional() })
    .transform(withoutUndefined<Scope>)
    .nullable()
    .default(null),
  decision: z.object({
    outcome: z.enum(['allow', 'approve', 'deny']),
    policies: z.array(z.string()),
  }),
  inputs: z.object({
    principal: z.object({
      type: z.enum(['User', 'Workload']),
      id: z.string(),
      issuer: z.string(),
      name: z.string(),
      groups: z.array(z.string()),
      tags: z.record(z.string(), z.string()),
    }),
    facts: z.object({
      now: z.string().transform((text, context): Instant => {
        const value = readInstant(text);
        if (value !== null) return value;
        context.addIssue('is not an RFC 3339 time');
        return z.NEVER;
      }),
      durationSeconds: z.int(),
      startsInSeconds: z.int().default(0),
      sourceIp: z.union([z.ipv4(), z.ipv6()], 'is not an IP address'),
      mfa: z.boolean(),
      mfaAgeSeconds: z.int().nullable().default(null),
      ticket: z.string().nullable().default(null),
      justification: z.string().nullable().default(null),
      scoped: z.boolean().default(false),
      parameters: z.record(z.string(), z.string()).default({}),
      history: z.object({ recentDenials: z.int(), firstUse: z.boolean() }).nullable().default(null),
      signals: z
        .object({
          deniedInARow: z.int(),
          lapsedLately: z.int(),
          cancelledLately: z.int(),
          firstUse90Days: z.boolean(),
          newNetwork: z.boolean(),
          offHours: z.boolean(),
          otherNetwork: z.boolean(),
          tokenTwoNetworks: z.boolean().default(false),
        } satisfies Record<keyof RequestSignals, z.ZodType>)
        .optional(),
    }),
  }),
});

/** An answer of `GET /v1/decisions` to those who do not ask for lines. */
function isPage(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'decisions');
}

/** @returns the decision, or a sentence that names the field which is missing or wrong. */
export function readPastDecision(text: string): Result<PastDecision, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err('is not JSON');
  }
  if (isPage(value)) return err('is a page of JSON; export it with Accept: application/jsonl');
  const parsed = line.safeParse(value, { reportInput: true, error: describeIssue });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    if (issue === undefined) throw parsed.error;
    const path = issue.path.map(String).join('.') || 'the line';
    return err(`${path}: ${describeMissing(issue) ?? issue.message}`);
  }
  const { inputs, ...rest } = parsed.data;
  const { facts, principal } = inputs;
  const { signals, ...others } = facts;
  return ok({
    ...rest,
    principal,
    facts: {
      ...others,
      justification: facts.justification ?? '',
      ...(signals !== undefined && { signals }),
    },
  });
}
