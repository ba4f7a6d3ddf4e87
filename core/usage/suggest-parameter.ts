import { fullMatch } from '../session-policy/parameters.ts';
import { commonShape } from './value-shape.ts';

const MOST_NAMED = 4;

/** What stands where the last `*` of a pattern is. */
export type Tail = { readonly grantId: string; readonly tail: string };

/**
 * A remark on a part of a resource that differs between grants and is one value within each. It is no part of a
 * patch: callers do not send the parameter yet.
 *
 * @returns null where there is no such part, or none whose values a pattern of a parameter takes.
 */
export function suggestParameter(pattern: string, tails: readonly Tail[]): string | null {
  const values = new Map<string, Set<string>>();
  for (const { grantId, tail } of tails) {
    const own = values.get(grantId) ?? new Set<string>();
    values.set(grantId, own.add(/^[^/:]*/.exec(tail)?.[0] ?? ''));
  }
  const perGrant = [...values.values()];
  const all = [...new Set(perGrant.flatMap((own) => [...own]))].toSorted();
  if (perGrant.some(({ size }) => size !== 1) || all.length < 2 || all.includes('')) return null;
  const shape = commonShape(all).pattern;
  if (!all.every((value) => fullMatch(shape).test(value))) return null;
  const named = all.slice(0, MOST_NAMED).join(', ');
  const more = all.length > MOST_NAMED ? ` and ${all.length - MOST_NAMED} more` : '';
  return `Each of ${values.size} grants used one value at the * of ${pattern}: ${named}${more}. A parameter with the pattern ${shape} could stand there. Callers do not send it yet, so it is no part of the patch.`;
}
