import type { Failure } from '../failure.ts';
import { type Measure, SLOW_VEND_MS } from '../metrics.ts';
import { QUARANTINE_PROBLEM } from './quarantine-wire.ts';
import { isRouteKey, ROUTES } from './routes.ts';

/**
 * How a call ended. `failed` is the broker's own fault, or that of what it depends on; nothing else is. `quarantined`: it was
 * refused on purpose, for which the alarm `Quarantine` rings.
 */
export type Outcome = 'served' | 'invalid' | 'refused' | 'limited' | 'quarantined' | 'failed';

/**
 * What the answer to a call says in figures.
 *
 * @param type of the problem document; null where the answer is none
 */
export function measuresOfAnswer(
  route: string,
  status: number,
  milliseconds: number,
  type: unknown = null,
): readonly Measure[] {
  const outcome = type === QUARANTINE_PROBLEM ? 'quarantined' : outcomeOf(status);
  const requests: Measure = { metric: 'Requests', value: 1, of: outcome };
  if (!vends(route)) return [requests];
  if (outcome === 'failed') return [requests, { metric: 'VendFailed', value: 1 }];
  // A request that waits for approval is answered with 202.
  if (status !== 200) return [requests];
  return [
    requests,
    { metric: 'Vends', value: 1 },
    { metric: 'VendFailed', value: 0 },
    { metric: 'VendLatency', value: milliseconds },
    { metric: 'VendSlow', value: milliseconds < SLOW_VEND_MS ? 0 : 1 },
  ];
}

/** What the reason of a failed call says in figures. */
export function measuresOfFailure(route: string, failure: Failure): readonly Measure[] {
  if (failure.code === 'limited') return [{ metric: 'Throttled', value: 1, of: failure.limit }];
  const reason = faultOf(failure);
  return reason === null || !vends(route) ? [] : [{ metric: 'VendFailures', value: 1, of: reason }];
}

function vends(route: string): boolean {
  return isRouteKey(route) && ROUTES[route].lambda === 'vend';
}

function outcomeOf(status: number): Outcome {
  if (status < 400) return 'served';
  if (status >= 500) return 'failed';
  if (status === 429) return 'limited';
  return status === 401 || status === 403 ? 'refused' : 'invalid';
}

function faultOf(failure: Failure): string | null {
  switch (failure.code) {
    case 'unavailable':
      return failure.what;
    case 'role-frozen':
    case 'role-refused':
    case 'policy-refused':
      return failure.code;
    default:
      return null;
  }
}
