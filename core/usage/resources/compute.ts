import { field, isObject, objectsIn, plainText, type Request } from '../request-fields.ts';
import { arnIn, regional } from './extractor.ts';
import type { Place } from './place.ts';

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
export function ec2Resource(request: Request, place: Place, name: string): string | null {
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

export function ecsResource(request: Request, place: Place): string | null {
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
