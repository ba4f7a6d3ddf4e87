import { SERVICE_NAMES, SERVICES, type Service } from './entitlements.ts';
import { DEPLOYMENT } from './grants.ts';
import type { Call } from './our-reasoning.ts';

/** Turns a granted call into one nearby: a character off, another name, account or service. */

export const WHERE = [
  'as granted',
  'one character off',
  'another name',
  'another account, Region or partition',
  'another service',
  'another action',
  'the action in capitals',
] as const;

/** For every service, a name that no statement grants by name, with the ARN prefix before it. */
export const ELSEWHERE: Readonly<Record<Service, readonly [prefix: string, name: string]>> = {
  object: ['arn:aws:s3:::', 'acme-other/a'],
  bucket: ['arn:aws:s3:::', 'acme-other'],
  table: [`arn:aws:dynamodb:eu-central-1:${DEPLOYMENT.account}:`, 'table/customers'],
  parameter: [`arn:aws:ssm:eu-central-1:${DEPLOYMENT.account}:`, 'parameter/other/a'],
};

type Target = Pick<Call, 'action' | 'resource'>;

export function elsewhere(
  { action, resource }: Target,
  where: (typeof WHERE)[number],
  service: Service,
  at: number,
  letter: string,
): Target {
  switch (where) {
    case 'as granted':
    case 'another action':
      return { action, resource };
    case 'the action in capitals':
      return { action: action.toUpperCase(), resource };
    case 'one character off':
      return { action, resource: oneOff(resource, service, at, letter) };
    case 'another name':
      return { action, resource: ELSEWHERE[service].join('') };
    case 'another account, Region or partition':
      return { action, resource: abroad(resource, at) };
    case 'another service': {
      const other = pick(
        SERVICE_NAMES.filter((name) => name !== service),
        at,
      );
      return { action: pick(SERVICES[other].actions, at), resource: ELSEWHERE[other].join('') };
    }
  }
}

/**
 * Adds, removes or replaces a letter of the name; the type of resource in the ARN stays the same.
 */
function oneOff(resource: string, service: Service, at: number, letter: string): string {
  const start = resource.split(':').slice(0, 5).join(':').length + 1;
  const first = service === 'table' || service === 'parameter' ? resource.indexOf('/') + 1 : start;
  const place = first + (at % (resource.length - first));
  if (resource[place] === '/') return `${resource}${letter || 'b'}`;
  const gone = at % 2 === 0 || letter === '' ? 1 : 0;
  const changed = resource.slice(0, place) + letter + resource.slice(place + gone);
  return /[/:]$|:\/|:parameter\/\//.test(changed) ? `${resource}b` : changed;
}

function abroad(resource: string, at: number): string {
  if (resource.startsWith('arn:aws:s3')) return resource.replace('arn:aws:', 'arn:aws-cn:');
  const [from, to] = at % 2 === 0 ? [DEPLOYMENT.account, '444455556666'] : ['eu-', 'us-'];
  return resource.replace(from, to);
}

export function pick<T>(from: readonly T[], at: number): T {
  const picked = from[at % from.length];
  if (picked === undefined) throw new RangeError('nothing to pick from');
  return picked;
}
