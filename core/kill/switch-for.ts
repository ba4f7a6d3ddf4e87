import type { Instant } from '../instant.ts';
import {
  cutoffFor,
  type DeniedGrant,
  hashOf,
  type KillSwitch,
  killSwitchDocument,
  type OpenGrant,
  type PrincipalCutoff,
} from './deny-policy.ts';
import { coverOf } from './prefix-cover.ts';

/** A role's rows, as they were read at one time: the denied grants first, then the open ones. */
export type RoleRows = {
  readonly denied: readonly DeniedGrant[];
  readonly open: readonly OpenGrant[];
  /** Every session that was issued before then is denied; null where the role has no cutoff that lasts. */
  readonly cutoff: Instant | null;
  /** From before they were read. */
  readonly readAt: Instant;
};

/**
 * How long a policy may be. The inline policies of a role may have 10,240 characters together (IAM User
 * Guide, "IAM and AWS STS quotas"), and the role needs some for its own. Where it needs more, the next.
 */
export const ROOMS: readonly number[] = [7000, 3500, 1750, 800, 400, 0];

/**
 * What must be denied. Where the ended grants do not fit by their ids, no principal keeps more than an equal
 * share of ids: the sessions of those that need more are denied by time of issue. Only where even that does
 * not fit, every session of the role is, except for the grants that ended last. The same rows give the same
 * switch.
 */
export function switchFor(rows: RoleRows, room: number): KillSwitch {
  const denied = toDeny(rows)
    // Until this policy is written, sessions may begin.
    .map((row) => (row.begins ? { ...row, at: Math.max(row.at, rows.readAt) } : row))
    .toSorted(newestFirst);
  const open = rows.open.toSorted((a, b) => (a.grantId < b.grantId ? 1 : -1));
  const sorted = { ...rows, denied, open };
  const made = room > 0 ? sharedByFewest(sorted, room) : null;
  return made ?? issuedBefore(sorted, room);
}

/**
 * The ended grants that need a place of their own: some of their sessions may live, or begin, that the role's
 * cutoff does not deny.
 */
export function toDeny({ denied, cutoff, readAt }: RoleRows): readonly DeniedGrant[] {
  return denied
    .filter(({ until }) => until > readAt)
    .filter((row) => row.begins || cutoff === null || cutoffFor([row]) > cutoff);
}

/** With fewer ids, the statements about principals would take more room than the ids that they replace. */
const LEAST_SHARE = 16;

/** How many ids a principal may keep: all, then ever half as many. */
function* sharesOf(rows: readonly OpenGrant[]): Generator<number> {
  const counts = [...byPrincipal(rows).values()].map(({ length }) => length);
  let share = Math.max(LEAST_SHARE, ...counts);
  yield share;
  for (share = Math.floor(share / 2); share >= LEAST_SHARE; share = Math.floor(share / 2)) {
    yield share;
  }
}

type Share = { readonly ended: number; readonly open: number };

/**
 * Ended grants or open ones take the room; whichever share costs fewer principals their sessions, and the
 * ended ones if both cost as many. Null where no share is small enough.
 */
function sharedByFewest(rows: RoleRows, room: number): KillSwitch | null {
  const { denied, open } = rows;
  const first = (from: readonly OpenGrant[], share: (most: number) => Share): KillSwitch | null => {
    for (const most of sharesOf(from)) {
      const made = shared(rows, share(most), room);
      if (lengthOf(made) <= room) return made;
    }
    return null;
  };
  const byEnded = first(denied, (most) => ({ ended: most, open: open.length }));
  if (byEnded !== null && costOf(byEnded) === 0) return byEnded;
  const byOpen = first(open, (most) => ({ ended: denied.length, open: most }));
  if (byOpen !== null && (byEnded === null || costOf(byOpen) < costOf(byEnded))) return byOpen;
  return byEnded ?? first([...denied, ...open], (most) => ({ ended: most, open: most }));
}

/** How many principals lose sessions that they need not lose. */
function costOf({ principals, unspared = [] }: KillSwitch): number {
  return principals.length + unspared.length;
}

/** Every principal keeps the ids of its newest grants, up to the share. The rows are sorted. */
function shared(rows: RoleRows, share: Share, room: number): KillSwitch {
  const { denied, open, cutoff } = rows;
  const kept: DeniedGrant[] = [];
  const principals: PrincipalCutoff[] = [];
  for (const [hash, own] of byPrincipal(denied)) {
    const named = hash === null ? own : own.slice(0, share.ended);
    kept.push(...named);
    if (hash === null || named.length === own.length) continue;
    principals.push({ hash, cutoff: cutoffFor(own.slice(share.ended)) });
  }
  // Whoever keeps many grants open between those of others takes their room, too.
  const spared: OpenGrant[] = [];
  const unspared: string[] = [];
  for (const [hash, own] of byPrincipal(open)) {
    const most = hash === null ? own.length : share.open;
    spared.push(...own.slice(0, most));
    if (hash !== null && own.length > most) unspared.push(hash);
  }
  const sorted = principals.toSorted((a, b) => (a.hash < b.hash ? -1 : 1));
  const around = { open: spared, readAt: rows.readAt, room };
  const made = withIds(kept, around, { principals: sorted, cutoff });
  return unspared.length === 0 ? made : { ...made, unspared: unspared.toSorted() };
}

/** The grants that ended last by their ids, and every session that the others can have. */
function issuedBefore({ denied, open, cutoff, readAt }: RoleRows, room: number): KillSwitch {
  for (let names = room > 0 ? 128 : 0; ; names = Math.floor(names / 2)) {
    const others = denied.slice(names);
    const needed = others.length === 0 ? cutoff : Math.max(cutoff ?? 0, cutoffFor(others));
    const rest = { principals: [], cutoff: needed };
    const made = withIds(denied.slice(0, names), { open, readAt, room }, rest);
    if (names === 0 || lengthOf(made) <= room) return made;
  }
}

type Around = {
  readonly open: readonly OpenGrant[];
  readonly readAt: Instant;
  readonly room: number;
};

/** Ids in full if they fit, because people read the policy; else as briefly as possible. */
function withIds(
  denied: readonly DeniedGrant[],
  { open, readAt, room }: Around,
  rest: Pick<KillSwitch, 'principals' | 'cutoff'>,
): KillSwitch {
  const [ended, spared] = [denied, open].map((rows) => rows.map(({ grantId }) => grantId));
  const full = { ...coverOf(ended ?? [], spared ?? [], readAt), ...rest };
  if (lengthOf(full) <= room) return full;
  return { ...coverOf(ended ?? [], spared ?? [], readAt, true), ...rest };
}

/** How long the policy is that denies all of them by their ids, and no open grant, as briefly as possible. */
export function briefLength({ denied, open, cutoff, readAt }: RoleRows): number {
  const [ended, spared] = [denied, open].map((rows) => rows.map(({ grantId }) => grantId));
  const cover = coverOf(ended ?? [], spared ?? [], readAt, true);
  return lengthOf({ ...cover, principals: [], cutoff });
}

function lengthOf(made: KillSwitch): number {
  return killSwitchDocument(made)?.length ?? 0;
}

function byPrincipal<T extends OpenGrant>(rows: readonly T[]): ReadonlyMap<string | null, T[]> {
  return Map.groupBy(rows, hashOf);
}

function newestFirst(a: DeniedGrant, b: DeniedGrant): number {
  return b.at - a.at || (a.grantId < b.grantId ? -1 : 1);
}
