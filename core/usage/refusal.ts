import { findAction } from './actions.ts';
import { outcomeOf } from './call-outcome.ts';
import type { TrailRecord } from './record.ts';

/** What a refusal says was missing. */
export type Refusal = {
  /** Null where the message names none, or none that the reference lists. */
  readonly action: string | null;
  /** The ARN that it was checked against, as it stands in the message. */
  readonly resource: string | null;
};

/** How AWS words it: `User: ARN is not authorized to perform: ACTION on resource: ARN because …`. */
const MISSING =
  /(?:User: (\S+) is )?not authorized to perform: ([a-z0-9-]+:\w+)(?: on resource: "?(arn:[^"]+?)"?(?: (?:because|with) |$))?/;

/**
 * Messages of other errors count for nothing: they repeat what callers write. What a service misses that called with a role
 * of its own is not missing to the caller.
 *
 * @returns null for a call that was not refused
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function refusalOf(record: TrailRecord): Refusal | null {
  if (outcomeOf(record) !== 'refused') return null;
  const [, user, action = '', resource = null] = MISSING.exec(record.errorMessage ?? '') ?? [];
  if (user !== undefined && isAnother(user, record)) return { action: null, resource: null };
  return { action: findAction(action)?.action ?? null, resource };
}

/** The session is the last part of its ARN: `arn:aws:sts::111122223333:assumed-role/deploy/ana`. */
function isAnother(user: string, { sessionName }: TrailRecord): boolean {
  const isSession = user.includes(':assumed-role/');
  return isSession && sessionName !== null && user.split('/').at(-1) !== sessionName;
}
