import { PARTITION } from '../role-arn.ts';
import { withoutVariables } from './policy-variables.ts';
import { OPEN } from './typed-values.ts';

/** What the parts before the resource may be; `*` and `?` stand for any characters in each. */
const PARTS: readonly { readonly name: string; readonly shape: RegExp; readonly such: string }[] = [
  { name: 'partition', shape: new RegExp(`^(?:${PARTITION}|[a-z-]*[*?][a-z*?-]*)$`), such: 'aws' },
  { name: 'service', shape: /^[a-z0-9*?-]+$/, such: 's3' },
  { name: 'Region', shape: /^[a-z0-9*?-]*$/, such: 'eu-central-1, or leave it empty' },
  {
    name: 'account',
    shape: /^(?:[0-9]{12}|[0-9*?]*[*?][0-9*?]*|[a-z][a-z-]*)?$/,
    such: '{{account}}, or leave it empty',
  },
];

/**
 * What is wrong with the ARN of a resource, or with a pattern of them. Session policies need all six parts,
 * which other policies may leave out, and IAM accepts no partition but its own.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function mistakeInResource(text: string, partition: string): string | null {
  if (text === '*') return null;
  if (text !== text.trim()) return 'begins or ends with a blank; remove it';
  const [prefix, ...parts] = text.split(':');
  if (prefix !== 'arn')
    return 'is neither an ARN nor *; write arn:partition:service:region:account:resource';
  if (parts.length < 5) {
    return `has ${parts.length + 1} of the six parts of an ARN; write arn:partition:service:region:account:resource`;
  }
  for (const [index, { name, shape, such }] of PARTS.entries()) {
    const part = parts[index] ?? '';
    if (part.includes('$'))
      return `has a variable in its ${name}; IAM fills in variables only after the fifth colon`;
    if (!part.includes(OPEN) && !shape.test(part)) {
      return `has '${part}' for its ${name}; write one such as ${such}`;
    }
  }
  const own = parts[0] ?? '';
  if (/^[a-z-]+$/.test(own) && own !== partition) {
    return `is in the partition ${own}, and the target role in ${partition}; write {{partition}}`;
  }
  const resource = parts.slice(4).join(':');
  if (resource === '') return 'names no resource after the fifth colon; write its name, or *';
  return parts[1] === 'iam' ? mistakeInIam(parts[2] ?? '', withoutVariables(resource)) : null;
}

/** IAM checks the ARNs of its own resources more closely. */
function mistakeInIam(region: string, resource: string): string | null {
  if (region !== '' && region !== '*')
    return 'has a Region, which resources of IAM do not have; leave it empty';
  const type = resource.split('/')[0] ?? '';
  if (resource === '*' || !/[*?]/.test(type)) return null;
  return `has a wildcard in '${type}', the type of the resource; write one such as role/*`;
}
