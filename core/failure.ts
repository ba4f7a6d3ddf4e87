import type { Decision } from './decision.ts';
import type { Grant } from './grant.ts';

/** A mistake in what the caller sent, and where: `pointer` is an RFC 6901 JSON pointer. */
export type FieldError = { readonly pointer: string; readonly detail: string };

/** What the broker depends on, in the words of an error message. */
export type Dependency = 'store' | 'sts' | 'policy' | 'issuer' | 'workflow';

/**
 * Every way in which a call may end without what was asked for. One function maps it to the wire
 * (`core/api/problem.ts`).
 */
export type Failure =
  | { readonly code: 'invalid'; readonly errors: readonly FieldError[] }
  | { readonly code: 'not-found'; readonly detail: string }
  | { readonly code: 'forbidden'; readonly detail: string; readonly grant?: Grant }
  | { readonly code: 'denied'; readonly grant: Grant; readonly decision?: Decision }
  | { readonly code: 'suspended' }
  | { readonly code: 'wrong-state'; readonly grant: Grant; readonly detail: string }
  | { readonly code: 'key-reused' }
  | { readonly code: 'role-frozen'; readonly grantId?: string }
  | { readonly code: 'unavailable'; readonly what: Dependency; readonly grantId?: string };

export type Unavailable = Extract<Failure, { code: 'unavailable' }>;
