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

/** How AWS words it: `… not authorized to perform: ACTION on resource: ARN because …`. */
const MISSING =
  /not authorized to perform: ([a-z0-9-]+:\w+)(?: on resource: "?(arn:[^"]+?)"?(?: (?:because|with) |$))?/;

/**
 * Messages of other errors count for nothing: they repeat what callers write.
 *
 * @returns null for a call that was not refused
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function refusalOf(record: TrailRecord): Refusal | null {
  if (outcomeOf(record) !== 'refused') return null;
  const [, action = '', resource = null] = MISSING.exec(record.errorMessage ?? '') ?? [];
  return { action: findAction(action)?.action ?? null, resource };
}
