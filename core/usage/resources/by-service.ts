import {
  field,
  isObject,
  objectsIn,
  onlyText,
  plainText,
  type Request,
} from '../request-fields.ts';
import { arnIn, byArn, byName, type Extractor, firstOf, regional } from './extractor.ts';
import { lambdaFunction } from './lambda.ts';
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

function bedrockModel(
  request: Request,
  { partition, region }: { partition: string; region: string },
) {
  const model = field(request, 'modelId');
  if (model === null || model.startsWith('arn:')) return arnIn(model);
  // Inference profiles begin with a geography, and stand in the account.
  return /^(?:us|eu|apac|au|jp|ca|sa|global|us-gov)\./.test(model)
    ? null
    : arnIn(`arn:${partition}:bedrock:${region}::foundation-model/${model}`);
}

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

function dynamodbTable(request: Request, place: Parameters<Extractor>[1]): string | null {
  const items = request['requestItems'];
  const tables = isObject(items) ? Object.keys(items) : [];
  const table =
    tables.length === 1 ? plainText(tables[0]) : field(request, 'tableName', 'tableArn');
  if (table === null) return arnIn(field(request, 'streamArn', 'backupArn', 'resourceArn'));
  const arn = table.startsWith('arn:')
    ? arnIn(table)
    : regional('dynamodb', place, `table/${table}`);
  const index = request['indexName'];
  if (index === undefined || index === null || arn === null) return arn;
  const name = plainText(index);
  return name === null ? null : `${arn}/index/${name}`;
}

const EC2_IDS: readonly (readonly [field: string, kind: string])[] = [
  ['instanceId', 'instance'],
  ['volumeId', 'volume'],
  ['groupId', 'security-group'],
  ['networkInterfaceId', 'network-interface'],
  ['subnetId', 'subnet'],
  ['routeTableId', 'route-table'],
  ['vpcId', 'vpc'],
];

/** Calls that describe are checked against no resource, and calls on several against each. */
function ec2Resource(
  request: Request,
  place: Parameters<Extractor>[1],
  name: string,
): string | null {
  if (name.startsWith('Describe') || name === 'RunInstances' || name === 'CreateTags') return null;
  const set = request['instancesSet'];
  const items = isObject(set) ? objectsIn(set['items']) : [];
  if (items.length > 0) {
    const id = items.length === 1 ? plainText(items[0]?.['instanceId']) : null;
    return id === null ? null : regional('ec2', place, `instance/${id}`);
  }
  const named = EC2_IDS.filter(([key]) => typeof request[key] === 'string');
  const [only] = named;
  if (only === undefined || named.length > 1) return null;
  const id = plainText(request[only[0]]);
  return id === null ? null : regional('ec2', place, `${only[1]}/${id}`);
}

function ecsResource(request: Request, place: Parameters<Extractor>[1]): string | null {
  const cluster = field(request, 'cluster', 'clusterName');
  const service = field(request, 'service', 'serviceName');
  if (service !== null) {
    if (service.startsWith('arn:')) return arnIn(service);
    const name = cluster?.startsWith('arn:')
      ? cluster.slice(cluster.lastIndexOf('/') + 1)
      : cluster;
    return regional('ecs', place, `service/${name ?? 'default'}/${service}`);
  }
  if (request['task'] !== undefined || request['tasks'] !== undefined)
    return arnIn(request['task']);
  if (request['taskDefinition'] !== undefined) return arnIn(request['taskDefinition']);
  if (cluster === null) return null;
  return cluster.startsWith('arn:') ? arnIn(cluster) : regional('ecs', place, `cluster/${cluster}`);
}

/** A rule of another bus than the default one has the bus before its name. */
function eventsResource(
  request: Request,
  place: Parameters<Extractor>[1],
  name: string,
): string | null {
  const bus = field(request, 'eventBusName');
  const busName = bus === null ? 'default' : bus.slice(bus.lastIndexOf('/') + 1);
  if (name === 'PutEvents') {
    const entries = objectsIn(request['entries']);
    const buses = [...new Set(entries.map((entry) => entry['eventBusName'] ?? 'default'))];
    const only = onlyText(buses);
    if (only === null) return null;
    return only.startsWith('arn:') ? arnIn(only) : regional('events', place, `event-bus/${only}`);
  }
  if (name.endsWith('EventBus')) {
    const named = field(request, 'name');
    return named === null ? null : regional('events', place, `event-bus/${named}`);
  }
  const rule = field(request, 'rule', 'name');
  if (rule === null || !/Rule|Targets/.test(name)) return null;
  const path = busName === 'default' ? rule : `${busName}/${rule}`;
  return regional('events', place, `rule/${path}`);
}

