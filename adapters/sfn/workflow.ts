import {
  ExecutionAlreadyExists,
  InvalidToken,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import type { Step } from '../../core/lifecycle/next-step.ts';

/** The workflow of a grant. `workflow/grant.asl.json` reads a `Step` as input and as signal. */
export type Workflow = {
  /** @param name Default: the id of the grant. */
  readonly start: (step: Step, name?: string) => Promise<void>;
  readonly signal: (taskToken: string, step: Step) => Promise<void>;
};

/**
 * One execution per grant, named after the grant, and another one after each recovery. Starting it twice is harmless, and so is a signal
 * to a wait that has ended (Step Functions API Reference, StartExecution, SendTaskSuccess).
 *
 * @throws every other error of Step Functions; the stream then delivers the record again.
 */
export function sfnWorkflow(client: SFNClient, stateMachineArn: string): Workflow {
  return {
    start: async (step, name = step.grantId) => {
      const input = JSON.stringify(step);
      const command = new StartExecutionCommand({ stateMachineArn, name, input });
      await unless([ExecutionAlreadyExists], () => client.send(command));
    },
    signal: async (taskToken, step) => {
      const command = new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(step) });
      await unless([TaskTimedOut, TaskDoesNotExist, InvalidToken], () => client.send(command));
    },
  };
}

type ErrorClass = abstract new (...args: never[]) => Error;

async function unless(
  harmless: readonly ErrorClass[],
  call: () => Promise<unknown>,
): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!harmless.some((type) => error instanceof type)) throw error;
  }
}
