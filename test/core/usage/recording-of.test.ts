import { expect, test } from '@jest/globals';
import { recordingOf } from '../../../core/usage/recording-of.ts';

const unreviewed = { kind: 'unreviewed', why: expect.stringMatching(/\w/) };
const none = { kind: 'none', why: expect.stringMatching(/\w/) };
const management = (source: string, readOnly: boolean | null) => ({
  kind: 'management',
  source: `${source}.amazonaws.com`,
  readOnly,
});
const data = (types: readonly string[], readOnly: boolean | null) => ({
  kind: 'data',
  types,
  readOnly,
});

test.each([
  ['s3:GetObject', data(['AWS::S3::Object'], true)],
  ['S3:putobject', data(['AWS::S3::Object'], false)],
  ['s3:ListBucket', data(['AWS::S3::Object'], true)],
  ['s3:GetLifecycleConfiguration', management('s3', true)],
  ['s3:ListAllMyBuckets', management('s3', true)],
  ['s3:BypassGovernanceRetention', none],
  ['s3express:CreateSession', data(['AWS::S3Express::Object'], false)],
  ['dynamodb:GetItem', data(['AWS::DynamoDB::Table'], true)],
  ['dynamodb:PartiQLSelect', data(['AWS::DynamoDB::Table'], null)],
  ['dynamodb:CreateTable', management('dynamodb', false)],
  ['lambda:InvokeFunction', data(['AWS::Lambda::Function'], null)],
  ['lambda:GetFunction', management('lambda', true)],
  ['lambda:ListLayers', unreviewed],
  ['lambda:InvokeFunctionUrl', unreviewed],
  [
    'sns:Publish',
    {
      ...data(['AWS::SNS::Topic', 'AWS::SNS::PlatformEndpoint'], null),
      withoutArn: expect.stringMatching(/phone/),
    },
  ],
  ['sqs:SendMessage', data(['AWS::SQS::Queue'], null)],
  ['sqs:GetQueueUrl', data(['AWS::SQS::Queue'], true)],
  ['sqs:CreateQueue', management('sqs', false)],
  ['cloudwatch:PutMetricData', data(['AWS::CloudWatch::Metric'], false)],
  ['cloudwatch:DescribeAlarms', management('monitoring', true)],
  ['kms:Decrypt', management('kms', true)],
  ['kms:CreateKey', management('kms', false)],
  ['iam:PassRole', none],
  ['iam:CreateRole', management('iam', false)],
  ['sts:TagSession', none],
  ['sts:SetSourceIdentity', none],
  ['sts:AssumeRole', management('sts', true)],
  ['sts:GetFederationToken', management('sts', null)],
  ['logs:PutLogEvents', none],
  ['logs:FilterLogEvents', management('logs', null)],
  ['ssmmessages:OpenControlChannel', data(['AWS::SSMMessages::ControlChannel'], null)],
  ['ssmmessages:OpenDataChannel', none],
  ['ssm:UpdateInstanceInformation', management('ssm', false)],
  ['ec2messages:SendReply', unreviewed],
  ['rds-db:connect', none],
  ['execute-api:Invoke', none],
  ['events:PutEvents', data(['AWS::Events::EventBus'], false)],
  ['states:SendTaskSuccess', unreviewed],
  ['ec2:RunInstances', management('ec2', false)],
  [
    'ses:SendEmail',
    data(['AWS::SES::EmailIdentity', 'AWS::SES::ConfigurationSet', 'AWS::SES::Template'], null),
  ],
  ['guardduty:ListDetectors', unreviewed],
  ['nothing:Get', unreviewed],
  ['s3:Invented', unreviewed],
  ['s3:*', unreviewed],
])('%s is recorded as %j', (action, recording) => {
  expect(recordingOf(action)).toEqual(recording);
});
