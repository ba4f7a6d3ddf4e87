import { eventOf, type Happening, initiatorOf, inputsOf } from '../audit.ts';
import { type CompiledEntitlement, findEntitlement } from '../bundle/bundle.ts';
import type { Call } from '../call.ts';
import { knownPerson, overdueReview } from '../deciding/fixed-rules.ts';
import { decide } from '../deciding/judge.ts';
import { requestOf } from '../deciding/judge-use.ts';
import { readPast } from '../deciding/past.ts';
import { mayUse } from '../deciding/who-may.ts';
import { type Decision, type Question, question } from '../decision.ts';
import type { Failure } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { type Instant, secondsBetween } from '../instant.ts';
import { isOfJob } from '../job.ts';
import { extend } from '../lifecycle/active.ts';
import { askForExtension } from '../lifecycle/extension.ts';
import { newMatchCode } from '../lifecycle/match-code.ts';
import { type MayBeQuarantined, unlessQuarantined } from '../read-quarantine.ts';
import { type RequestSignals, signalsAtUse } from '../request-signals.ts';
import { err, ok, type Result } from '../result.ts';
import type { Conflict } from '../retry-on-conflict.ts';
import { marksOf } from '../same-person.ts';
import {
  type Change,
  type ChangePorts,
  changeGrant,
  forbidden,
  wrongState,
} from './change-grant.ts';
import { mayAsk } from './may-ask.ts';

type ExtendPorts = ChangePorts & MayBeQuarantined;

export type Extension = { readonly durationSeconds: number; readonly justification: string };

/**
 * Gives a grant a later end; policy decides as it would for a new request of that length. Where a new
 * request would need an approval, the extension waits for it, and the grant runs on as it is.
 */
export function extendGrant(
  ports: ExtendPorts,
  call: Call,
  grantId: string,
  extension: Extension,
  matchCode = newMatchCode(ports.random),
): Promise<Result<Grant, Failure>> {
  return changeGrant(ports, call, grantId, {
    authorize: (grant) => mayUse(ports, call, grant, 'Only its requester may extend a grant.'),
    decide: (grant) => extendIfAllowed(ports, call, grant, { ...extension, matchCode }),
  });
}

async function extendIfAllowed(
  ports: ExtendPorts,
  call: Call,
  grant: Grant,
  extension: Extension & { readonly matchCode: string },
): Promise<Result<Change, Failure | Conflict>> {
  const open = await unlessQuarantined(ports);
  if (!open.ok) return open;
  const entitlement = findEntitlement(ports.bundle, grant.entitlement);
  if (entitlement === null || entitlement.hash !== grant.definition) {
    return wrongState(grant, REDEFINED);
  }
  const { principal } = call.caller;
  if (!isOfJob(principal, entitlement, grant.job)) return forbidden(grant, OTHER_JOB);
  const { durationSeconds, justification, matchCode } = extension;
  const now = ports.clock();
  const extended = extend(grant, durationSeconds, entitlement.maxDurationSeconds, now);
  if (!extended.ok) {
    const { code, detail } = extended.error;
    if (code === 'wrong-state') return wrongState(grant, detail);
    return err({ code: 'invalid', errors: [{ pointer: '/durationSeconds', detail }] });
  }
  const judged = await judgeExtension(ports, call, grant, entitlement, extension, now);
  if (!judged.ok) return judged;
  const { asked, decision } = judged.value;
  const allowed = await mayAsk(ports, call, grant.entitlement, { decision, now });
  if (!allowed.ok) return allowed;
  const inputs = inputsOf(asked);
  if (decision.outcome === 'allow') {
    const { expiresAt } = extended.value;
    const happening = { type: 'extended', expiresAt, justification, decision, inputs } as const;
    return changeTo({ ...extended.value, decision }, happening);
  }
  const { approval, maxDurationSeconds } = entitlement;
  const marks = marksOf(call.caller.principal, approval?.samePerson ?? []);
  if (decision.outcome === 'deny' || approval === undefined || marks === null) {
    return recordDenial(ports, call, grant, asked, decision);
  }
  const request = { durationSeconds, justification, decision, inputs };
  const terms = { approval, maxDurationSeconds };
  const waiting = askForExtension(grant, { ...request, marks, matchCode }, terms, now);
  if (!waiting.ok) return wrongState(grant, waiting.error.detail);
  return changeTo(waiting.value, { type: 'extension-requested', ...request });
}

/** Policy decides as on a new request of that length, with the token that is presented now. */
async function judgeExtension(
  ports: ChangePorts,
  call: Call,
  grant: Grant,
  entitlement: CompiledEntitlement,
  { durationSeconds, justification }: Extension,
  now: Instant,
): Promise<Result<{ readonly asked: Question; readonly decision: Decision }, Failure>> {
  const { caller, sourceIp } = call;
  const past = await readPast(ports, call, grant.entitlement);
  if (!past.ok) return past;
  const asked = question(caller, entitlement, ports.deployment, {
    now,
    durationSeconds,
    startsInSeconds: startsIn(grant, now),
    sourceIp,
    ticket: grant.ticket,
    justification,
    parameters: grant.parameters,
    scope: grant.scope,
    history: past.value.history,
    signals: atUse(past.value.signals, grant, call),
  });
  const decided = decide(ports, asked, entitlement);
  if (!decided.ok) return decided;
  const known = knownPerson(decided.value, caller.principal, entitlement);
  return ok({ asked, decision: overdueReview(known, past.value.overdueReview) });
}

function atUse(signals: RequestSignals | undefined, grant: Grant, call: Call) {
  const { caller, sourceIp } = call;
  return signals && signalsAtUse(signals, requestOf(grant), { sourceIp, token: caller.token });
}

function changeTo(grant: Grant, happening: Happening): Result<Change, never> {
  return ok({ grant, happenings: [happening], unsuspended: [] });
}

function startsIn({ startsAt }: Grant, now: Instant): number {
  return Math.max(0, secondsBetween(now, startsAt ?? now));
}

/** The denied extension leaves a record (I8) and the grant as it was. */
async function recordDenial(
  ports: ChangePorts,
  call: Call,
  grant: Grant,
  asked: Question,
  decision: Decision,
): Promise<Result<never, Failure | Conflict>> {
  const happening = { type: 'extension-denied', decision, inputs: inputsOf(asked) } as const;
  const event = eventOf(grant, happening, initiatorOf(call), ports.clock(), ports.random);
  const { idempotency } = call;
  const recorded = await ports.store.recordDenial({ event, decision, idempotency });
  if (recorded.ok) return err({ code: 'denied', grant, decision });
  // The same call was written meanwhile: its key is found now, and answers this one.
  return err(recorded.error.code === 'repeated' ? { code: 'conflict' } : recorded.error);
}

const REDEFINED = 'The entitlement has changed since this grant was made. Request a new grant.';
const OTHER_JOB =
  'The grant is bound to the job that requested it, and this token belongs to another job.';
