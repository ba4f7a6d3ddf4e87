import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';
import type {
  Context,
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
} from 'aws-lambda';
import { logger, setLogKeys } from '../logger.ts';
import { beginMeasures, publishMeasures } from '../metrics.ts';

/** The bases of the Lambdas that AWS calls. `apiHandler` is the base of those that people call. */

export type AwsHandler<Input, Output> = (input: Input, context: Context) => Promise<Output>;

/** The caller may retry. The workflow retries every error; this name shows in its history. */
export class Retryable extends Error {
  override readonly name = 'Retryable';
}

/** Only Lambda's own time-out stops the work. An earlier answer would leave it running, IAM writes included. */
const NO_EARLY_TIMEOUT = { timeoutEarlyInMillis: 0 };

/** For the workflow, the schedule, and other Lambdas. */
export function awsHandler<Input, Output>(
  work: AwsHandler<Input, Output>,
): AwsHandler<Input, Output> {
  return middy<Input, Output>(NO_EARLY_TIMEOUT)
    .before(({ context }) => {
      setLogKeys({ requestId: context.awsRequestId });
      beginMeasures();
    })
    .after(publishMeasures)
    .onError(publishMeasures)
    .handler(work);
}

export type Image = Record<string, AttributeValue>;

/**
 * For the table's stream: runs the work for every written item, in order. It stops at the first failure,
 * and AWS delivers the batch again from there, which keeps the order within a grant.
 *
 * @param fault The log line about an item that failed.
 */
export function streamHandler(
  fault: string,
  work: (image: Image, record: DynamoDBRecord) => Promise<void>,
): AwsHandler<DynamoDBStreamEvent, DynamoDBBatchResponse> {
  return awsHandler(async ({ Records }) => {
    for (const record of Records) {
      const { NewImage, SequenceNumber: itemIdentifier = '' } = record.dynamodb ?? {};
      if (NewImage === undefined) continue;
      try {
        await work(NewImage as Image, record);
      } catch (error) {
        logger.error(fault, { errorName: error instanceof Error ? error.name : 'unknown' });
        return { batchItemFailures: [{ itemIdentifier }] };
      }
    }
    return { batchItemFailures: [] };
  });
}
