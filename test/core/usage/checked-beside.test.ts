import { expect, test } from '@jest/globals';
import { checkedBeside } from '../../../core/usage/checked-beside.ts';

test.each([
  ['lambda:CreateFunction', 'lambda:TagResource'],
  ['ec2:RunInstances', 'ec2:CreateTags'],
  ['rds:CreateDBInstance', 'rds:AddTagsToResource'],
  ['S3:PUTOBJECT', 's3:putobjecttagging'],
  ['s3:GetObject', 'kms:Decrypt'],
  ['secretsmanager:GetSecretValue', 'kms:Decrypt'],
  ['cloudformation:CreateStack', 'sqs:CreateQueue'],
  ['athena:StartQueryExecution', 's3:GetObject'],
  ['rds-data:ExecuteStatement', 'secretsmanager:GetSecretValue'],
  ['bedrock:RetrieveAndGenerate', 'bedrock:InvokeModel'],
  ['elasticloadbalancing:CreateLoadBalancer', 'ec2:DescribeSubnets'],
  ['ecs:CreateService', 'iam:CreateServiceLinkedRole'],
])('a call of %s may be checked against %s as well', (called, other) => {
  expect(checkedBeside(called, other)).toMatch(/\w/);
});

test.each([
  ['lambda:GetFunction', 'lambda:TagResource'],
  ['lambda:CreateFunction', 'lambda:UntagResource'],
  ['lambda:CreateFunction', 'sqs:TagQueue'],
  ['kms:Decrypt', 'kms:Encrypt'],
  ['iam:GetUser', 'kms:Decrypt'],
  ['cloudformation:CreateStack', 'cloudformation:DeleteStack'],
  ['elasticloadbalancing:CreateRule', 'elasticloadbalancing:DeleteRule'],
  ['sqs:SendMessage', 'iam:CreateServiceLinkedRole'],
  ['s3:GetObject', 's3:PutObjectAcl'],
  ['cloudformation:DescribeStacks', 'sqs:CreateQueue'],
  ['s3:GetObject', 's3:DeleteObject'],
  ['s3:GetObject', 's3:GetObject'],
  ['sqs:SendMessage', 'dynamodb:GetItem'],
])('records of calls of %s would show %s', (called, other) => {
  expect(checkedBeside(called, other)).toBeNull();
});
