import { addSeconds, formatInstant, type Instant } from '../instant.ts';
import { IN_FLIGHT_SECONDS } from '../session.ts';

/** The name of the inline policy on target roles and chained roles. */
export const KILL_SWITCH_POLICY = 'ValetKeyKillSwitch';

/** A grant whose sessions a role must deny, from `at` until `until`. */
export type DeniedGrant = {
  readonly grantId: string;
  readonly at: Instant;
  readonly until: Instant;
};

/** What a role's kill switch denies: grants by name, and every session issued before the cutoff. */
export type KillSwitch = {
  readonly grantIds: readonly string[];
  readonly cutoff: Instant | null;
};

export const NOTHING_DENIED: KillSwitch = { grantIds: [], cutoff: null };

/**
 * How many grants a policy names. A name takes 28 characters; the inline policies of a role may have
 * 10,240 together (IAM User Guide, "IAM and AWS STS quotas"), and the role needs room for its own.
 */
export const MOST_NAMES = 150;

/**
 * What must be denied at `now`: the newest grants by name; where there are more, every session issued
 * before the latest vend that the others can have made. The same rows give the same policy.
 */
export function switchFor(
  denied: readonly DeniedGrant[],
  now: Instant,
  mostNames = MOST_NAMES,
): KillSwitch {
  const alive = denied.filter(({ until }) => until > now).toSorted(newestFirst);
  const others = alive.slice(mostNames);
  const grantIds = alive.slice(0, mostNames).map(({ grantId }) => grantId);
  if (others.length === 0) return { grantIds: grantIds.toSorted(), cutoff: null };
  return { grantIds: grantIds.toSorted(), cutoff: cutoffFor(others) };
}

/** Whether the switch stops the grant's sessions. */
export function denies({ grantIds, cutoff }: KillSwitch, { grantId, at }: DeniedGrant): boolean {
  return grantIds.includes(grantId) || (cutoff !== null && cutoffFor([{ at }]) <= cutoff);
}

/** The policy's text; null where there is nothing to deny, and therefore no policy. */
export function killSwitchDocument({ grantIds, cutoff }: KillSwitch): string | null {
  if (grantIds.length === 0 && cutoff === null) return null;
  const deny = { Effect: 'Deny', Action: '*', Resource: '*' };
  const Statement: object[] = [];
  if (grantIds.length > 0) {
    const identities = grantIds.map((id) => `*.${id}`);
    const Condition = { StringLike: { 'aws:SourceIdentity': identities } };
    Statement.push({ Sid: 'EndedGrants', ...deny, Condition });
  }
  if (cutoff !== null) {
    const Condition = { DateLessThan: { 'aws:TokenIssueTime': formatInstant(cutoff) } };
    Statement.push({ Sid: 'IssuedBefore', ...deny, Condition });
  }
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

/** A vend recorded before the end may still be in flight to STS. In whole seconds, as AWS counts them. */
function cutoffFor(ended: readonly Pick<DeniedGrant, 'at'>[]): Instant {
  const last = Math.max(...ended.map(({ at }) => at));
  return Math.ceil(addSeconds(last, IN_FLIGHT_SECONDS) / 1000) * 1000 + 1000;
}

function newestFirst(a: DeniedGrant, b: DeniedGrant): number {
  return b.at - a.at || (a.grantId < b.grantId ? -1 : 1);
}
