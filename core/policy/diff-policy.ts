import type { CompiledPolicy } from '../bundle/bundle.ts';

/** A string, or a comment. A `//` in a string begins no comment. */
const STRING_OR_COMMENT = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*/g;
const ANNOTATIONS = /^(?:\s*@\w+(?:\s*\(\s*"(?:[^"\\]|\\.)*"\s*\))?)+/;
const ACKNOWLEDGED = /@acknowledged ?\( ?"((?:[^"\\]|\\.)*)" ?\)/;
const TOKEN = /"(?:[^"\\]|\\.)*"|\w+|[^\w\s]/g;

/** What differs between two policies in effect, in advice, and line by line; nothing where they mean the same. */
export function changesOfPolicy(before: CompiledPolicy, after: CompiledPolicy): readonly string[] {
  const details: string[] = [];
  if (before.effect !== after.effect) details.push(`effect: ${before.effect} → ${after.effect}`);
  if (before.advice !== after.advice) {
    details.push(`advice: ${before.advice ?? 'none'} → ${after.advice ?? 'none'}`);
  }
  const accepted = [acknowledgedIn(before), acknowledgedIn(after)];
  if (accepted[0] !== accepted[1]) {
    details.push(`acknowledged: ${accepted.map((text) => text ?? 'none').join(' → ')}`);
  }
  const [old, now] = [bodyOf(before), bodyOf(after)];
  return isSame(old, now) ? details : [...details, ...changedLines(linesOf(old), linesOf(now))];
}

/** Without comments and annotations. */
function bodyOf(policy: CompiledPolicy): string {
  return codeOf(policy).replace(ANNOTATIONS, '');
}

function codeOf({ text }: CompiledPolicy): string {
  return text.replace(STRING_OR_COMMENT, (found) => (found.startsWith('"') ? found : ''));
}

/** The warnings that its author accepts; they affect no decision. */
function acknowledgedIn(policy: CompiledPolicy): string | null {
  const [annotations = ''] = ANNOTATIONS.exec(codeOf(policy)) ?? [];
  return ACKNOWLEDGED.exec(annotations.replaceAll(/\s+/g, ' '))?.[1] ?? null;
}

function isSame(one: string, other: string): boolean {
  return JSON.stringify(one.match(TOKEN)) === JSON.stringify(other.match(TOKEN));
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '');
}

/** The lines that are not in the longest sequence of lines which both have in one order. */
function changedLines(old: readonly string[], now: readonly string[]): readonly string[] {
  const lengths = commonLengths(old, now);
  const changes: string[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const skipOld = lengths[i + 1]?.[j] ?? -1;
    const skipNow = lengths[i]?.[j + 1] ?? -1;
    if (old[i] === now[j]) {
      i += 1;
      j += 1;
    } else if (skipOld >= skipNow) {
      changes.push(`- ${old[i]}`);
      i += 1;
    } else {
      changes.push(`+ ${now[j]}`);
      j += 1;
    }
  }
  return changes;
}

/** For each pair of places, how many lines both have in one order from there on. */
function commonLengths(old: readonly string[], now: readonly string[]): readonly number[][] {
  const lengths = Array.from({ length: old.length + 1 }, () =>
    Array.from({ length: now.length + 1 }, () => 0),
  );
  for (let i = old.length - 1; i >= 0; i -= 1) {
    const [row = [], next = []] = [lengths[i], lengths[i + 1]];
    for (let j = now.length - 1; j >= 0; j -= 1) {
      row[j] = old[i] === now[j] ? (next[j + 1] ?? 0) + 1 : Math.max(next[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}
