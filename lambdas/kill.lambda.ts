import type { Context } from 'aws-lambda';
import { BROKER, brokerItself, type Initiator } from '../core/audit.ts';
import { revokeAll } from '../core/grants/suspend-principal.ts';
import type { Instant } from '../core/instant.ts';
import { killGrant, type NotKilled } from '../core/kill/kill-grant.ts';
import { lookAfter } from '../core/kill/look-after.ts';
import { type DeniedById, recoverRole } from '../core/kill/recover-role.ts';
import { nextStep, type Step, stepAfter } from '../core/lifecycle/next-step.ts';
import { mayBeQuarantined } from '../core/read-quarantine.ts';
import { beginQuarantine } from '../core/upkeep/order-quarantine.ts';
import * as environment from './container/environment.ts';
import * as killing from './container/killing.ts';
import * as ledger from './container/ledger.ts';
import * as recovery from './container/recovery.ts';
import * as stores from './container/stores.ts';
import { logger } from './logger.ts';
import { awsHandler, Retryable } from './middleware/aws-handler.ts';

/**
 * The kill switch: the only Lambda that may write IAM policies, and only inline on the roles of the bundle
 * and on roles with the broker's tag. The workflow and the sweep call it. In an emergency, an operator who may invoke
 * it can end everything of a principal without API, policy engine or workflow (`docs/runbooks/`).
 */

type Input =
  | { readonly grantId: string; readonly executionId?: string; readonly step?: Partial<Step> }
  /** Many grants at once: the first write of a role's policy covers all of them. */
  | { readonly grantIds: readonly string[] }
  /**
   * Compares one role's policy with what the store demands, rewrites it if it differs, and thaws it. A
   * retired role, which the bundle no longer names, is forgotten when nothing of it is left.
   */
  | { readonly role: string; readonly retired?: boolean }
  /** In a recovery: cuts the role off, and says what its policy had denied by the ids of grants. */
  | { readonly recover: string; readonly reason?: string }
  /** With a token of `aws eks get-token` for this function, the events name who gave the order. */
  | { readonly principal: string; readonly reason?: string; readonly caller?: unknown }
  /** Puts the broker into quarantine; no direct order releases it. */
  | { readonly quarantine: { readonly reason?: string }; readonly caller?: unknown };

type Output =
  | Step
  | { readonly role: string }
  | RecoveredRole
  | { readonly quarantine: string }
  | { readonly grants: readonly string[]; readonly ended?: number; readonly finished?: boolean };

type RecoveredRole = DeniedById & {
  readonly role: string;
  readonly cutoff: Instant | null;
  /** Why nothing was written on the role. */
  readonly refused?: string;
};

/** Half of the time that the Lambda has; the sweep does what is left. */
const DIRECT_ORDER = { grants: 5000, seconds: 25 };

const shared = {
  store: stores.store(),
  random: environment.random,
  ...killing.killSwitch(),
};
const proven = ledger.callerProof();

export const handler = awsHandler<Input, Output>(async (input, context) => {
  const { awsRequestId } = context;
  if ('grantId' in input) {
    return stepAfter(input.step, await killOne(input.grantId, input.executionId ?? awsRequestId));
  }
  if ('grantIds' in input) {
    await killMany(input.grantIds, awsRequestId);
    return { grants: input.grantIds };
  }
  if ('role' in input) return lookAfterRole(input.role, input.retired === true, awsRequestId);
  if ('recover' in input) {
    return recoverOne(input.recover, input.reason ?? 'recovery', awsRequestId);
  }
  const by = await orderedBy(input.caller, context);
  if ('quarantine' in input) return beginByOrder(input.quarantine.reason ?? BY_DIRECT_ORDER, by);
  return endPrincipal(input.principal, input.reason ?? BY_DIRECT_ORDER, by);
});

