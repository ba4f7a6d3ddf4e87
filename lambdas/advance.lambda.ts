import { nextStep, type Step, stepAfter } from '../core/lifecycle/next-step.ts';
import { advance } from '../core/upkeep/advance.ts';
import * as environment from './container/environment.ts';
import * as stores from './container/stores.ts';
import { logger } from './logger.ts';
import { awsHandler, Retryable } from './middleware/aws-handler.ts';

/** A step of the workflow: takes what is due on a grant. May read and write the table. */

const ports = {
  store: stores.store(),
  quarantine: stores.quarantine,
  clock: environment.clock,
  random: environment.random,
};

type Input = {
  readonly grantId: string;
  readonly executionId: string;
  /** The execution ends after this step, so nothing may be left to do. */
  readonly last?: boolean;
  /** The step that brought the execution here. */
  readonly step?: Partial<Step>;
};

/** The execution must not end yet; the workflow's Catch selects this error by its name. */
class MoreToDo extends Error {
  override readonly name = 'MoreToDo';
}

export const handler = awsHandler<Input, Step>(async (input) => {
  logger.appendKeys({ grantId: input.grantId });
  const advanced = await advance(ports, input.grantId, input.executionId);
  if (!advanced.ok) {
    logger.warn('not advanced', { reason: advanced.error.code });
    throw new Retryable(advanced.error.code);
  }
  const { grant, happenings, held } = advanced.value;
  const step = stepAfter(input.step, nextStep(grant, environment.clock(), held));
  logger.info('advanced', { status: grant.status, happenings, phase: step.phase });
  if (input.last && step.phase !== 'over') throw new MoreToDo(step.phase);
  return step;
});
