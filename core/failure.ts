import type { Decision } from './decision.ts';
import type { FieldError } from './field-error.ts';
import type { Grant } from './grant.ts';
import type { Limited } from './limits.ts';
import type { Quarantined } from './quarantine.ts';

/** What the broker depends on; error messages name it. */
export type Dependency = 'store' | 'sts' | 'policy' | 'issuer' | 'ledger' | 'cloudtrail';

/**
 * Every way in which a call can fail. One function maps it to the wire
 * (`core/api/problem.ts`).
 */
export type Failure =
  | { readonly code: 'invalid'; readonly errors: readonly FieldError[] }
  | { readonly code: 'not-found'; readonly detail: string }
  | { readonly code: 'forbidden'; readonly detail: string; readonly grant?: Grant }
  | { readonly code: 'denied'; readonly grant: Grant; readonly decision?: Decision }
  /** The caller's own grant, with a token that may not use it. The answer does not show the grant. */
  | { readonly code: 'token-denied'; readonly grant: Grant; readonly decision: Decision }
  /** `principal` is the suspended one; the caller where it is left out. */
  | { readonly code: 'suspended'; readonly principal?: string }
  | { readonly code: 'wrong-state'; readonly grant: Grant; readonly detail: string }
  /** The access review is not where it can be done. */
  | { readonly code: 'review-state'; readonly detail: string }
  /** The quarantine is not where it can be ended. */
  | { readonly code: 'quarantine-state'; readonly detail: string }
  /** The broker gives nothing at the moment. */
  | Quarantined
  /** The event is not in a signed checkpoint of the log yet. */
  | { readonly code: 'not-published'; readonly retryAfterSeconds: number }
  /** Too much of something by one principal. */
  | Limited
  | { readonly code: 'key-reused' }
  | { readonly code: 'role-frozen'; readonly grantId?: string }
  | {
      readonly code: 'role-refused' | 'policy-refused';
      readonly role: string;
      readonly grantId: string;
    }
  | { readonly code: 'unavailable'; readonly what: Dependency; readonly grantId?: string };

export type Unavailable = Extract<Failure, { code: 'unavailable' }>;
