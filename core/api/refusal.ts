import { initiatorOf, type PrincipalEvent } from '../audit.ts';
import type { Call } from '../call.ts';
import type { Failure } from '../failure.ts';
import { newEventId, type RandomBytes } from '../ids.ts';
import type { Instant } from '../instant.ts';
import { type Problem, problemOf } from './problem.ts';
import type { RouteKey } from './routes.ts';

/** A call that was to change something. */
export type RefusedCall = Call & { readonly route: RouteKey; readonly pathId: string };

/** What a caller may not do, or may not do any more; not what they wrote wrongly, nor what failed. */
const REFUSALS: ReadonlySet<Failure['code']> = new Set([
  'forbidden',
  'denied',
  'token-denied',
  'suspended',
  'wrong-state',
  'limited',
]);

/** A denial has an event of its own here, with everything that the policies saw. */
const RECORD_DENIALS: ReadonlySet<RouteKey> = new Set([
  'POST /v1/grants',
  'POST /v1/credentials',
  'POST /v1/grants/{id}/extend',
]);

/** The record of a refusal (I8); null where the failure is none, or has left its record already. */
export function refusalOf(
  failure: Failure,
  call: RefusedCall,
  at: Instant,
  random: RandomBytes,
): PrincipalEvent | null {
  if (!REFUSALS.has(failure.code) || isTooEarly(failure)) return null;
  if (failure.code === 'denied' && RECORD_DENIALS.has(call.route)) return null;
  return {
    id: newEventId(random),
    principalId: call.caller.principal.id,
    type: 'principal-refused',
    at,
    ...initiatorOf(call),
    call: call.route.replace('{id}', call.pathId),
    problem: failure.code,
    reason: detailOf(problemOf(failure)),
  };
}

/** What has not begun may be tried again, and often is. */
function isTooEarly(failure: Failure): boolean {
  return failure.code === 'wrong-state' && ['pending', 'scheduled'].includes(failure.grant.status);
}

function detailOf({ body }: Problem): string {
  return String(body['detail'] ?? '');
}
