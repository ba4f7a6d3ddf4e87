import type { PrincipalEvent } from '../audit.ts';
import type { Unavailable } from '../failure.ts';
import type { Instant } from '../instant.ts';
import type { Result } from '../result.ts';

/** A request of the principal that came to nothing, and when. */
export type Ended = { readonly at: Instant; readonly grantId: string };

export type SignalEvent = Extract<PrincipalEvent, { readonly type: 'signal-raised' }>;

/** From `from` on, and before `before`. */
export type Span = { readonly from: Instant; readonly before: Instant };

/** What signals are found in: bounded, strongly consistent reads of one principal's rows, the latest first. */
export type SignalStore = {
  readonly ended: (
    how: 'denied' | 'lapsed',
    principal: string,
    span: Span,
  ) => Promise<Result<readonly Ended[], Unavailable>>;
  readonly refused: (
    principal: string,
    span: Span,
  ) => Promise<Result<readonly PrincipalEvent[], Unavailable>>;
  /**
   * Writes the event, unless its episode goes on: one of this kind and principal, or role, was raised, or went on, at most
   * `quietSeconds` before or after. In both cases the episode includes this event from then on.
   *
   * @returns whether the event was written.
   */
  readonly raise: (
    event: SignalEvent,
    quietSeconds: number,
  ) => Promise<Result<boolean, Unavailable>>;
};
