import type { Context } from 'aws-lambda';
import { expireGrant } from '../core/expire.ts';
import * as container from './container.ts';
import { logger } from './logger.ts';

/** The workflow's last step: marks a grant as expired. May read and write the table. */

const ports = { store: container.store(), clock: container.clock, random: container.random };

type Step = { readonly grantId: string; readonly executionId: string };

/** The name that the workflow's Retry selects. */
class Retryable extends Error {
  override readonly name = 'Retryable';
}

export async function handler(step: Step, context: Context): Promise<{ readonly status: string }> {
  logger.resetKeys();
  logger.appendKeys({ requestId: context.awsRequestId, grantId: step.grantId });
  const grant = await expireGrant(ports, step.grantId, step.executionId);
  if (!grant.ok) {
    logger.warn('not expired yet', { reason: grant.error.code });
    throw new Retryable(grant.error.code);
  }
  logger.info('grant ended', { status: grant.value.status });
  return { status: grant.value.status };
}
