import { refusalOf } from '../../core/api/refusal.ts';
import type { Failure } from '../../core/failure.ts';
import type { PrincipalRecords } from '../../core/principal-records.ts';
import { logger } from '../logger.ts';
import type { ApiRequest } from './api-call.ts';

/**
 * Leaves the record of a refused call (I8). The answer does not depend on it: the call is refused in any case, and
 * the log has what could not be recorded. The alarm RefusalLost counts that line.
 */
export async function recordRefusal(
  { append, clock, random }: PrincipalRecords,
  request: ApiRequest,
  failure: Failure,
): Promise<void> {
  const { caller, route } = request;
  if (caller === null || !route.startsWith('POST ')) return;
  const event = refusalOf(failure, { ...request, caller }, clock(), random);
  if (event === null || (await append(event))) return;
  logger.error('refusal not recorded', { ...event });
}
