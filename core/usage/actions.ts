import { contains } from '../session-policy/glob.ts';
import { ACTION_NAMES } from './action-names.ts';

type Known = { readonly action: string; readonly reads: boolean };

/** By service and by name in lower case: IAM ignores the case of actions. */
const LINES = new Map(
  ACTION_NAMES.trim()
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf(' ')), line]),
);
const READ = new Map<string, ReadonlyMap<string, Known>>();

/** The actions of a service of the list; null for any other. */
export function actionsOfService(service: string): ReadonlyMap<string, Known> | null {
  const read = READ.get(service);
  if (read !== undefined) return read;
  const line = LINES.get(service);
  if (line === undefined) return null;
  const [reading = '', other = ''] = line.slice(service.length).split('|');
  const known = new Map([...knownIn(service, reading, true), ...knownIn(service, other, false)]);
  READ.set(service, known);
  return known;
}

/** The action as the Service Authorization Reference spells it; null for one that it does not list. */
export function findAction(action: string): Known | null {
  const colon = action.indexOf(':');
  const known = actionsOfService(action.slice(0, colon).toLowerCase());
  return known?.get(action.slice(colon + 1).toLowerCase()) ?? null;
}

/**
 * The actions that a pattern of a policy matches, such as `s3:Get*`, as the reference spells them.
 *
 * @returns null where nothing can be said: for services that are not in our list, for `*`, and for a pattern that
 *   matches no action of the list, which may be older than the action.
 */
export function expandAction(pattern: string): readonly string[] | null {
  const colon = pattern.indexOf(':');
  if (colon < 0) return null;
  const known = actionsOfService(pattern.slice(0, colon).toLowerCase());
  if (known === null) return null;
  const name = pattern.slice(colon + 1).toLowerCase();
  const matched = [...known].filter(([key]) => contains(name, key)).map(([, { action }]) => action);
  return matched.length === 0 ? null : matched;
}

/** Names that CloudTrail was seen to record as reading and as writing, where IAM's access level agrees. */
const READING = /^(?:Describe|Get|List|Query|Scan|Select)/;
const WRITING =
  /^(?:Add|Allocate|Associate|Attach|Authorize|BatchWrite|Cancel|Copy|Create|Delete|Deregister|Detach|Disable|Disassociate|Enable|Import|Modify|Put|Reboot|Register|Release|Remove|Restore|Revoke|Run|Set|Start|Stop|Tag|Terminate|Untag|Update)/;

/** What the field `readOnly` of the action's records says; null where that is not certain. */
export function readOnlyOf(action: string): boolean | null {
  const known = findAction(action);
  if (known === null) return null;
  const name = known.action.slice(known.action.indexOf(':') + 1);
  if (known.reads) return READING.test(name) ? true : null;
  return WRITING.test(name) ? false : null;
}

function knownIn(
  service: string,
  names: string,
  reads: boolean,
): readonly (readonly [string, Known])[] {
  return names
    .trim()
    .split(' ')
    .filter((name) => name !== '')
    .map((name) => [name.toLowerCase(), { action: `${service}:${name}`, reads }]);
}
