import { describe, expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { ROUTES } from '../../../core/api/routes.ts';
import { only, type Resource, resources } from '../../support/broker-template.ts';

/** What the broker is made of. */
export function resourceTests(template: () => Template): void {
  const idOf = (type: string): string => Object.keys(resources(template(), type))[0] ?? '';
  const attribute = (type: string, name: string) => ({ 'Fn::GetAtt': [idOf(type), name] });

  describe('the table', () => {
    const table = (): Resource => only(template(), 'AWS::DynamoDB::Table');

    test('is encrypted with a key of its own, which rotates and is kept', () => {
      expect(table().Properties['SSESpecification']).toEqual({
        SSEEnabled: true,
        SSEType: 'KMS',
        KMSMasterKeyId: attribute('AWS::KMS::Key', 'Arn'),
      });
      expect(only(template(), 'AWS::KMS::Key')).toMatchObject({
        Properties: { EnableKeyRotation: true },
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
      });
    });

    test('can be brought back to any second, and is not deleted by mistake', () => {
      expect(table()).toMatchObject({
        Properties: {
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          DeletionProtectionEnabled: true,
        },
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
      });
    });

    test('streams what is written, and forgets what has had its time', () => {
      expect(table().Properties).toMatchObject({
        StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
        BillingMode: 'PAY_PER_REQUEST',
      });
    });

    test('has the keys that the adapter writes', () => {
      const index = (IndexName: string, AttributeName: string) => ({
        IndexName,
        KeySchema: [
          { AttributeName, KeyType: 'HASH' },
          { AttributeName: 'createdKey', KeyType: 'RANGE' },
        ],
      });
      expect(table().Properties).toMatchObject({
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [
          index('byRequester', 'requesterId'),
          index('byStatus', 'status'),
          {
            IndexName: 'byDue',
            KeySchema: [
              { AttributeName: 'sweepShard', KeyType: 'HASH' },
              { AttributeName: 'dueAt', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
      });
    });
  });

  test('the roles that other accounts trust keep their names, and outlive the stack', () => {
    const roles = Object.values(resources(template(), 'AWS::IAM::Role'));
    expect(roles.filter(({ Properties }) => Properties['RoleName'] !== undefined)).toMatchObject(
      ['ValetKey-vend', 'ValetKey-kill'].map((RoleName) => ({
        Properties: { RoleName },
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
      })),
    );
    template().hasOutput('VendRoleArn', {
      Value: {
        'Fn::Join': [
          '',
          [
            'arn:',
            { Ref: 'AWS::Partition' },
            ':iam::',
            { Ref: 'AWS::AccountId' },
            ':role/ValetKey-vend',
          ],
        ],
      },
    });
  });

  describe('the stream', () => {
    const mappings = (): readonly Resource[] =>
      Object.values(resources(template(), 'AWS::Lambda::EventSourceMapping'));

    test('brings grants to the orchestrator, and events to those who are told', () => {
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
          { eventName: ['INSERT'], dynamodb: { NewImage: { sk: { S: [{ prefix: 'EVENT#' }] } } } },
        ],
      });
    });

    test('hears of every item that failed, tries it again for hours, and keeps it in the end', () => {
      expect(mappings()).toHaveLength(2);
      for (const { Properties } of mappings()) {
        expect(Properties).toMatchObject({
          EventSourceArn: attribute('AWS::DynamoDB::Table', 'StreamArn'),
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
      const queues = Object.values(resources(template(), 'AWS::SQS::Queue'));
      expect(queues).toHaveLength(2);
      for (const { Properties } of queues) {
        expect(Properties).toMatchObject({
          SqsManagedSseEnabled: true,
          MessageRetentionPeriod: 14 * 86_400,
        });
      }
    });
  });

  test('the sweep runs every two minutes, whatever becomes of the workflow', () => {
    expect(only(template(), 'AWS::Events::Rule').Properties).toMatchObject({
      ScheduleExpression: 'rate(2 minutes)',
      State: 'ENABLED',
      Targets: [{ Arn: { 'Fn::GetAtt': [expect.stringMatching(/^sweep/), 'Arn'] } }],
    });
  });

  test('every alarm tells the security topic, and says what to read', () => {
    const alarms = Object.values(resources(template(), 'AWS::CloudWatch::Alarm'));
    expect(alarms).toHaveLength(5);
    for (const { Properties } of alarms) {
      expect(Properties).toMatchObject({
        AlarmActions: [{ Ref: expect.stringMatching(/^EventsSecurity/) }],
        AlarmDescription: expect.stringMatching(/docs\/runbooks\/[a-z-]+\.md$/),
        Threshold: 1,
        TreatMissingData: 'notBreaching',
      });
    }
  });

  describe('the API', () => {
    const functionOf = ({ Properties }: Resource): string => {
      const [, id = ''] = /"Ref":"(\w+)"/.exec(JSON.stringify(Properties['Target'])) ?? [];
      const integration = resources(template(), 'AWS::ApiGatewayV2::Integration')[id];
      const uri = JSON.stringify(integration?.Properties['IntegrationUri']);
      return /^\{"Fn::GetAtt":\["(\w+)Function[0-9A-F]{8}","Arn"\]\}$/.exec(uri)?.[1] ?? uri;
    };

    test('has every route, and no other, each to the Lambda that the route names', () => {
      const routes = Object.values(resources(template(), 'AWS::ApiGatewayV2::Route')).map(
        (route) => [route.Properties['RouteKey'], functionOf(route)],
      );
      const expected = Object.entries(ROUTES).map(([route, { lambda }]) => [route, lambda]);
      expect(Object.fromEntries(routes)).toEqual(Object.fromEntries(expected));
      expect(routes).toHaveLength(expected.length);
    });

    test('throttles, and logs every call without headers or bodies', () => {
      const { Properties } = only(template(), 'AWS::ApiGatewayV2::Stage');
      expect(Properties['DefaultRouteSettings']).toEqual({
        ThrottlingBurstLimit: 500,
        ThrottlingRateLimit: 500,
      });
      const { Format } = Properties['AccessLogSettings'] as { readonly Format: string };
      expect(JSON.parse(Format)).toHaveProperty('requestId');
      expect(Format).not.toMatch(/header|authoriz|body/i);
    });
  });

  test('every Lambda is Node.js 24 on ARM with a time-out, and gets no secret', () => {
    const functions = Object.values(resources(template(), 'AWS::Lambda::Function'));
    expect(functions).toHaveLength(10);
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        Timeout: expect.any(Number),
        LoggingConfig: { LogGroup: { Ref: expect.stringContaining('Logs') } },
      });
      const { Variables } = Properties['Environment'] as { readonly Variables: object };
      const known = [
        ...['ACCOUNT_ID', 'STATE_MACHINE_ARN', 'TABLE_NAME', 'KILL_FUNCTION', 'EVENT_BUS'],
        ...['APPROVERS_TOPIC', 'SECURITY_TOPIC', 'KILL_ROLE'],
      ];
      for (const name of Object.keys(Variables)) expect(known).toContain(name);
    }
  });

  test('every log group keeps a year, and outlives the stack', () => {
    const groups = Object.values(resources(template(), 'AWS::Logs::LogGroup'));
    expect(groups).toHaveLength(12);
    for (const group of groups) {
      expect(group).toMatchObject({
        Properties: { RetentionInDays: 365 },
        DeletionPolicy: 'Retain',
      });
    }
  });

  test('the state machine logs every step, and never what goes in or out', () => {
    expect(only(template(), 'AWS::StepFunctions::StateMachine').Properties).toMatchObject({
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
      TracingConfiguration: { Enabled: true },
    });
  });
}
