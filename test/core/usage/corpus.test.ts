import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { actionsOf } from '../../../core/usage/actions-of.ts';
import { grantOf, readRecord } from '../../../core/usage/read-record.ts';
import { resourceOf } from '../../../core/usage/resource-of.ts';

const { Records } = JSON.parse(readFileSync('test/corpus/cloudtrail/records.json', 'utf8')) as {
  readonly Records: readonly { readonly eventSource: string; readonly eventName: string }[];
};

const HERE = 'eu-central-1:111122223333';
const RECORDS_WITHOUT_GRANT = ['ConsoleLogin', 'PutDeliveryChannel'];

/** In the order of the file: what each record was checked against. */
const CHECKED: readonly (readonly string[])[] = [
  ['s3:GetObject arn:aws:s3:::orders-eu/2026/11/a b.json'],
  ['s3:GetObjectVersion arn:aws:s3:::orders-eu/2026/10/old.json'],
  [
    's3:GetObject arn:aws:s3:::orders-eu/2026/11/absent.json',
    's3:ListBucket arn:aws:s3:::orders-eu',
  ],
  [
    's3:GetObject arn:aws:s3:::orders-eu/2026/11/a b.json',
    's3:PutObject arn:aws:s3:::archive-eu/copy.json',
  ],
  ['s3:ListBucket arn:aws:s3:::orders-eu'],
  ['s3:GetObject arn:aws:s3:::payroll-eu/x.csv'],
  ['s3:GetLifecycleConfiguration arn:aws:s3:::orders-eu'],
  [`kms:Decrypt arn:aws:kms:${HERE}:key/1234abcd-12ab-34cd-56ef-1234567890ab`],
  ['sts:AssumeRole arn:aws:iam::111122223333:role/vend/orders-read'],
  ['sts:AssumeRole arn:aws:iam::444455556666:role/reports'],
  [
    `dynamodb:PutItem arn:aws:dynamodb:${HERE}:table/orders`,
    `dynamodb:ConditionCheckItem arn:aws:dynamodb:${HERE}:table/orders`,
  ],
  [`dynamodb:Query arn:aws:dynamodb:${HERE}:table/orders/index/by-day`],
  [`dynamodb:PartiQLSelect arn:aws:dynamodb:${HERE}:table/orders`],
  [`lambda:InvokeFunction arn:aws:lambda:${HERE}:function:price:live`],
  [`lambda:GetFunction arn:aws:lambda:${HERE}:function:price`],
  ['ec2:RunInstances null', 'ec2:CreateTags null'],
  [`ec2:StopInstances arn:aws:ec2:${HERE}:instance/i-0123456789abcdef0`],
  [`sqs:SendMessage arn:aws:sqs:${HERE}:orders.fifo`],
  [`ssm:GetParameter arn:aws:ssm:${HERE}:parameter/orders/url`],
  [`secretsmanager:GetSecretValue arn:aws:secretsmanager:${HERE}:secret:orders/db-??????`],
  [
    `logs:GetLogEvents arn:aws:logs:${HERE}:log-group:/aws/lambda/price:log-stream:2026/11/20/[$LATEST]0123`,
  ],
  [`cloudwatch:PutMetricAlarm arn:aws:cloudwatch:${HERE}:alarm:orders-late`],
  ['application-autoscaling:RegisterScalableTarget null'],
  ['apigateway:POST null'],
  [`events:PutRule arn:aws:events:${HERE}:rule/nightly`],
  [
    `kms:ReEncryptFrom arn:aws:kms:${HERE}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
    `kms:ReEncryptTo arn:aws:kms:${HERE}:key/0987dcba-09fe-87dc-65ba-ab0987654321`,
  ],
  ['s3:GetObject arn:aws-cn:s3:::orders-cn/a.json'],
  [],
  [],
  ['config:PutDeliveryChannel null'],
];

test.each(Records.map((record, index) => [index, record.eventName, record] as const))(
  'record %i, %s, is read as what it was checked against',
  (index, name, json) => {
    const record = readRecord(json);
    if (!record.ok) throw new Error(record.error);
    const checked = actionsOf(record.value).map(
      (action) => `${action} ${resourceOf(record.value, action)}`,
    );
    expect(checked).toEqual(CHECKED[index]);
    expect(grantOf(record.value) !== null).toBe(!RECORDS_WITHOUT_GRANT.includes(name));
  },
);
