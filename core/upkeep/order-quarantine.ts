import {
  actorOf,
  BROKER,
  brokerItself,
  type Initiator,
  initiatorOf,
  type PrincipalEvent,
} from '../audit.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { Call, Idempotency } from '../call.ts';
import type { Failure, Unavailable } from '../failure.ts';
import { newEventId, type RandomBytes } from '../ids.ts';
import type { Instant } from '../instant.ts';
import type { PolicyEngine } from '../ports.ts';
import type { Caller } from '../principal.ts';
import {
  begun,
  DEPLOYED,
  type InForce,
  inForce,
  type Quarantine,
  released,
} from '../quarantine.ts';
import { err, ok, type Result } from '../result.ts';
import { type Conflict, retryOnConflict } from '../retry-on-conflict.ts';
import { personClaims, recordedMarks } from '../reviewing/participant.ts';

/** Orders that begin a quarantine, and end it. They need neither the workflow nor a grant. */

type Refused<Code extends Failure['code']> = Extract<Failure, { code: Code }>;

/** All that one order changes: one transaction. */
export type QuarantineWrite = {
  /** As it was read; a conflict if it is another by now. */
  readonly before: Quarantine | null;
  readonly after: Quarantine | null;
  /** Null where nothing changes, and only the key is to be remembered. */
  readonly event: PrincipalEvent | null;
  readonly idempotency: Idempotency | null;
  /** The caller, who may not be suspended; null for an order that no caller gives. */
  readonly unsuspended: string | null;
};

export type QuarantineStore = {
  /** Strongly consistent. */
  readonly read: () => Promise<Result<Quarantine | null, Unavailable>>;
  /** Whether a recovery of the table has begun and not ended. */
  readonly recoveryGoesOn: () => Promise<Result<boolean, Unavailable>>;
  /** `conflict`: it changed, or the key was used just now. */
  readonly write: (
    write: QuarantineWrite,
  ) => Promise<Result<null, Refused<'suspended'> | Conflict | Unavailable>>;
  /** Whether an order was given under this key. */
  readonly givenUnder: (
    idempotency: Idempotency,
  ) => Promise<Result<boolean, Refused<'key-reused'> | Unavailable>>;
};

export type OrderPorts = {
  readonly quarantines: QuarantineStore;
  /** Whether the deployment keeps a quarantine in force. */
  readonly deployed: boolean;
  readonly clock: () => Instant;
  readonly random: RandomBytes;
};

type Giving = Pick<QuarantineWrite, 'idempotency' | 'unsuspended'>;

type Given<More = never> = Promise<
  Result<
    InForce | null,
    Refused<'suspended'> | Refused<'key-reused'> | Refused<'quarantine-state'> | Unavailable | More
  >
>;

/** Whether policy lets the caller begin or end a quarantine. */
export function mayOrderQuarantine(
  { engine }: { readonly engine: Pick<PolicyEngine, 'mayOnBroker'> },
  { principal }: Caller,
): Result<null, Failure> {
  const may = engine.mayOnBroker('administer', principal);
  if (!may.ok) return may;
  if (may.value) return ok(null);
  const detail = 'Policy does not let you put the broker into quarantine, or end it.';
  return err({ code: 'forbidden', detail });
}

/** Stops all new access. While a quarantine stands, the order takes back that somebody asked to end it. */
export function beginQuarantine(
  ports: OrderPorts,
  { cause, reason }: Pick<Quarantine, 'cause' | 'reason'>,
  by: Initiator,
  giving: Giving = NOBODY,
): Given {
  return change(ports, giving, (standing) => {
    const event = { ...basisOf(ports, by), type: 'quarantine-begun', cause, reason } as const;
    const { id: revision, at } = event;
    const after = begun(standing, { revision, cause, at, by: by.actor, reason });
    return ok(after === null ? null : { after, event });
  });
}

/** The first administrator asks to end the quarantine, and another person ends it. */
export async function releaseQuarantine(
  ports: OrderPorts & { readonly bundle: Pick<Bundle, 'entitlements'> },
  call: Call,
  comment: string,
): Given {
  const { caller, idempotency } = call;
  const goesOn = await ports.quarantines.recoveryGoesOn();
  if (!goesOn.ok) return goesOn;
  if (goesOn.value) return err({ code: 'quarantine-state', detail: UNFINISHED });
  const marks = recordedMarks(caller.principal, personClaims(ports.bundle));
  const giving = { idempotency, unsuspended: caller.principal.id };
  return change(ports, giving, (standing) => {
    if (ports.deployed) return err({ code: 'quarantine-state', detail: HELD });
    if (standing === null) return err({ code: 'quarantine-state', detail: NONE });
    const basis = basisOf(ports, initiatorOf(call));
    const { id: revision, at } = basis;
    const done = released(standing, { revision, by: actorOf(caller), marks, at });
    switch (done.kind) {
      case 'unchanged':
        return ok(null);
      case 'asked':
        return ok({
          after: done.quarantine,
          event: { ...basis, type: 'quarantine-release-asked', reason: comment },
        });
      case 'ended':
        return ok({
          after: null,
          event: { ...basis, type: 'quarantine-ended', reason: comment },
        });
    }
  });
}

/**
 * Writes down the quarantine that the deployment began, so that it goes on after a deployment without the flag. Nobody
 * may have asked to end it before: that was about another one.
 */
export function recordDeployed(ports: OrderPorts, requestId: string): Given {
  const order = { cause: 'recovery', reason: DEPLOYED } as const;
  return beginQuarantine(ports, order, brokerItself(requestId));
}

const NOBODY: Giving = { idempotency: null, unsuspended: null };
const NONE = 'The broker is not in quarantine.';
const UNFINISHED =
  'A recovery of this table has begun and not ended. Go on with it first: valetkey recover --table NAME';
const HELD =
  'The broker is deployed for recovery, or as a standby. Deploy it without -c recovery=on or standby first; the quarantine goes on until two people release it.';

type Change = Pick<QuarantineWrite, 'after'> & { readonly event: PrincipalEvent };

/** A repeat under the same key changes nothing, and is answered with what is in force by then. */
async function change(
  ports: OrderPorts,
  { idempotency, unsuspended }: Giving,
  decide: (standing: Quarantine | null) => Result<Change | null, Refused<'quarantine-state'>>,
): Given {
  const { quarantines, deployed } = ports;
  const done = await retryOnConflict(async (): Given<Conflict> => {
    const given = idempotency === null ? ok(false) : await quarantines.givenUnder(idempotency);
    if (!given.ok) return given;
    const before = await quarantines.read();
    if (!before.ok) return before;
    if (given.value) return ok(inForce(before.value, deployed));
    const decided = decide(before.value);
    if (!decided.ok) return decided;
    const { after, event } = decided.value ?? { after: before.value, event: null };
    if (event === null && idempotency === null) return ok(inForce(after, deployed));
    const write = { before: before.value, after, event, idempotency, unsuspended };
    const written = await quarantines.write(write);
    return written.ok ? ok(inForce(after, deployed)) : written;
  });
  if (done.ok) return done;
  return err(done.error.code === 'conflict' ? { code: 'unavailable', what: 'store' } : done.error);
}

function basisOf(ports: Pick<OrderPorts, 'clock' | 'random'>, by: Initiator) {
  return { id: newEventId(ports.random), at: ports.clock(), principalId: BROKER, ...by };
}
