import type { ConditionBlock, Parameters, Statement } from '../entitlement.ts';
import {
  type Atom,
  atomsOf,
  coversActions,
  coversResources,
  hasEqualCondition,
  reaches,
  type Side,
} from './atoms.ts';
import { compareStatements, type Difference } from './compare-statements.ts';

/**
 * The differences between what two lists of statements allow and deny, in words. Where it cannot be decided
 * whether something changed, they say that it may have.
 */
export function changesOfStatements(
  before: readonly Statement[],
  after: readonly Statement[],
  samples: Parameters = {},
): readonly string[] {
  const { lost, gained } = compareStatements(before, after, samples);
  const [old, now] = [atomsOf(before), atomsOf(after)];
  return [
    ...sentences(
      lost.filter((one) => !isSaid(one, gained)),
      (difference) => lossOf(difference, now),
    ),
    ...sentences(gained, (difference) => gainOf(difference, old)),
  ];
}

/** A sentence around the actions and resources of a difference. */
type Frame = { readonly head: string; readonly tail: string; readonly resourcesFirst: boolean };

/** Two other conditions on the same are one change, which the sentence about what is new tells. */
function isSaid({ atom, relation }: Difference, gained: readonly Difference[]): boolean {
  if (relation !== 'condition' || atom.condition === null) return false;
  return gained.some(
    (other) =>
      other.relation === 'condition' &&
      other.atom.condition !== null &&
      other.atom.effect === atom.effect &&
      reaches(other.atom, atom) &&
      reaches(atom, other.atom),
  );
}

function lossOf({ atom, relation, sure, others }: Difference, now: readonly Atom[]): Frame {
  const { allows, allow } = verbs(atom);
  const where = whereOf(atom.condition);
  if (relation === 'condition') {
    if (atom.condition === null) return frame(`now ${allows}`, ` only${conditions(others)}`);
    return frame(`now ${allows}`, `${conditions(others)} (before${where})`);
  }
  if (relation === 'whole') return frame(`no longer ${allows}`, where, sharesActions(atom, now));
  const head = sure ? `no longer ${allows}` : `may no longer ${allow}`;
  return frame(head, `${where} (now: ${rest(atom, others, sure)})`);
}

function gainOf({ atom, relation, sure, others }: Difference, old: readonly Atom[]): Frame {
  const { allows, allow } = verbs(atom);
  const where = whereOf(atom.condition);
  if (relation === 'condition') {
    const now = atom.condition === null ? ' without a condition' : where;
    return frame(`now ${allows}`, `${now} (before${conditions(others)})`);
  }
  if (relation === 'part') {
    const head = sure ? `now also ${allows}` : `may now also ${allow}`;
    return frame(head, `${where} (before: ${rest(atom, others, sure)})`);
  }
  const byResource = sharesActions(atom, old);
  const also = byResource || sharesResources(atom, old) ? 'also ' : '';
  return frame(`now ${also}${allows}`, where, byResource);
}

function frame(head: string, tail: string, resourcesFirst = false): Frame {
  return { head, tail, resourcesFirst };
}

function verbs({ effect }: Atom): { readonly allows: string; readonly allow: string } {
  return effect === 'Allow'
    ? { allows: 'allows', allow: 'allow' }
    : { allows: 'denies', allow: 'deny' };
}

/** The part of an atom that the other list has. */
function rest(atom: Atom, others: readonly Atom[], sure: boolean): string {
  const parts = (field: 'action' | 'resource'): string => {
    const texts = others.map((other) => `${textOf(other[field])}${otherCondition(atom, other)}`);
    const only = sure && others.every((other) => 'in' in other[field]) ? 'only ' : '';
    return `${only}${[...new Set(texts)].join(', ')}`;
  };
  if (others.every((other) => coversResources(other, atom))) return parts('action');
  if (others.every((other) => coversActions(other, atom))) return parts('resource');
  return 'a part of it';
}

function otherCondition(atom: Atom, other: Atom): string {
  if (hasEqualCondition(atom, other)) return '';
  return other.condition === null ? ' without a condition' : whereOf(other.condition);
}

function sharesActions(atom: Atom, others: readonly Atom[]): boolean {
  return others.some(
    (other) =>
      other.effect === atom.effect && coversActions(other, atom) && coversActions(atom, other),
  );
}

function sharesResources(atom: Atom, others: readonly Atom[]): boolean {
  return others.some(
    (other) =>
      other.effect === atom.effect && coversResources(other, atom) && coversResources(atom, other),
  );
}

function conditions(atoms: readonly Atom[]): string {
  return [...new Set(atoms.map(({ condition }) => whereOf(condition)))].join(', or');
}

function whereOf(condition: ConditionBlock | null): string {
  return condition === null ? '' : ` where ${JSON.stringify(condition)}`;
}

/** One sentence for all differences that need the same words, and have the same actions or resources. */
function sentences(
  differences: readonly Difference[],
  frameOf: (difference: Difference) => Frame,
): readonly string[] {
  const framed = differences.map((one) => ({ frame: frameOf(one), atom: one.atom }));
  return groups(framed, (one) => JSON.stringify(one.frame)).flatMap((alike) => {
    const rows = groups(alike, ({ atom }) => textOf(atom.resource)).map((row) => ({
      ...row[0],
      actions: list(row.map(({ atom }) => atom.action)),
    }));
    return groups(rows, ({ actions }) => actions).map((group) => {
      const [{ frame: words, actions }] = group;
      const resources = list(group.map(({ atom }) => atom.resource));
      const what = words.resourcesFirst
        ? `${resources} for ${actions}`
        : `${actions} on ${resources}`;
      return `${words.head} ${what}${words.tail}`;
    });
  });
}

/** The items by a key, in the order in which the keys first appear. */
function groups<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly (readonly [T, ...T[]])[] {
  const found = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = found.get(keyOf(item));
    if (group === undefined) found.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...found.values()];
}

function list(sides: readonly Side[]): string {
  return [...new Set(sides.map(textOf))].join(', ');
}

function textOf(side: Side): string {
  return 'in' in side ? side.in : `all but ${side.not.join(', ')}`;
}
