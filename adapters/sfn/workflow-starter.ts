import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';

/** The workflow's input: `workflow/grant.asl.json` reads exactly this. */
export type WorkflowInput = { readonly grantId: string; readonly secondsToEnd: number };

export type WorkflowStarter = (input: WorkflowInput) => Promise<void>;

/**
 * Starts one execution per grant, named after it: starting it again is harmless (Step Functions API
 * Reference, StartExecution).
 *
 * @throws whatever else Step Functions answers; the stream delivers the record again.
 */
export function sfnWorkflowStarter(client: SFNClient, stateMachineArn: string): WorkflowStarter {
  return async (input) => {
    const command = new StartExecutionCommand({
      stateMachineArn,
      name: input.grantId,
      input: JSON.stringify(input),
    });
    try {
      await client.send(command);
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  };
}
