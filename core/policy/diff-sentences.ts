import type { Side } from './atoms.ts';
import type { Difference } from './compare-statements.ts';

/** A sentence around the actions and resources of a difference. */
export type Frame = {
  readonly head: string;
  readonly tail: string;
  readonly resourcesFirst: boolean;
};

/** One sentence for all differences that need the same words, and have the same actions or resources. */
export function sentences(
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

export function textOf(side: Side): string {
  return 'in' in side ? side.in : `all but ${side.not.join(', ')}`;
}
