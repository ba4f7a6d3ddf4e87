import { Logger } from '@aws-lambda-powertools/logger';
import { traceIdOf } from '../core/trace-id.ts';

/** Structured logs. Never pass it bodies, tokens or credentials. */
export const logger = new Logger({ serviceName: 'valetkey' });

/** Every following line carries these keys and the id of the trace, and none of an earlier call. */
export function setLogKeys(keys: Readonly<Record<string, string>>): void {
  logger.resetKeys();
  logger.appendKeys(keys);
  followTrace(undefined);
}

/** The lines of a call that came with this `traceparent` carry its id; without one, that of X-Ray. */
export function followTrace(traceparent: string | undefined): void {
  const traceId = currentTraceId(traceparent);
  if (traceId !== null) logger.appendKeys({ traceId });
}

/** The trace of a call that came with this `traceparent`; without one, that of X-Ray. */
export function currentTraceId(traceparent: string | undefined): string | null {
  // The runtime sets it for each invocation (Lambda Developer Guide, "Defined runtime environment variables").
  return traceIdOf(traceparent, process.env['_X_AMZN_TRACE_ID']);
}
