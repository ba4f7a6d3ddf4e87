import * as z from 'zod/mini';
import { VERDICTS } from '../access-review.ts';

/** What evidence needs of the events of access reviews. */

const text = z.string();
const step = { reviewId: text, step: z.number() };

const decision = z.object({
  item: z.number(),
  entitlement: text,
  principal: z.nullable(text),
  policies: z.array(text),
  decision: z.enum(VERDICTS),
  reason: text,
});

export const REVIEW_FIELDS = {
  'access-review-started': {
    ...{
      ...step,
      from: text,
      to: text,
      items: z.number(),
      listHash: text,
      bundle: text,
      file: text,
    },
    entitlements: z.nullable(z.array(text)),
  },
  'access-review-decided': { ...step, decisions: z.array(decision) },
  'access-review-signed': { ...step, listHash: text, keep: z.number(), remove: z.number() },
};
