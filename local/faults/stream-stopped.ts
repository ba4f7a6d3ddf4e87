import {
  type EventSourceMappingConfiguration,
  paginateListEventSourceMappings,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import type { Fault, Target } from './fault.ts';

async function switchStream({ root, lambdas }: Target, Enabled: boolean): Promise<void> {
  for (const { functionName: FunctionName } of lambdas) {
    const pages = paginateListEventSourceMappings({ client: root.lambda }, { FunctionName });
    const mappings: EventSourceMappingConfiguration[] = [];
    for await (const { EventSourceMappings = [] } of pages) mappings.push(...EventSourceMappings);
    for (const { UUID, EventSourceArn = '' } of mappings) {
      if (!EventSourceArn.includes(':dynamodb:')) continue;
      await root.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
    }
  }
}

/** No Lambda hears of changes in the table: no workflow starts, and the ledger gets nothing. */
export const streamStopped: Fault = {
  name: 'stream stopped',
  begin: (stack) => switchStream(stack, false),
  end: (stack) => switchStream(stack, true),
};
