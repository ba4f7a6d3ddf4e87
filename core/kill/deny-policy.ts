import { addSeconds, formatInstant, type Instant } from '../instant.ts';
import { IN_FLIGHT_SECONDS } from '../session.ts';

/** The name of the inline policy on target roles and chained roles. */
export const KILL_SWITCH_POLICY = 'ValetKeyKillSwitch';

/** A grant whose sessions are denied on a role, since when, and until when that must stand. */
export type DeniedGrant = {
  readonly grantId: string;
  readonly at: Instant;
  readonly until: Instant;
};

/** What a role's kill switch denies: named grants, and everything that was issued before a time. */
export type KillSwitch = {
  readonly grantIds: readonly string[];
  readonly cutoff: Instant | null;
};

export const NOTHING_DENIED: KillSwitch = { grantIds: [], cutoff: null };

/**
 * So many grants are named. A name takes 28 characters; all inline policies of a role together may
 * have 10,240 (IAM User Guide, "IAM and AWS STS quotas"), and the role needs room for its own.
 */
export const MOST_NAMES = 150;

/**
 * What must be denied at `now`: the newest grants by name, and where there are more, everything issued
 * before the others can have vended last. Deterministic: the same rows, the same policy.
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

/** Whether such a switch stops the grant's sessions. */
export function denies({ grantIds, cutoff }: KillSwitch, { grantId, at }: DeniedGrant): boolean {
  return grantIds.includes(grantId) || (cutoff !== null && cutoffFor([{ at }]) <= cutoff);
}

/** The policy's text; null where there is nothing to deny, and so no policy. */
export function killSwitchDocument({ grantIds, cutoff }: KillSwitch): string | null {
  if (grantIds.length === 0 && cutoff === null) return null;
  const deny = { Effect: 'Deny', Action: '*', Resource: '*' };
  const identities = grantIds.map((id) => `*.${id}`);
  const issued = cutoff === null ? '' : formatInstant(cutoff);
  const Statement = [
    ...(grantIds.length === 0
      ? []
      : [
          {
            Sid: 'EndedGrants',
            ...deny,
            Condition: { StringLike: { 'aws:SourceIdentity': identities } },
          },
        ]),
    ...(cutoff === null
      ? []
      : [
          {
            Sid: 'IssuedBefore',
            ...deny,
            Condition: { DateLessThan: { 'aws:TokenIssueTime': issued } },
          },
        ]),
  ];
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

/** A vend that was recorded before the end may still be on its way to STS. Whole seconds, as AWS has. */
function cutoffFor(ended: readonly Pick<DeniedGrant, 'at'>[]): Instant {
  const last = Math.max(...ended.map(({ at }) => at));
  return Math.ceil(addSeconds(last, IN_FLIGHT_SECONDS) / 1000) * 1000 + 1000;
}

function newestFirst(a: DeniedGrant, b: DeniedGrant): number {
  return b.at - a.at || (a.grantId < b.grantId ? -1 : 1);
}
