import { isMap, isPair, isScalar, isSeq, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';

/** A part of a text that is replaced. */
export type Edit = { readonly start: number; readonly end: number; readonly text: string };

/** What becomes of the entry of a list; the entry itself alone where it stays. */
export type Replacements = (entry: string) => readonly string[];

const WIDTH = 100;

/** @returns the text with all edits, which do not overlap. */
export function withEdits(text: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce(
      (changed, { start, end, text: by }) => changed.slice(0, start) + by + changed.slice(end),
      text,
    );
}

/**
 * Replaces entries of a list of texts, or the one text that stands for a list of one.
 *
 * @param inFlow Whether it stands within `[ ]` or `{ }`, where fewer characters need no quotes.
 * @returns null where the node is neither, such as an alias.
 */
export function replaceEntries(
  source: string,
  node: unknown,
  inFlow: boolean,
  by: Replacements,
): readonly Edit[] | null {
  if (isScalar(node)) return replaceScalar(source, node, inFlow, by);
  if (!isSeq(node) || !node.items.every(isScalar)) return null;
  const flow = inFlow || node.flow === true;
  const now = node.items.map((item) => by(String(item.value)));
  const gone = now.flatMap((list, index) => (list.length === 0 ? [index] : []));
  const changed = node.items.flatMap((item, index): readonly Edit[] => {
    const list = now[index] ?? [];
    if (list.length === 0 || (list.length === 1 && list[0] === item.value)) return [];
    const texts = list.map((entry) => written(entry, item, flow));
    const { start, end } = placeOf(item);
    if (node.flow === true) return [{ start, end, text: texts.join(', ') }];
    const before = source.slice(lineStart(source, start), start);
    const [first = '', ...others] = texts;
    const last = lineEnd(source, end);
    const lines = others.map((one) => `${newline(source)}${before}${one}`).join('');
    return [
      { start, end, text: first },
      { start: last, end: last, text: lines },
    ];
  });
  return [...removeItems(source, node, gone), ...changed];
}

/** Removes items of a list, each with its lines and the comments that belong to it alone. */
export function removeItems(
  source: string,
  node: YAMLSeq,
  indexes: readonly number[],
): readonly Edit[] {
  if (node.flow === true) return removeFromFlow(node, indexes);
  return indexes.map((index) => {
    const dash = dashOf(node, index);
    const start = commentsAbove(source, lineStart(source, dash), dash);
    const end = commentsBelow(source, afterContent(source, contentEnd(node.items[index])), dash);
    return { start, end, text: '' };
  });
}

/** Within brackets, an item goes with the comma after it; the last ones go with those before them. */
function removeFromFlow({ items }: YAMLSeq, indexes: readonly number[]): readonly Edit[] {
  const staying = items.map((_, index) => index).filter((index) => !indexes.includes(index));
  const last = staying.at(-1) ?? -1;
  const edits = indexes
    .filter((index) => index < last)
    .map((index) => ({
      start: placeOf(items[index]).start,
      end: placeOf(items[index + 1]).start,
      text: '',
    }));
  if (last === items.length - 1) return edits;
  const start = last < 0 ? placeOf(items[0]).start : placeOf(items[last]).end;
  return [...edits, { start, end: placeOf(items.at(-1)).end, text: '' }];
}

function replaceScalar(
  source: string,
  node: Scalar,
  inFlow: boolean,
  by: Replacements,
): readonly Edit[] {
  const list = by(String(node.value));
  const { start, end } = placeOf(node);
  const [only] = list;
  if (list.length === 1 && only !== undefined) {
    return only === node.value ? [] : [{ start, end, text: written(only, node, inFlow) }];
  }
  const flow = `[${list.map((entry) => written(entry, node, true)).join(', ')}]`;
  const column = start - lineStart(source, start);
  const hasMore = source.slice(end, lineEnd(source, end)).trim() !== '';
  if (inFlow || hasMore || column + flow.length <= WIDTH) return [{ start, end, text: flow }];
  const key = source.slice(lineStart(source, start), start);
  const indent = ' '.repeat(key.length - key.replace(/^[ -]*/, '').length + 2);
  const lines = list.map((entry) => `${newline(source)}${indent}- ${written(entry, node, inFlow)}`);
  const blank = /[ \t]*$/.exec(source.slice(0, start))?.[0].length ?? 0;
  return [{ start: start - blank, end, text: lines.join('') }];
}

const PLAIN = /^[A-Za-z][\w:*?/.{}@+=,-]*[\w*?/.}@+=-]$/;
const PLAIN_IN_FLOW = /^[A-Za-z][\w:*?/.@+=-]*[\w*?/.@+=-]$/;

/** In the quotes that the text had which it replaces, or else in those that it needs. */
function written(entry: string, { type }: Scalar, inFlow: boolean): string {
  if (type === 'QUOTE_DOUBLE') return JSON.stringify(entry);
  const needsNone = (inFlow ? PLAIN_IN_FLOW : PLAIN).test(entry);
  return type !== 'QUOTE_SINGLE' && needsNone ? entry : `'${entry.replaceAll("'", "''")}'`;
}

function placeOf(node: unknown): { readonly start: number; readonly end: number } {
  const range = (node as { readonly range?: readonly number[] } | undefined)?.range;
  return { start: range?.[0] ?? 0, end: range?.[1] ?? 0 };
}

/** Where the `-` of an item is. */
function dashOf({ srcToken, items }: YAMLSeq, index: number): number {
  const tokens = srcToken?.type === 'block-seq' ? (srcToken.items[index]?.start ?? []) : [];
  return tokens.find(({ type }) => type === 'seq-item-ind')?.offset ?? placeOf(items[index]).start;
}

/** The end of what a node contains; the ranges of maps and lists may go on after it. */
function contentEnd(node: unknown): number {
  const isBlock = (isMap(node) || isSeq(node)) && (node as YAMLMap | YAMLSeq).flow !== true;
  if (!isBlock) return placeOf(node).end;
  const last: unknown = node.items.at(-1);
  return contentEnd(isPair(last) ? (last.value ?? last.key) : last);
}

function lineStart(source: string, at: number): number {
  return source.lastIndexOf('\n', at - 1) + 1;
}

/** Before its line break. */
function lineEnd(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  if (end < 0) return source.length;
  return source[end - 1] === '\r' ? end - 1 : end;
}

/** The next line; a block of text ends with its line break. */
function afterContent(source: string, at: number): number {
  return source[at - 1] === '\n' ? at : nextLine(source, at);
}

function nextLine(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  return end < 0 ? source.length : end + 1;
}

/** Comments right above a `-`, in its column, are about its item. */
function commentsAbove(source: string, line: number, dash: number): number {
  const indent = ' '.repeat(dash - line);
  let start = line;
  while (start > 0) {
    const above = lineStart(source, start - 1);
    if (!source.slice(above, start).startsWith(`${indent}#`)) return start;
    start = above;
  }
  return start;
}

/** Comments below an item that are indented more than its `-` are part of it. */
function commentsBelow(source: string, from: number, dash: number): number {
  const column = dash - lineStart(source, dash);
  let end = from;
  while (end < source.length) {
    const next = nextLine(source, end);
    const indent = /^( *)#/.exec(source.slice(end, next))?.[1];
    if (indent === undefined || indent.length <= column) return end;
    end = next;
  }
  return end;
}

function newline(source: string): string {
  return source.includes('\r\n') ? '\r\n' : '\n';
}
