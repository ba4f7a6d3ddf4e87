import { BROKER } from '../core/audit.ts';
import { revokeAll } from '../core/grants/suspend-principal.ts';
import { verify } from '../core/kill/converge.ts';
import { killGrant, type NotKilled } from '../core/kill/kill-grant.ts';
import { type Step, whereNext } from '../core/lifecycle/next-step.ts';
import * as container from './container.ts';
import { logger } from './logger.ts';
import { awsHandler, Retryable } from './middleware/aws-handler.ts';

/**
 * The kill switch: the only Lambda that may write IAM policies, and only the one inline policy on the
 * roles of the bundle. The workflow and the sweep call it; in an emergency, whoever may invoke it
 * ends everything of a principal without API, policy engine or workflow (`docs/runbooks/`).
 */

type Input =
  | { readonly grantId: string; readonly executionId?: string }
  /** Many at once: the first write of a role's policy is for all of them. */
  | { readonly grantIds: readonly string[] }
  /** Looks whether one role's policy is what the store says, mends and thaws it. */
  | { readonly role: string }
  | { readonly principal: string; readonly reason?: string };

type Output = Step | { readonly role: string } | { readonly grants: readonly string[] };

const store = container.store();
const shared = { store, random: container.random, ...container.killSwitch() };

export const handler = awsHandler<Input, Output>(async (input, { awsRequestId }) => {
  if ('grantId' in input) return killOne(input.grantId, input.executionId ?? awsRequestId);
  if ('grantIds' in input) {
    await killMany(input.grantIds, awsRequestId);
    return { grants: input.grantIds };
  }
  if ('role' in input) return mend(input.role, awsRequestId);
  const order = { principal: input.principal, by: BROKER, sourceIp: null } as const;
  const ended = await revokeAll(
    { ...shared, principals: container.principals() },
    { ...order, reason: input.reason ?? 'by direct order', requestId: awsRequestId },
  );
  if (!ended.ok) throw new Retryable(ended.error.code);
  const grants = ended.value.grants.map(({ id }) => id);
  logger.warn('revoked by direct order', { principal: input.principal, grants });
  await killMany(grants, awsRequestId);
  return { grants };
});

const AT_ONCE = 10;

/** All of them, whatever becomes of one. */
async function killMany(grantIds: readonly string[], requestId: string): Promise<void> {
  const waiting = [...grantIds];
  let failed: unknown = null;
  const work = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      await killOne(id, requestId).catch((error: unknown) => {
        failed = error;
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (failed !== null) throw failed;
}

async function killOne(grantId: string, requestId: string): Promise<Step> {
  const holder = `${requestId} ${grantId}`;
  const done = await killGrant({ ...shared, holder }, grantId, requestId);
  if (!done.ok) {
    tell(done.error, { grantId });
    throw new Retryable(done.error.code);
  }
  const step = whereNext(done.value, container.clock());
  logger.info('kill switch as it should be', {
    grantId,
    status: done.value.status,
    phase: step.phase,
  });
  return step;
}

async function mend(role: string, requestId: string): Promise<{ readonly role: string }> {
  const done = await verify({ ...shared, holder: requestId }, role);
  if (done.ok) return { role };
  tell(done.error, { role });
  throw new Retryable(done.error.code);
}

/** Somebody else who is at it is no fault; an alarm counts the errors. */
function tell({ code, reason }: NotKilled, what: object): void {
  if (code === 'busy' || code === 'conflict') logger.info('kill switch busy', { ...what, reason });
  else logger.error('kill switch not written', { ...what, code, reason });
}
