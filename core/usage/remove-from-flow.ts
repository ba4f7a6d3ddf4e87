import type { YAMLSeq } from 'yaml';
import { commentsAbove, lineEnd, lineStart, nextLine } from './text-lines.ts';
import { type Edit, placeOf } from './yaml-places.ts';

/** An item within brackets: its anchor and its tag, itself, and the comma after it. */
type Item = { readonly start: number; readonly end: number; readonly comma: number | null };

/**
 * Removes items within brackets, each with its comma. A comment goes with its line, and stays where an item of its line
 * stays. A comma after the last item stays as well, and none comes.
 */
export function removeFromFlow(
  source: string,
  node: YAMLSeq,
  indexes: readonly number[],
): readonly Edit[] {
  const items = itemsOf(node);
  const last = items.findLastIndex((_, index) => !indexes.includes(index));
  const comma = items[last]?.comma ?? null;
  const isOpen = items.at(-1)?.comma === null;
  const lastComma = isOpen && comma !== null ? [{ start: comma, end: comma + 1, text: '' }] : [];
  const runs = runsOf(indexes).flatMap((run) => partsOf(source, items, run));
  return [...lastComma, ...runs.map((run) => ({ ...cut(source, items, run), text: '' }))];
}

function itemsOf({ items, srcToken }: YAMLSeq): readonly Item[] {
  const tokens = srcToken?.type === 'flow-collection' ? srcToken.items : [];
  return items.map((item, index) => {
    const before = tokens[index]?.start.find(({ type }) => type === 'anchor' || type === 'tag');
    const comma = tokens[index + 1]?.start.find(({ type }) => type === 'comma');
    const { start, end } = placeOf(item);
    return { start: before?.offset ?? start, end, comma: comma?.offset ?? null };
  });
}

/** Indexes of items that follow each other. */
type Run = readonly number[];

function runsOf(indexes: readonly number[]): readonly Run[] {
  const all = new Set(indexes);
  const firsts = indexes.filter((index) => !all.has(index - 1));
  return firsts.map((first) => {
    const run = [first];
    while (all.has(first + run.length)) run.push(first + run.length);
    return run;
  });
}

/** A comment between two items that go may be about one that stays, before them in the line. */
function partsOf(source: string, items: readonly Item[], run: Run): readonly Run[] {
  const { start } = items[run[0] ?? 0] as Item;
  const isAlone = run[0] === 0 || isBlank(source.slice(lineStart(source, start), start));
  if (isAlone || !run.slice(1).some((index) => gapBefore(index).includes('#'))) return [run];
  const from = run.findIndex((index, at) => at > 0 && gapBefore(index).includes('\n'));
  return [run.slice(0, from), run.slice(from)];

  function gapBefore(index: number): string {
    return source.slice(items[index - 1]?.end, items[index]?.start);
  }
}

function cut(source: string, items: readonly Item[], run: Run): { start: number; end: number } {
  const [first = 0, last = first] = [run[0], run.at(-1)];
  const { start } = items[first] as Item;
  const { end: content, comma } = items[last] as Item;
  const end = comma === null ? content : comma + 1;
  const next = items[last + 1]?.start;
  const line = lineStart(source, start);
  const isFirst = isBlank(source.slice(line, start));
  const isLast = /^[ \t]*(?:#[^\n]*)?$/.test(source.slice(end, lineEnd(source, end)));
  if (isFirst && isLast) {
    return { start: commentsAbove(source, line, start - line), end: nextLine(source, end) };
  }
  if (isLast && first > 0) return { start: blanksBefore(source, start), end };
  if (isLast) {
    const rest = lineEnd(source, end);
    return { start, end: next !== undefined && isBlank(source.slice(rest, next)) ? next : rest };
  }
  if (next !== undefined) return { start, end: next };
  const before = (items[first - 1]?.comma ?? start - 1) + 1;
  return { start: isBlank(source.slice(before, start)) ? before : start, end };
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}

function blanksBefore(source: string, at: number): number {
  return source.slice(0, at).replace(/[ \t]+$/, '').length;
}
