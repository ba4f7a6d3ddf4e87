import { logger } from '../logger.ts';

/** How long AWS may take, and what is logged where it fails. */

/** An AWS call fails after this time, so that the caller gets a 503 and not a gateway time-out. */
export const AWS_CALL = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
};

/** A late repeat would undo another writer's policy, so the SDK does not retry IAM calls. */
export const IAM_CALL = { ...AWS_CALL, maxAttempts: 1 };

/** Longer than these Lambdas may work. A repeat of the caller's does the rest. */
export const LONG_CALL = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 60_000 },
};

/** Logs only the name and message of the error, never what was sent. */
export function reportFailure(operation: string, error: unknown): void {
  const { name, message } = error instanceof Error ? error : { name: 'unknown', message: '' };
  logger.error('AWS call failed', { operation, errorName: name, errorMessage: message });
}