/** An order whose token proves nothing is refused: its events would have nobody's name, or a wrong one. */
async function orderedBy(token: unknown, context: Context): Promise<Initiator> {
  const { awsRequestId, invokedFunctionArn } = context;
  const by = brokerItself(awsRequestId);
  if (token === undefined) return by;
  const caller = await proven(token, invokedFunctionArn.split(':').slice(0, 7).join(':'));
  if (!caller.ok) throw new CallerNotProven(`${caller.error}. ${WITHOUT}`);
  return { ...by, actor: caller.value };
}

class CallerNotProven extends Error {
  override readonly name = 'CallerNotProven';
}
const WITHOUT =
  'Nothing was done. In an emergency leave out `caller`: then the events do not say who gave the order.';

const BY_DIRECT_ORDER = 'by direct order';

async function beginByOrder(reason: string, by: Initiator) {
  const order = { cause: 'order', reason } as const;
  const done = await beginQuarantine(recovery.quarantineOrders(), order, by);
  if (!done.ok) throw new Retryable(done.error.code);
  const operator = by.actor === BROKER ? null : by.actor.name;
  logger.warn('quarantine by direct order', { reason, operator });
  return { quarantine: 'in force' };
}

async function endPrincipal(principal: string, reason: string, by: Initiator) {
  const ports = { ...shared, principals: stores.principals() };
  const { requestId, actor } = by;
  const done = await revokeAll(ports, { principal, reason }, by, { limits: DIRECT_ORDER });
  if (!done.ok) throw new Retryable(done.error.code);
  const { grants, killing, ended, finished } = done.value;
  const all = [...new Set([...grants.map(({ id }) => id), ...killing])];
  const operator = actor === BROKER ? null : actor.name;
  logger.warn('revoked by direct order', { principal, operator, grants: all, ended, finished });
  await killMany(killing, requestId);
  return { grants: all, ended, finished };
}

const AT_ONCE = 10;

/** Tries every grant; throws the last failure. */
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
    const role = 'role' in done.error ? { role: done.error.role } : {};
    report(done.error, { grantId, ...role });
    throw new Retryable(done.error.code);
  }
  const { status } = done.value;
  const step = nextStep(done.value, environment.clock(), await mayBeQuarantined(shared));
  logger.info('kill switch as it should be', { grantId, status, phase: step.phase });
  return step;
}

async function lookAfterRole(role: string, retired: boolean, requestId: string) {
  const done = await lookAfter({ ...shared, holder: requestId }, role, retired);
  if (done.ok) {
    if (done.value === 'left-behind') logger.warn('kill switch left behind', { role });
    if (done.value === 'forgotten') logger.info('role forgotten', { role });
    return { role };
  }
  report(done.error, { role });
  throw new Retryable(done.error.code);
}

class NotInRecovery extends Error {
  override readonly name = 'NotInRecovery';
}

/** A role that no retry can write is part of the answer: the recovery reports it, and goes on with the others. */
async function recoverOne(role: string, reason: string, holder: string): Promise<RecoveredRole> {
  if (!environment.recovering()) {
    throw new NotInRecovery('QUARANTINE is not recovery: deploy with -c recovery=on first.');
  }
  const done = await recoverRole({ ...shared, holder }, role, reason);
  if (done.ok) {
    const { patterns, except, cutoff } = done.value;
    logger.warn('role cut off', { role, reason, until: cutoff.until });
    return { role, cutoff: cutoff.at, patterns, except };
  }
  const { code, reason: refused } = done.error;
  report(done.error, { role });
  const why = `${code}: ${refused}`;
  // Whoever recovers reads it, so the code alone says too little.
  if (!LASTING.has(code)) throw new Retryable(why);
  return { role, cutoff: null, patterns: [], except: [], refused: why };
}

const LASTING: ReadonlySet<string> = new Set([
  ...(['no-such-role', 'refused', 'too-long', 'unknown-policy'] as const),
]);

/** An alarm counts the errors; another writer at work is none. */
function report({ code, reason }: NotKilled, what: object): void {
  if (code === 'busy' || code === 'conflict') logger.info('kill switch busy', { ...what, reason });
  else logger.error('kill switch not written', { ...what, code, reason });
}
