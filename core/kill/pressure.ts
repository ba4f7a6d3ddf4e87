import { addSeconds, type Instant } from '../instant.ts';
import { LEAST_KILL_SWITCH_PERCENT } from '../limits.ts';
import { type DeniedGrant, hashOf, type OpenGrant } from './deny-policy.ts';
import { YOUNG_SECONDS } from './prefix-cover.ts';
import { briefLength, type RoleRows, toDeny } from './switch-for.ts';

/** From this share of its room on, a role's kill switch is under pressure: time to act before it overflows. */
export const PRESSURE_PERCENT = 70;

/** What the ended grants of a role need of the room that its kill switch has. */
export type Pressure = {
  readonly role: string;
  /** Above 100, the switch overflows. */
  readonly percent: number;
  /** How many ended grants it denies. */
  readonly ended: number;
  /** The principals that need most, the first one more than the others. */
  readonly principals: readonly Need[];
};

/** What one principal's grants need: without them, the role would need so much less. */
export type Need = {
  readonly percent: number;
  readonly ended: number;
  readonly open: number;
  /** The grant of its that ended last, and when; where none did, the youngest open one, and the time of the look. */
  readonly latest: { readonly grantId: string; readonly at: number };
};

/** How much of the room of a role's kill switch the ended grants of one principal need. */
export type RoomUse = {
  /** The hash in the key of the principal. */
  readonly hash: string;
  readonly percent: number;
  /** When they need less: the oldest of their keys have expired, or prefixes stand for ids that were young. */
  readonly until: Instant;
};

const TOLD = 3;
/** Each costs a document without it, so only those with most grants are weighed. */
const WEIGHED = 8;

/**
 * Measures the shortest document that denies every ended grant by its id, not the one that was written: that one is in
 * full while it fits, and never longer than its room.
 *
 * @returns null where the role is under no pressure.
 */
export function pressureOf(role: string, all: RoleRows, room: number): Pressure | null {
  const denied = toDeny(all);
  const rows = { ...all, denied };
  const length = briefLength(rows);
  const percent = percentOf(length, room);
  if (percent < PRESSURE_PERCENT) return null;
  const needs = largest(rows).map((part): Need => {
    const without = briefLength({ ...rows, ...withoutThem(rows, part) });
    return {
      percent: Math.max(0, percentOf(length - without, room)),
      ...{ ended: part.denied.length, open: part.open.length, latest: latestOf(part, all) },
    };
  });
  const most = needs.toSorted((a, b) => b.percent - a.percent).slice(0, TOLD);
  return { role, percent, ended: denied.length, principals: most };
}

/**
 * The principals whose ended grants need much of the room: without these grants, the role would need so much less. What
 * is open counts for nobody here.
 */
export function usesOf(all: RoleRows, room: number): readonly RoomUse[] {
  const denied = toDeny(all);
  const rows = { ...all, denied };
  const many = [...Map.groupBy(denied, hashOf)]
    .filter(([, { length }]) => length * LONGEST_ID >= leastOf(room))
    .toSorted(([, a], [, b]) => b.length - a.length)
    .slice(0, WEIGHED);
  if (many.length === 0 || briefLength(rows) < leastOf(room)) return [];
  return many.flatMap(([hash, part]): readonly RoomUse[] => {
    const percent = percentOfPart(rows, part, room);
    if (hash === null || percent < LEAST_KILL_SWITCH_PERCENT) return [];
    return [{ hash, percent, until: lastsUntil(rows, part, { percent, room }) }];
  });
}

function percentOfPart(rows: RoleRows, part: readonly DeniedGrant[], room: number): number {
  const without = { ...rows, ...withoutThem(rows, { denied: part, open: [] }) };
  return percentOf(briefLength(rows) - briefLength(without), room);
}

/** When it needs less: once the oldest keys have expired, or once prefixes stand for ids that are young now. */
function lastsUntil(
  rows: RoleRows,
  part: readonly DeniedGrant[],
  { percent, room }: { readonly percent: number; readonly room: number },
): Instant {
  const oldest = Math.min(...part.map(({ until }) => until));
  const readAt = addSeconds(rows.readAt, YOUNG_SECONDS);
  const later = percentOfPart({ ...rows, readAt }, part, room);
  return later < percent ? Math.min(oldest, readAt) : oldest;
}

/** More than an id, or an exception beside it, takes in the policy. */
const LONGEST_ID = 100;

function leastOf(room: number): number {
  return (room * LEAST_KILL_SWITCH_PERCENT) / 100;
}

function percentOf(length: number, room: number): number {
  return Math.floor((100 * length) / Math.max(1, room));
}

type Part = Pick<RoleRows, 'denied' | 'open'>;

/** The grants of each of the principals that have most. */
function largest({ denied, open }: RoleRows): readonly Part[] {
  const [ended, spared] = [Map.groupBy(denied, hashOf), Map.groupBy(open, hashOf)];
  return [...new Set([...ended.keys(), ...spared.keys()])]
    .map((hash) => ({ denied: ended.get(hash) ?? [], open: spared.get(hash) ?? [] }))
    .toSorted((a, b) => sizeOf(b) - sizeOf(a))
    .slice(0, WEIGHED);
}

function sizeOf({ denied, open }: Part): number {
  return denied.length + open.length;
}

function withoutThem({ denied, open }: RoleRows, part: Part): Part {
  const theirs = new Set<DeniedGrant | OpenGrant>([...part.denied, ...part.open]);
  return {
    denied: denied.filter((row) => !theirs.has(row)),
    open: open.filter((row) => !theirs.has(row)),
  };
}

function latestOf({ denied, open }: Part, { readAt }: RoleRows): Need['latest'] {
  const [last] = denied.toSorted((a, b) => b.at - a.at);
  if (last !== undefined) return { grantId: last.grantId, at: last.at };
  const [youngest] = open
    .map(({ grantId }) => grantId)
    .toSorted()
    .toReversed();
  return { grantId: youngest ?? '', at: readAt };
}
