import { containsResource } from '../session-policy/glob.ts';

/** What stands for text that is not known here: parameters and IAM's variables. */
const UNKNOWN = /\{\{[^{}]*\}\}|\$\{[^}]*\}/g;
const PLACEHOLDER = /\{\{[^{}]*\}\}/;

/** Whether some text matches both patterns, where a parameter or a variable can be any text. */
export function overlaps(one: string, other: string): boolean {
  const [a, b] = [one.replace(UNKNOWN, '*'), other.replace(UNKNOWN, '*')];
  if (beginsOtherwise(a, b)) return false;
  // `open[j]`: whether the rest of `a` and the rest of `b` from `j` on have a common text.
  let open = Array.from({ length: b.length + 1 }, (_, j) => /^\**$/.test(b.slice(j)));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    const next = open;
    open = [];
    for (let j = b.length; j >= 0; j -= 1) {
      const [x, y] = [a[i], b[j]];
      const meet = x === y || x === '?' || y === '?';
      // Past the end of `b` both rows have nothing, which is no common text.
      const isOpen = x === '*' || y === '*' ? next[j] || open[j + 1] : meet && next[j + 1];
      open[j] = isOpen === true;
    }
  }
  return open[0] === true;
}

/** Whether two patterns differ before the first wildcard of either, as most do. */
function beginsOtherwise(a: string, b: string): boolean {
  let at = 0;
  while (at < a.length && a[at] === b[at] && a[at] !== '*') at += 1;
  return ![a[at], b[at]].some((symbol) => symbol === undefined || symbol === '*' || symbol === '?');
}

/** The same for actions, whose case IAM ignores. */
export function actionsOverlap(one: string, other: string): boolean {
  return overlaps(one.toLowerCase(), other.toLowerCase());
}

/** The same for resources, whose parts are compared separately. */
export function resourcesOverlap(one: string, other: string): boolean {
  const [a, b] = [partsOf(one), partsOf(other)];
  return a.every((part, index) => overlaps(part, b[index] ?? '*'));
}

/**
 * Containment of resources that may have parameters, for every value of them. A value can have any length,
 * so a `?` is never counted on to match one.
 */
export function containsTemplate(outer: string, inner: string): boolean {
  if (outer === inner) return true;
  if (outer.includes('?') && PLACEHOLDER.test(inner)) return false;
  return containsResource(outer, inner);
}

function partsOf(arn: string): readonly string[] {
  const all = arn.replace(UNKNOWN, '*').split(':');
  return [...all.slice(0, 5), ...(all.length > 5 ? [all.slice(5).join(':')] : [])];
}
