import type { Context } from 'aws-lambda';
import { BROKER } from '../core/audit.ts';
import { rewrite } from '../core/kill/converge.ts';
import { killGrant } from '../core/kill/kill-grant.ts';
import { type Step, whereNext } from '../core/lifecycle/where.ts';
import { revokeAll } from '../core/principals.ts';
import * as container from './container.ts';
import { logger } from './logger.ts';

/**
 * The kill switch: the only Lambda that may write IAM policies, and only the one inline policy on the
 * roles of the bundle. The workflow and the sweep call it; in an emergency, whoever may invoke it
 * ends everything of a principal without API, policy engine or workflow (`docs/runbooks/`).
 */

type Input =
  | { readonly grantId: string; readonly executionId?: string }
  /** Brings one role's policy to what the store says, and thaws it. */
  | { readonly role: string }
  | { readonly principal: string; readonly reason?: string };

type Output = Step | { readonly role: string } | { readonly grants: readonly string[] };

class Retryable extends Error {
  override readonly name = 'Retryable';
}

const store = container.store();
const shared = { store, random: container.random, ...container.killSwitch() };

export async function handler(input: Input, { awsRequestId }: Context): Promise<Output> {
  logger.resetKeys();
  logger.appendKeys({ requestId: awsRequestId });
  if ('grantId' in input) return killOne(input.grantId, input.executionId ?? awsRequestId);
  if ('role' in input) return mend(input.role, awsRequestId);
  const order = { principal: input.principal, by: BROKER, sourceIp: null } as const;
  const ended = await revokeAll(
    { ...shared, principals: container.principals() },
    { ...order, reason: input.reason ?? 'by direct order', requestId: awsRequestId },
  );
  if (!ended.ok) throw new Retryable(ended.error.code);
  const grants = ended.value.grants.map(({ id }) => id);
  logger.warn('revoked by direct order', { principal: input.principal, grants });
  for (const id of grants) await killOne(id, awsRequestId);
  return { grants };
}

async function killOne(grantId: string, requestId: string): Promise<Step> {
  logger.appendKeys({ grantId });
  const done = await killGrant({ ...shared, holder: requestId }, grantId, requestId);
  if (!done.ok) {
    const { code, reason } = done.error;
    if (code === 'busy' || code === 'conflict') logger.info('kill switch busy', { reason });
    else logger.error('kill switch not written', { code, reason });
    throw new Retryable(code);
  }
  const step = whereNext(done.value, container.clock());
  logger.info('kill switch as it should be', { status: done.value.status, phase: step.phase });
  return step;
}

async function mend(role: string, requestId: string): Promise<{ readonly role: string }> {
  const done = await rewrite({ ...shared, holder: requestId }, role);
  if (done.ok) return { role };
  logger.error('kill switch not written', { role, ...done.error });
  throw new Retryable(done.error.code);
}
