import { latestTimeOf } from '../ids.ts';
import { addSeconds, type Instant } from '../instant.ts';

/** What a policy matches: ids that begin with a pattern, and with none of the exceptions. */
export type Cover = {
  readonly patterns: readonly string[];
  readonly except: readonly string[];
};

/** A shorter prefix would span more than 17 minutes, and hit ids of earlier versions by chance. */
const SHORTEST = 'gr_'.length + 4;
/** Requests under way, and clocks that differ: no prefix covers ids that are younger. */
export const YOUNG_SECONDS = 60;

/**
 * The fewest patterns and exceptions together that match every denied id, no open one, and none that is
 * still to be made. Several ids share a prefix where that is shorter, and open ids in between become
 * exceptions. Younger ids than a minute are named in full; so are all other single ones, unless the cover
 * is to be brief.
 *
 * @param now From before the open ids were read.
 */
export function coverOf(
  denied: readonly string[],
  open: readonly string[],
  now: Instant,
  brief = false,
): Cover {
  const rules = { latest: addSeconds(now, -YOUNG_SECONDS), brief };
  const ended = new Set(denied);
  const leaves = [
    ...Array.from(ended, (id) => ({ id, ended: true })),
    ...[...new Set(open)].filter((id) => !ended.has(id)).map((id) => ({ id, ended: false })),
  ].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return leaves.length === 0 ? NO_IDS : solve(leaves, 0, rules).outside;
}

export const NO_IDS: Cover = { patterns: [], except: [] };

type Rules = {
  /** No prefix stands for later ids. */
  readonly latest: Instant;
  readonly brief: boolean;
};

type Leaf = { readonly id: string; readonly ended: boolean };

/** The best for the ids below a node: with no pattern above it, and with one. */
type Best = {
  readonly outside: Cover;
  readonly inside: readonly string[];
  /** Whether all of them are open. */
  readonly open: boolean;
};

/** The leaves are sorted, and agree in the first `depth` characters. */
function solve(leaves: readonly Leaf[], depth: number, rules: Rules): Best {
  const [first, ...more] = leaves;
  if (first === undefined) throw new Error('a node without ids');
  if (more.length === 0) return bestOfOne(first, depth, rules);
  const children = split(leaves, depth).map((child) => solve(child, depth + 1, rules));
  const [only, second] = children;
  if (only !== undefined && second === undefined) return only;
  const open = children.every((child) => child.open);
  const prefix = first.id.slice(0, depth);
  const inside = open ? [prefix] : children.flatMap((child) => child.inside);
  const outside = {
    patterns: children.flatMap((child) => child.outside.patterns),
    except: children.flatMap((child) => child.outside.except),
  };
  const mayCover = !open && isWithin(prefix, rules);
  const better = mayCover && 1 + inside.length < outside.patterns.length + outside.except.length;
  return { outside: better ? { patterns: [prefix], except: inside } : outside, inside, open };
}

/** @param depth No other id agrees in as many characters. */
function bestOfOne({ id, ended }: Leaf, depth: number, rules: Rules): Best {
  const prefix = id.slice(0, Math.max(depth, SHORTEST));
  const name = rules.brief && isWithin(prefix, rules) ? prefix : id;
  if (ended) return { outside: { patterns: [name], except: [] }, inside: [], open: false };
  return { outside: NO_IDS, inside: [name], open: true };
}

/** Whether a pattern may stand for all ids with that beginning. */
function isWithin(prefix: string, { latest }: Rules): boolean {
  return prefix.length >= SHORTEST && latestTimeOf(prefix) <= latest;
}

/** Groups the leaves by their character at that place. */
function split(leaves: readonly Leaf[], place: number): readonly (readonly Leaf[])[] {
  const groups: Leaf[][] = [];
  let last = '';
  for (const leaf of leaves) {
    const character = leaf.id.charAt(place);
    if (groups.length === 0 || character !== last) groups.push([]);
    groups.at(-1)?.push(leaf);
    last = character;
  }
  return groups;
}
