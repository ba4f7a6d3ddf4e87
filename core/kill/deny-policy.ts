import { GRANT_ID } from '../ids.ts';
import { addSeconds, formatInstant, type Instant } from '../instant.ts';
import { IN_FLIGHT_SECONDS } from '../session.ts';

/** The name of the inline policy on target roles and chained roles. */
export const KILL_SWITCH_POLICY = 'ValetKeyKillSwitch';

/** A grant whose sessions a role must deny, from `at` until `until`. */
export type DeniedGrant = {
  readonly grantId: string;
  readonly at: Instant;
  readonly until: Instant;
  /** Null in rows of an earlier version. */
  readonly principalKey: string | null;
  /** Sessions on this role may still begin: a chained role, until the target role denies the grant. */
  readonly begins: boolean;
};

/** A grant that has rightful sessions on a role, or may still get them. */
export type OpenGrant = Pick<DeniedGrant, 'grantId' | 'principalKey'>;

/** The sessions of a principal on the role that were issued before the cutoff. */
export type PrincipalCutoff = {
  /** The hash at the end of its key: the rest is its name, which may change. */
  readonly hash: string;
  readonly cutoff: Instant;
};

/** What stays the same of a principal's key; null where the row has none. */
export function hashOf({ principalKey }: Pick<DeniedGrant, 'principalKey'>): string | null {
  return principalKey?.slice(principalKey.lastIndexOf('-') + 1) ?? null;
}

/** What a role's kill switch denies. */
export type KillSwitch = {
  /** Ids of grants, or how they begin. */
  readonly patterns: readonly string[];
  /** Ids, or their beginnings, that the patterns do not mean. */
  readonly except: readonly string[];
  readonly principals: readonly PrincipalCutoff[];
  /** Every session that was issued before then. */
  readonly cutoff: Instant | null;
  /** Principals whose open grants took more than their share: some of them may be denied as well. */
  readonly unspared?: readonly string[];
  /** The policy denies more: what it denied before a quarantine. It goes once that is over. */
  readonly kept?: true;
};

/**
 * Whether the switch may deny the grant although it counted as open. A write under way, whose rows were read
 * before the grant ended, may spare it again.
 */
export function isUnspared(
  { unspared = [] }: KillSwitch,
  row: Pick<DeniedGrant, 'principalKey'>,
): boolean {
  return unspared.includes(hashOf(row) ?? '');
}

export const NOTHING_DENIED: KillSwitch = {
  patterns: [],
  except: [],
  principals: [],
  cutoff: null,
};

type Row = Omit<DeniedGrant, 'until' | 'begins'>;

/** Whether the switch stops the grant's sessions. */
export function denies(made: KillSwitch, row: Row): boolean {
  return denierOf(made)(row);
}

/** The same question about many grants. */
export function denierOf(made: KillSwitch): (row: Row) => boolean {
  const matches = matcherOf(made);
  return (row) => {
    if (matches(row.grantId)) return true;
    const needed = cutoffFor([row]);
    const own = made.principals.find(({ hash }) => hash === hashOf(row));
    return [own?.cutoff, made.cutoff].some((cutoff) => cutoff != null && needed <= cutoff);
  };
}

/** Whether the switch denies a grant by its id. */
export function matcherOf({
  patterns,
  except,
}: Pick<KillSwitch, 'patterns' | 'except'>): (grantId: string) => boolean {
  const [included, excluded] = [beginsWithAny(patterns), beginsWithAny(except)];
  return (grantId) => included(grantId) && !excluded(grantId);
}

/** Looks prefixes up by their length, because there are hundreds of them and thousands of ids. */
function beginsWithAny(prefixes: readonly string[]): (text: string) => boolean {
  const known = new Set(prefixes);
  const lengths = [...new Set(prefixes.map(({ length }) => length))];
  return (text) => lengths.some((length) => known.has(text.slice(0, length)));
}

/** The policy's text; null where there is nothing to deny, and therefore no policy. */
export function killSwitchDocument(made: KillSwitch): string | null {
  const { patterns, except, principals, cutoff } = made;
  const deny = { Effect: 'Deny', Action: '*', Resource: '*' };
  const Statement: object[] = [];
  if (patterns.length > 0) {
    // All conditions must hold, and a negated one holds if none of its values matches (IAM User Guide,
    // "Conditions with multiple context keys or values").
    const Condition = {
      StringLike: { 'aws:SourceIdentity': patterns.map(identities) },
      ...(except.length > 0 && {
        StringNotLike: { 'aws:SourceIdentity': except.map(identities) },
      }),
    };
    Statement.push({ Sid: 'EndedGrants', ...deny, Condition });
  }
  for (const { hash, cutoff: own } of principals) {
    const StringLike = { 'aws:SourceIdentity': `*-${hash}.*` };
    const Condition = { StringLike, ...issuedBefore(own) };
    Statement.push({ Sid: `IssuedBefore${hash}`, ...deny, Condition });
  }
  if (cutoff !== null) {
    Statement.push({ Sid: 'IssuedBefore', ...deny, Condition: issuedBefore(cutoff) });
  }
  return Statement.length === 0 ? null : JSON.stringify({ Version: '2012-10-17', Statement });
}

function identities(pattern: string): string {
  return GRANT_ID.test(pattern) ? `*.${pattern}` : `*.${pattern}*`;
}

function issuedBefore(cutoff: Instant) {
  return { DateLessThan: { 'aws:TokenIssueTime': formatInstant(cutoff) } };
}

/** A vend recorded before the end may still be in flight to STS. In whole seconds, as AWS counts them. */
export function cutoffFor(ended: readonly Pick<DeniedGrant, 'at'>[]): Instant {
  const last = Math.max(...ended.map(({ at }) => at));
  return Math.ceil(addSeconds(last, IN_FLIGHT_SECONDS) / 1000) * 1000 + 1000;
}
