import { eventOf, type Happening, type Initiator, initiatorOf } from '../audit.ts';
import type { Call } from '../call.ts';
import type { AuthorityPorts } from '../deciding/authority.ts';
import type { Failure } from '../failure.ts';
import type { Grant } from '../grant.ts';
import type { RandomBytes } from '../ids.ts';
import type { GrantStore } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';
import { type Conflict, retryOnConflict } from '../retry-on-conflict.ts';
import { asStrangersSeeIt, findGrant, hideFromStrangers } from './find-grant.ts';
import { earlierUse, firstAnswer } from './first-answer.ts';

export type ChangePorts = AuthorityPorts & {
  readonly store: GrantStore;
  readonly random: RandomBytes;
};

/** The next version of a grant, and what happened to it, in order. */
export type Change = {
  readonly grant: Grant;
  readonly happenings: readonly (Happening & { readonly by?: Initiator })[];
  /** Principals who must not be suspended when this is written, besides the caller. */
  readonly unsuspended: readonly string[];
  /** What the caller is answered once it is written; such a call is not remembered under its key. */
  readonly refusal?: Failure;
};

/** What a caller wants to do to a grant. */
export type GrantChange<Authority> = {
  /** Whether the caller may do this at all, asked once and before anything else. */
  readonly authorize: (grant: Grant) => Promise<Result<Authority, Failure>>;
  /** What the change makes of the grant; null where there is nothing left to do. */
  readonly decide: (
    grant: Grant,
    authority: Authority,
  ) => Promise<Result<Change | null, Failure | Conflict>>;
};

/** Reads the grant, asks whether the caller may change it, decides, and writes the next version. */
export async function changeGrant<Authority>(
  ports: ChangePorts,
  call: Call,
  grantId: string,
  change: GrantChange<Authority>,
): Promise<Result<Grant, Failure>> {
  const done = await retryOnConflict(() => changeOnce(ports, call, grantId, change));
  if (done.ok) return done;
  const { error } = done;
  return err(error.code === 'conflict' ? { code: 'unavailable', what: 'store', grantId } : error);
}

async function changeOnce<Authority>(
  ports: ChangePorts,
  call: Call,
  grantId: string,
  { authorize, decide }: GrantChange<Authority>,
): Promise<Result<Grant, Failure | Conflict>> {
  const [found, earlier] = await Promise.all([
    findGrant(ports.store, grantId),
    earlierUse(ports, call),
  ]);
  if (!earlier.ok) return earlier;
  if (earlier.value !== null) return firstAnswer(ports, call, earlier.value);
  if (!found.ok) return asStrangersSeeIt(ports, call, found.error);
  const before = found.value;
  const authority = await authorize(before);
  if (!authority.ok) return hideFromStrangers(ports, call, before, authority.error);
  const change = await decide(before, authority.value);
  if (!change.ok) return change;
  if (change.value !== null) return write(ports, call, before, change.value);
  return call.idempotency === null ? ok(before) : rememberAnswer(ports, call, before);
}

/** Nothing is left to do, and a repeat must be answered so too, whatever happens to the grant meanwhile. */
async function rememberAnswer(
  ports: ChangePorts,
  call: Call,
  grant: Grant,
): Promise<Result<Grant, Failure | Conflict>> {
  const { idempotency } = call;
  const same = { before: grant, grant, events: [], idempotency, unsuspended: [] };
  const written = await ports.store.update(same);
  if (written.ok) return ok(grant);
  return err(written.error.code === 'repeated' ? { code: 'conflict' } : written.error);
}

async function write(
  ports: ChangePorts,
  call: Call,
  before: Grant,
  { grant, happenings, unsuspended, refusal }: Change,
): Promise<Result<Grant, Failure | Conflict>> {
  const caller = call.caller.principal.id;
  const events = happenings.map(({ by = initiatorOf(call), ...happening }) =>
    eventOf(grant, happening, by, ports.clock(), ports.random),
  );
  const written = await ports.store.update({
    before,
    grant,
    events,
    idempotency: refusal === undefined ? call.idempotency : null,
    unsuspended: [...new Set([caller, ...unsuspended])],
  });
  if (written.ok) return refusal === undefined ? ok(grant) : err(refusal);
  const { error } = written;
  // The same call was written meanwhile: its key is found now, and answers this one.
  if (error.code === 'repeated') return err({ code: 'conflict' });
  // Another principal was suspended since the change was decided, so it must be decided again.
  if (error.code === 'suspended' && (error.principal ?? caller) !== caller) {
    return err({ code: 'conflict' });
  }
  return err(error);
}

/** The grant is not in a state that allows the change; the answer carries it as it is. */
export function wrongState(grant: Grant, detail: string): Result<never, Failure> {
  return err({ code: 'wrong-state', grant, detail });
}

export function forbidden(grant: Grant, detail: string): Result<never, Failure> {
  return err({ code: 'forbidden', grant, detail });
}
