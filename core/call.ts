import type { Caller } from './principal.ts';

/** A caller's `Idempotency-Key`, bound to the principal, with a hash of the request it came with. */
export type Idempotency = {
  readonly principal: string;
  readonly key: string;
  readonly fingerprint: string;
};

/** One API call by a signed-in caller. */
export type Call = {
  readonly caller: Caller;
  /** API Gateway's id of the request; it links logs, audit events and answers. */
  readonly requestId: string;
  readonly sourceIp: string;
  /** The caller's trace, or else that of X-Ray: 32 hexadecimal digits (W3C Trace Context). */
  readonly traceId?: string;
  /** Null where the caller sent no `Idempotency-Key`. */
  readonly idempotency: Idempotency | null;
};

/** The caller and the network that a call comes from: all of a call that policy looks at. */
export type CallSource = Pick<Call, 'caller' | 'sourceIp'>;
