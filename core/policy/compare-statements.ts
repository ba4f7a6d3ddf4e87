import type { Parameters, Statement } from '../entitlement.ts';
import { type Atom, atomsOf, covers, reaches, type Side, touches } from './atoms.ts';

/**
 * What one list of statements has and the other lacks: one atom, and how it relates to the other list.
 *
 * - `whole`: nothing of it is there.
 * - `condition`: all of it is there under other conditions, those of `others`.
 * - `part`: something of it may be there, in `others`. If `sure`, something is not.
 */
export type Difference = {
  readonly atom: Atom;
  readonly relation: 'whole' | 'condition' | 'part';
  readonly sure: boolean;
  readonly others: readonly Atom[];
};

/**
 * Compares what statements allow and what they deny, each by itself, and not how they are written: order,
 * repeats, the case of actions, and splitting a statement change nothing.
 *
 * @param samples A value that each parameter accepts, by which a difference is made sure.
 */
export function compareStatements(
  before: readonly Statement[],
  after: readonly Statement[],
  samples: Parameters,
): { readonly lost: readonly Difference[]; readonly gained: readonly Difference[] } {
  const [old, now] = [atomsOf(before), atomsOf(after)];
  return { lost: beyond(old, now, samples), gained: beyond(now, old, samples) };
}

/** Above this many pairs of atoms, a comparison would take more than some seconds. */
const MOST_PAIRS = 200_000;

/** Whether two lists of atoms are too long to be compared in time. Equal atoms need no comparison. */
export function isTooMuch(old: readonly Atom[], now: readonly Atom[]): boolean {
  const pairs = changed(old, now).length * now.length + changed(now, old).length * old.length;
  return pairs > MOST_PAIRS;
}

/** The atoms that the other list does not have in the same words. */
function changed(mine: readonly Atom[], theirs: readonly Atom[]): readonly Atom[] {
  const known = new Set(theirs.map((atom) => JSON.stringify(atom)));
  return mine.filter((atom) => !known.has(JSON.stringify(atom)));
}

function beyond(
  mine: readonly Atom[],
  theirs: readonly Atom[],
  samples: Parameters,
): readonly Difference[] {
  const missing = changed(mine, theirs).filter(
    (atom) => !theirs.some((other) => is(atom, other, covers)),
  );
  return widest(missing).map((atom) => {
    const holders = theirs.filter((other) => is(atom, other, reaches));
    if (holders.length > 0) return { atom, relation: 'condition', sure: true, others: holders };
    const near = theirs.filter((other) => is(atom, other, touches));
    if (near.length === 0) return { atom, relation: 'whole', sure: true, others: [] };
    return { atom, relation: 'part', sure: isBeyond(atom, near, samples), others: near };
  });
}

function is(atom: Atom, other: Atom, test: (outer: Atom, inner: Atom) => boolean): boolean {
  return other.effect === atom.effect && test(other, atom);
}

/** Leaves out atoms that another one covers; of equals, the first stays. */
function widest(atoms: readonly Atom[]): readonly Atom[] {
  return atoms.filter(
    (inner, index) =>
      !atoms.some(
        (outer, other) => is(inner, outer, covers) && (!is(outer, inner, covers) || other < index),
      ),
  );
}

/** Texts for a `*`, of which the first occurs in nothing that anybody writes. */
const FILLINGS = ['zq7w', ''];
const ANY_ACTION = 'zq7w:zq7w';
const ANY_RESOURCE = 'arn:zq7w:zq7w:zq7w:zq7w:zq7w';

/** Whether a call is found to which the atom applies, and to which none of the others can. */
function isBeyond(atom: Atom, others: readonly Atom[], samples: Parameters): boolean {
  const mine = fill(atom, samples);
  const theirs = others.map((other) => fill(other, samples));
  const actions = examples(
    [mine, ...theirs].map(({ action }) => action),
    ANY_ACTION,
  );
  const resources = examples(
    [mine, ...theirs].map(({ resource }) => resource),
    ANY_RESOURCE,
  );
  const calls = resources.flatMap((resource) =>
    actions.map((action) => ({ ...mine, action: { in: action }, resource: { in: resource } })),
  );
  return calls.some((call) => touches(call, mine) && !theirs.some((other) => touches(call, other)));
}

/** What the first of some sides may match, and what others leave out. */
function examples([own, ...others]: readonly Side[], any: string): readonly string[] {
  const left = others.flatMap((other) => ('not' in other ? other.not : []));
  const patterns = [...(own !== undefined && 'in' in own ? [own.in] : []), ...left];
  const texts = patterns.flatMap((pattern) =>
    FILLINGS.map((filling) => pattern.replaceAll('*', filling).replaceAll('?', 'z')),
  );
  return [any, ...texts];
}

function fill(atom: Atom, samples: Parameters): Atom {
  const text = (pattern: string): string =>
    pattern.replace(/\{\{([^{}]*)\}\}/g, (placeholder, name) =>
      Object.hasOwn(samples, name) ? (samples[name] ?? placeholder) : placeholder,
    );
  const { resource } = atom;
  return {
    ...atom,
    resource: 'in' in resource ? { in: text(resource.in) } : { not: resource.not.map(text) },
  };
}
