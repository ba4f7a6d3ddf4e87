import { expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { type Resource, resources } from '../../support/broker-template.ts';

/** How the broker runs: its Lambdas, logs, schedule and alarms. */
export function operationTests(template: () => Template, state: () => Template): void {
  test('every Lambda runs Node.js 24 on ARM with a time-out and gets no secret', () => {
    const functions = Object.values(resources(template(), 'AWS::Lambda::Function'));
    expect(functions).toHaveLength(15);
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
        'ACCOUNT_ID',
        'STATE_MACHINE_ARN',
        'TABLE_NAME',
        'KILL_FUNCTION',
        'KILL_ROLE',
        'EVENT_BUS',
        'APPROVERS_TOPIC',
        'SECURITY_TOPIC',
        'REQUESTERS_TOPIC',
        'API_URL',
        'LEDGER_BUCKET',
        'LEDGER_ENTRIES',
        'LEDGER_KEY',
        'LEDGER_ORIGIN',
        'POWERTOOLS_METRICS_NAMESPACE',
        'POWERTOOLS_SERVICE_NAME',
      ];
      for (const name of Object.keys(Variables)) expect(known).toContain(name);
    }
  });

  test('every log group keeps its lines for a year and outlives the stack', () => {
    const groups = Object.values(resources(template(), 'AWS::Logs::LogGroup'));
    expect(groups).toHaveLength(17);
    for (const group of groups) {
      expect(group).toMatchObject({
        Properties: { RetentionInDays: 365 },
        DeletionPolicy: 'RetainExceptOnCreate',
      });
    }
  });

  test('no retained resource with a name of its own survives a first deployment that fails', () => {
    const [broker, kept] = [template(), state()].map((one) => {
      const { Resources } = one.toJSON() as { readonly Resources: Record<string, Resource> };
      return Resources;
    });
    const Resources = { ...broker, ...kept };
    const named = Object.values(Resources).filter(({ Properties = {} }) =>
      NAMES.some((name) => Properties[name] !== undefined),
    );
    // The kill role and the vend role, the log group of the workflow, the bus, the API.
    expect(named.length).toBeGreaterThanOrEqual(4);
    for (const { Type, DeletionPolicy = 'Delete' } of named) {
      expect([Type, DeletionPolicy]).not.toEqual([Type, 'Retain']);
    }
    const retained = Object.values(Resources).filter((one) => one.DeletionPolicy === 'Retain');
    expect(retained.map(({ Type }) => Type).toSorted()).toEqual([
      'AWS::DynamoDB::Table',
      'AWS::KMS::Key',
      'AWS::KMS::Key',
      'AWS::S3::Bucket',
      'AWS::S3::BucketPolicy',
    ]);
    expect(Object.values(broker ?? {}).map((one) => one.DeletionPolicy)).not.toContain('Retain');
  });

  test('the sweep runs every two minutes, independently of the workflow', () => {
    const rules = Object.entries(resources(template(), 'AWS::Events::Rule'));
    const [, rule] = rules.find(([id]) => id.startsWith('Sweep')) ?? [];
    expect(rule?.Properties).toMatchObject({
      ScheduleExpression: 'rate(2 minutes)',
      State: 'ENABLED',
      Targets: [{ Arn: { 'Fn::GetAtt': [expect.stringMatching(/^sweep/), 'Arn'] } }],
    });
  });

  test('mails link to where the API answers', () => {
    const output = (name: string): unknown =>
      Object.values(template().findOutputs(name))[0]?.['Value'];
    const functions = resources(template(), 'AWS::Lambda::Function');
    const [, publish] = Object.entries(functions).find(([id]) => id.startsWith('publish')) ?? [];
    expect(publish?.Properties['Environment']).toMatchObject({
      Variables: {
        API_URL: output('ApiUrl'),
        REQUESTERS_TOPIC: output('RequestersTopicArn'),
      },
    });
    expect(output('ApiUrl')).toBeDefined();
  });

  test.each(['Publish', 'Orchestrate'])(
    'the alarm %sFails watches what a handler that reports its failed record does not count as an error',
    (name) => {
      const alarms = Object.entries(resources(template(), 'AWS::CloudWatch::Alarm'));
      const [, alarm] = alarms.find(([id]) => id.startsWith(`Alarms${name}Fails`)) ?? [];
      expect(alarm?.Properties).toMatchObject({
        Namespace: 'AWS/Lambda',
        MetricName: 'IteratorAge',
        Statistic: 'Maximum',
        Threshold: 120_000,
        EvaluationPeriods: 2,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        Dimensions: [
          { Name: 'FunctionName', Value: { Ref: expect.stringMatching(new RegExp(name, 'i')) } },
        ],
      });
    },
  );

  test('an alarm counts the refusals that left no event, of every Lambda that answers calls', () => {
    const filters = Object.values(resources(template(), 'AWS::Logs::MetricFilter')).filter(
      ({ Properties }) => JSON.stringify(Properties).includes('refusal not recorded'),
    );
    const groups = filters.map(({ Properties }) => JSON.stringify(Properties['LogGroupName']));
    for (const lambda of ['audit', 'open', 'read', 'request', 'revoke', 'vend']) {
      expect(groups).toContainEqual(expect.stringContaining(`"${lambda}Logs`));
    }
    const metric = { MetricNamespace: 'ValetKey', MetricName: 'RefusalLost', MetricValue: '1' };
    for (const { Properties } of filters) {
      expect(Properties).toMatchObject({
        FilterPattern: '{ $.message = "refusal not recorded" }',
        MetricTransformations: [metric],
      });
    }
    const alarms = Object.values(resources(template(), 'AWS::CloudWatch::Alarm'));
    expect(alarms.map(({ Properties }) => Properties)).toContainEqual(
      expect.objectContaining({
        ...{ Namespace: 'ValetKey', MetricName: 'RefusalLost', Statistic: 'Sum', Threshold: 1 },
        AlarmDescription: expect.stringContaining('docs/runbooks/ledger.md'),
      }),
    );
  });

  test('an alarm counts the calls that the API answers with 5xx', () => {
    const alarms = Object.values(resources(template(), 'AWS::CloudWatch::Alarm'));
    expect(alarms.map(({ Properties }) => Properties)).toContainEqual(
      expect.objectContaining({
        ...{ Namespace: 'AWS/ApiGateway', MetricName: '5xx', Statistic: 'Sum', Threshold: 5 },
        Dimensions: [{ Name: 'ApiId', Value: { Ref: expect.stringMatching(/^Api/) } }],
      }),
    );
  });
}

/** What CloudFormation calls the name of a resource, by which a second one of the same name is refused. */
const NAMES = [
  ...['AlarmName', 'AliasName', 'BucketName', 'EventBusName', 'FunctionName', 'LogGroupName'],
  ...['ManagedPolicyName', 'QueueName', 'RoleName', 'RuleName', 'StateMachineName'],
  ...['TableName', 'TopicName'],
];
