import type { ConditionBlock, Parameters, Statement } from '../entitlement.ts';
import {
  type Atom,
  atomsOf,
  covers,
  coversActions,
  coversResources,
  hasEqualCondition,
  reaches,
  touches,
} from './atoms.ts';
import { compareStatements, type Difference, isTooMuch } from './compare-statements.ts';
import { type Frame, sentences, textOf } from './diff-sentences.ts';

/**
 * The differences between what two lists of statements allow and deny, in words. Where it cannot be decided
 * whether something changed, they say that it may have.
 */
export function changesOfStatements(
  before: readonly Statement[],
  after: readonly Statement[],
  samples: Parameters = {},
): readonly string[] {
  const [old, now] = [atomsOf(before), atomsOf(after)];
  if (isTooMuch(old, now)) {
    return [
      `may allow or deny something else: ${old.length} and ${now.length} pairs of an action and a resource are too many to compare; read the statements themselves`,
    ];
  }
  const { lost, gained } = compareStatements(before, after, samples);
  const isConditional = ({ relation }: Difference): boolean => relation === 'condition';
  const rewritten = gained.filter(isConditional);
  const tightened = lost.filter((one) => isConditional(one) && !isAmong(one, rewritten));
  return [
    ...sentences(
      lost.filter((one) => !isConditional(one)),
      (difference) => lossOf(difference, now),
    ),
    ...sentences([...tightened, ...rewritten], ({ atom }) => conditionsOf(atom, old, now)),
    ...sentences(
      gained.filter((one) => !isConditional(one)),
      (difference) => gainOf(difference, old),
    ),
  ];
}

/** Whether one of some differences is about the same actions and resources. */
function isAmong({ atom }: Difference, others: readonly Difference[]): boolean {
  return others.some(
    (other) =>
      other.atom.effect === atom.effect && reaches(other.atom, atom) && reaches(atom, other.atom),
  );
}

function lossOf({ atom, relation, sure, others }: Difference, now: readonly Atom[]): Frame {
  const { allows, allow } = verbs(atom);
  const where = whereOf(atom.condition);
  if (relation === 'whole') return frame(`no longer ${allows}`, where, sharesActions(atom, now));
  const head = sure ? `no longer ${allows}` : `may no longer ${allow}`;
  return frame(head, `${where} (now: ${rest(atom, others, sure)})`);
}

function gainOf({ atom, relation, sure, others }: Difference, old: readonly Atom[]): Frame {
  const { allows, allow } = verbs(atom);
  const where = whereOf(atom.condition);
  if (relation === 'part') {
    const head = sure ? `now also ${allows}` : `may now also ${allow}`;
    return frame(head, `${where} (before: ${rest(atom, others, sure)})`);
  }
  const byResource = sharesActions(atom, old);
  const also = byResource || sharesResources(atom, old) ? 'also ' : '';
  return frame(`now ${also}${allows}`, where, byResource);
}

/** Under which conditions all of an atom was there before, and is now. */
function conditionsOf(atom: Atom, old: readonly Atom[], now: readonly Atom[]): Frame {
  const [before, after] = [old, now].map((atoms) => {
    const holders = atoms.filter((one) => one.effect === atom.effect && reaches(one, atom));
    if (holders.some(({ condition }) => condition === null)) return ' without a condition';
    const where = [...new Set(holders.map(({ condition }) => whereOf(condition)))].join(', or');
    return `${where}${exceptions(atom, holders, atoms)}`;
  });
  const tail = before === ' without a condition' ? ` only${after}` : `${after} (before${before})`;
  return frame(`now ${verbs(atom).allows}`, tail);
}

/** What touches a part of an atom under conditions that its holders do not have. */
function exceptions(atom: Atom, holders: readonly Atom[], atoms: readonly Atom[]): string {
  const parts = atoms
    .filter((one) => one.effect === atom.effect && touches(one, atom) && !reaches(one, atom))
    .filter((one) => !holders.some(({ condition }) => covers({ ...one, condition }, one)))
    .map(
      (one) =>
        `${textOf(one.action)} on ${textOf(one.resource)}${one.condition === null ? ' without a condition' : whereOf(one.condition)}`,
    );
  const texts = [...new Set(parts)];
  if (texts.length === 0) return '';
  const more = texts.length > MOST_NAMED ? ` and ${texts.length - MOST_NAMED} more` : '';
  return `, but ${texts.slice(0, MOST_NAMED).join(', ')}${more}`;
}

const MOST_NAMED = 5;

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

function whereOf(condition: ConditionBlock | null): string {
  return condition === null ? '' : ` where ${JSON.stringify(condition)}`;
}
