import { field } from '../request-fields.ts';
import { ec2Resource, ecsResource } from './compute.ts';
import { dynamodbTable, kmsKey, parameter, secret } from './data.ts';
import { arnIn, byArn, byName, type Extractor, firstOf } from './extractor.ts';
import { lambdaFunction } from './lambda.ts';
import { eventsResource, queue } from './messaging.ts';
import { bedrockModel, iamResource, logGroup, route53Zone } from './operations.ts';
import { s3Resource } from './s3.ts';

/**
 * Where requests name what they are about, by the prefix of the action. The forms of the ARNs are those of the Service
 * Authorization Reference. Names that do not tell the whole ARN are left out: roles, whose path no request has, and
 * stacks, whose ARN ends in an id.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export const BY_SERVICE: Readonly<Record<string, Extractor>> = {
  acm: byArn('certificateArn', 'certificate-arn'),
  athena: byName('athena', ['workGroup'], (name) => `workgroup/${name}`),
  autoscaling: byArn('autoScalingGroupARN'),
  backup: byName('backup', ['backupVaultName'], (name) => `backup-vault:${name}`),
  bedrock: bedrockModel,
  cloudfront: global('cloudfront', ['distributionId', 'id'], (id) => `distribution/${id}`),
  cloudtrail: byName('cloudtrail', ['trailName', 'name'], (name) => `trail/${name}`),
  cloudwatch: byName('cloudwatch', ['alarmName'], (name) => `alarm:${name}`),
  codebuild: byName('codebuild', ['projectName'], (name) => `project/${name}`),
  codecommit: byName('codecommit', ['repositoryName'], (name) => name),
  codepipeline: byName('codepipeline', ['pipelineName', 'name'], (name) => name),
  'cognito-idp': byName('cognito-idp', ['userPoolId'], (id) => `userpool/${id}`),
  dynamodb: dynamodbTable,
  ec2: ec2Resource,
  ecr: byName('ecr', ['repositoryName'], (name) => `repository/${name}`),
  ecs: ecsResource,
  eks: byName('eks', ['clusterName', 'name'], (name) => `cluster/${name}`),
  elasticache: firstOf(
    byName('elasticache', ['replicationGroupId'], (id) => `replicationgroup:${id}`),
    byName('elasticache', ['cacheClusterId'], (id) => `cluster:${id}`),
  ),
  elasticfilesystem: byName('elasticfilesystem', ['fileSystemId'], (id) => `file-system/${id}`),
  elasticloadbalancing: byArn('loadBalancerArn', 'targetGroupArn', 'listenerArn', 'ruleArn'),
  es: byName('es', ['domainName'], (name) => `domain/${name}`),
  events: eventsResource,
  firehose: byName('firehose', ['deliveryStreamName'], (name) => `deliverystream/${name}`),
  glue: byName('glue', ['jobName'], (name) => `job/${name}`),
  iam: iamResource,
  kinesis: firstOf(
    byArn('consumerARN', 'streamARN'),
    byName('kinesis', ['streamName'], (name) => `stream/${name}`),
  ),
  kms: kmsKey,
  lambda: lambdaFunction,
  logs: logGroup,
  rds: firstOf(
    byName('rds', ['dBSnapshotIdentifier'], (id) => `snapshot:${id}`),
    byName('rds', ['dBClusterSnapshotIdentifier'], (id) => `cluster-snapshot:${id}`),
    byName('rds', ['dBInstanceIdentifier'], (id) => `db:${id}`),
    byName('rds', ['dBClusterIdentifier'], (id) => `cluster:${id}`),
  ),
  'rds-data': byArn('resourceArn'),
  route53: route53Zone,
  s3: s3Resource,
  secretsmanager: secret,
  sns: firstOf(
    byArn('topicArn', 'targetArn'),
    byName('sns', ['name'], (name) => name),
  ),
  sqs: queue,
  ssm: parameter,
  states: firstOf(byArn('stateMachineArn', 'executionArn', 'activityArn')),
  sts: byArn('roleArn'),
};

/** Resources of services without Regions. */
function global(
  service: string,
  fields: readonly string[],
  rest: (id: string) => string,
): Extractor {
  return (request, { partition, account }) => {
    const id = field(request, ...fields);
    return id === null ? null : arnIn(`arn:${partition}:${service}::${account}:${rest(id)}`);
  };
}
