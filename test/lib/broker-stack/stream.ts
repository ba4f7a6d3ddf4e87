import { expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { type Resource, resources } from '../../support/broker-template.ts';

export function streamTests(template: () => Template): void {
  /** Two: a third reader would be throttled (see `lib/ledger.ts`). */
  const mappings = (): readonly Resource[] =>
    Object.values(resources(template(), 'AWS::Lambda::EventSourceMapping')).filter(
      ({ Properties }) => 'FilterCriteria' in Properties,
    );

  test('delivers grants to the orchestrator and events to the publisher', () => {
    const read = mappings().map(({ Properties }) => {
      const { Filters } = Properties['FilterCriteria'] as {
        readonly Filters: readonly { readonly Pattern: string }[];
      };
      const reader = (Properties['FunctionName'] as { readonly Ref: string }).Ref;
      const patterns = Filters.map(({ Pattern }) => JSON.parse(Pattern) as unknown);
      return [reader.replace(/Function.*/, ''), patterns];
    });
    expect(Object.fromEntries(read)).toEqual({
      orchestrate: [
        { eventName: ['INSERT', 'MODIFY'], dynamodb: { NewImage: { sk: { S: ['GRANT'] } } } },
      ],
      publish: [
        {
          eventName: ['INSERT'],
          dynamodb: { NewImage: { sk: { S: [{ prefix: 'EVENT#' }, { prefix: 'AUDIT#' }] } } },
        },
      ],
    });
  });

  test('retries every failed record for hours and then notes it in a queue', () => {
    expect(mappings()).toHaveLength(2);
    for (const { Properties } of mappings()) {
      expect(Properties).toMatchObject({
        EventSourceArn: {
          'Fn::GetStackOutput': { StackName: 'ValetKey-state', OutputName: 'TableStreamArn' },
        },
        StartingPosition: 'TRIM_HORIZON',
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: 100,
        MaximumRecordAgeInSeconds: 21_600,
        DestinationConfig: {
          OnFailure: { Destination: { 'Fn::GetAtt': [expect.any(String), 'Arn'] } },
        },
      });
    }
    const queues = Object.entries(resources(template(), 'AWS::SQS::Queue')).filter(([id]) =>
      id.includes('NotDelivered'),
    );
    expect(queues).toHaveLength(2);
    for (const [, { Properties }] of queues) {
      expect(Properties).toMatchObject({
        SqsManagedSseEnabled: true,
        MessageRetentionPeriod: 14 * 86_400,
      });
    }
  });
}
