import { field, type Request } from '../request-fields.ts';
import { arnIn, regional } from './extractor.ts';
import type { Place } from './place.ts';

/**
 * CloudWatch Logs checks a call against a stream, whose name is empty for calls on the whole group.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
 */
export function logGroup(request: Request, place: Place): string | null {
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
export function iamResource(request: Request, place: Place, name: string): string | null {
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

export function route53Zone(request: Request, { partition }: Place): string | null {
  const zone = field(request, 'hostedZoneId')?.replace(/^\/?hostedzone\//, '') ?? null;
  return zone === null ? null : arnIn(`arn:${partition}:route53:::hostedzone/${zone}`);
}

export function bedrockModel(request: Request, { partition, region }: Place) {
  const model = field(request, 'modelId');
  if (model === null || model.startsWith('arn:')) return arnIn(model);
  // Inference profiles begin with a geography, and stand in the account.
  return /^(?:us|eu|apac|au|jp|ca|sa|global|us-gov)\./.test(model)
    ? null
    : arnIn(`arn:${partition}:bedrock:${region}::foundation-model/${model}`);
}
