import type { Statement } from '../entitlement.ts';
import { NO_CONTROL_CHARACTERS } from '../text.ts';
import type { Wanted } from '../usage.ts';

/**
 * The statement that would allow what was refused, for a person to review and put into the entitlement. Where the record
 * does not tell the resource, it is every one, which most actions without a resource need.
 *
 * @returns null where no pattern can stand for the resource alone: its name looks like a placeholder of ours, or has
 * characters that cannot be shown as they are.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html `${*}`, `${?}`, `${$}`
 */
export function wantedStatement({ action, resource }: Wanted): Statement | null {
  if (resource === null) return { Effect: 'Allow', Action: [action], Resource: ['*'] };
  if (/\{\{|\}\}/.test(resource) || !NO_CONTROL_CHARACTERS.test(resource)) return null;
  const literal = resource.replace(/[*?$]/g, (character) => `\${${character}}`);
  return { Effect: 'Allow', Action: [action], Resource: [literal] };
}
