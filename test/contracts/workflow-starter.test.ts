import { randomBytes } from 'node:crypto';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, test } from '@jest/globals';
import { sfnWorkflowStarter } from '../../adapters/sfn/workflow-starter.ts';
import { newGrantId } from '../../core/ids.ts';
import { awsClient, stack } from '../e2e/support.ts';

describe('Step Functions as a WorkflowStarter', () => {
  const { stateMachineArn } = stack();
  const sfn = new SFNClient(awsClient());
  const start = sfnWorkflowStarter(sfn, stateMachineArn);

  test('starts one execution per grant, named after it, however often it is called', async () => {
    const grantId = newGrantId(randomBytes);
    await start({ grantId, secondsToEnd: 600 });
    await start({ grantId, secondsToEnd: 599 });
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${grantId}`;
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    expect(execution).toMatchObject({ name: grantId, status: 'RUNNING' });
    expect(JSON.parse(execution.input ?? '')).toEqual({ grantId, secondsToEnd: 600 });
  });

  test('throws when there is no such workflow, so that the stream delivers again', async () => {
    const missing = sfnWorkflowStarter(sfn, `${stateMachineArn}-missing`);
    await expect(missing({ grantId: 'gr_x', secondsToEnd: 1 })).rejects.toThrow();
  });
});