/** Aliases are no resource that a use of the key is checked against. */
function kmsKey(request: Request, place: Parameters<Extractor>[1], name: string): string | null {
  const fields =
    name === 'ReEncryptFrom'
      ? ['sourceKeyId']
      : name === 'ReEncryptTo'
        ? ['destinationKeyId']
        : ['keyId', 'targetKeyId'];
  const key = field(request, ...fields);
  if (key === null || key.includes('alias/')) return null;
  return key.startsWith('arn:') ? arnIn(key) : regional('kms', place, `key/${key}`);
}

/**
 * CloudWatch Logs checks a call against a stream, whose name is empty for calls on the whole group.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
 */
function logGroup(request: Request, place: Parameters<Extractor>[1]): string | null {
  const group = field(request, 'logGroupName', 'logGroupIdentifier');
  if (group === null) return null;
  const arn = group.startsWith('arn:')
    ? arnIn(group)
    : regional('logs', place, `log-group:${group}`);
  if (arn === null) return null;
  const stream = field(request, 'logStreamName');
  return `${arn}:log-stream:${stream ?? ''}`;
}

/**
 * The path of a role, user or group stands in the request that makes it alone, so that names do not tell ARNs otherwise.
 * Where a policy is attached, it is no resource of the call.
 */
function iamResource(
  request: Request,
  place: Parameters<Extractor>[1],
  name: string,
): string | null {
  const made = /^Create(Role|User|Group)$/.exec(name)?.[1]?.toLowerCase();
  if (made === undefined) {
    return /^(?:Attach|Detach)/.test(name)
      ? null
      : arnIn(field(request, 'policyArn', 'openIDConnectProviderArn', 'sAMLProviderArn'));
  }
  const [path, own] = [field(request, 'path') ?? '/', field(request, `${made}Name`)];
  if (own === null || !path.startsWith('/')) return null;
  return arnIn(`arn:${place.partition}:iam::${place.account}:${made}${path}${own}`);
}

function route53Zone(request: Request, { partition }: { partition: string }): string | null {
  const zone = field(request, 'hostedZoneId')?.replace(/^\/?hostedzone\//, '') ?? null;
  return zone === null ? null : arnIn(`arn:${partition}:route53:::hostedzone/${zone}`);
}

/**
 * The ARN of a secret ends in six characters that its name does not tell.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html
 */
function secret(request: Request, place: Parameters<Extractor>[1]): string | null {
  const id = field(request, 'secretId', 'name');
  if (id === null || id.startsWith('arn:')) return arnIn(id);
  return regional('secretsmanager', place, `secret:${id}-??????`);
}

/** `https://sqs.eu-central-1.amazonaws.com/123456789012/name`, or a name in the caller's account. */
function queue(request: Request, place: Parameters<Extractor>[1]): string | null {
  const url = field(request, 'queueUrl');
  const name = field(request, 'queueName');
  if (url === null) return name === null ? null : regional('sqs', place, name);
  const match = /^https?:\/\/[^/]+\/(\d{12})\/([A-Za-z0-9_.-]{1,80})$/.exec(url);
  return match === null
    ? null
    : regional('sqs', { ...place, account: match[1] ?? '' }, match[2] ?? '');
}

/** Names of parameters in a hierarchy begin with a slash, which the ARN has once. A version or label may follow. */
function parameter(
  request: Request,
  place: Parameters<Extractor>[1],
  action: string,
): string | null {
  if (!/Parameter/.test(action)) return null;
  const name = field(request, 'name', 'path') ?? onlyText(request['names']);
  if (name === null || name.startsWith('arn:')) return arnIn(name);
  const plain = name.replace(/:[^:/]+$/, '');
  if (plain.includes(':')) return null;
  return regional('ssm', place, `parameter/${plain.replace(/^\//, '')}`);
}
