import { isScalar, isSeq, type Scalar } from 'yaml';
import { removeItems } from './remove-items.ts';
import { lineBreak, lineEnd, lineStart } from './text-lines.ts';
import { type Edit, placeOf } from './yaml-places.ts';

/** What becomes of the entry of a list; the entry itself alone where it stays. */
export type Replacements = (entry: string) => readonly string[];

const WIDTH = 100;

/**
 * Replaces entries of a list of texts, or the one text that stands for a list of one.
 *
 * @param inFlow Whether it stands within `[ ]` or `{ }`, where fewer characters need no quotes.
 * @returns null where the node is neither, such as an alias, or is written in a way that cannot be kept.
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
  const now = node.items.map((item) => ({ item, list: by(String(item.value)) }));
  const gone = now.flatMap(({ list }, index) => (list.length === 0 ? [index] : []));
  const changed = now.filter(({ item, list }) => list.length > 0 && list[0] !== item.value);
  if (changed.some(({ item }) => isBlock(item))) return null;
  const edits = changed.flatMap(({ item, list }): readonly Edit[] => {
    const texts = list.map((entry) => written(entry, item, flow));
    const { start, end } = placeOf(item);
    if (node.flow === true) return [{ start, end, text: texts.join(', ') }];
    const before = source.slice(lineStart(source, start), start);
    const [first = '', ...others] = texts;
    const last = lineEnd(source, end);
    const lines = others.map((one) => `${lineBreak(source, start)}${before}${one}`).join('');
    return [
      { start, end, text: first },
      { start: last, end: last, text: lines },
    ];
  });
  return [...removeItems(source, node, gone), ...edits];
}

function replaceScalar(
  source: string,
  node: Scalar,
  inFlow: boolean,
  by: Replacements,
): readonly Edit[] | null {
  const list = by(String(node.value));
  if (isBlock(node)) return null;
  const { start, end } = placeOf(node);
  const [only] = list;
  if (list.length === 1 && only !== undefined) {
    return [{ start, end, text: written(only, node, inFlow) }];
  }
  const flow = `[${list.map((entry) => written(entry, node, true)).join(', ')}]`;
  const line = lineStart(source, start);
  const hasMore = source.slice(end, lineEnd(source, end)).trim() !== '';
  if (inFlow || hasMore || start - line + flow.length <= WIDTH) return [{ start, end, text: flow }];
  const key = source.slice(line, start);
  const indent = ' '.repeat(key.length - key.replace(/^[ -]*/, '').length + 2);
  const lines = list.map((entry) => `${indent}- ${written(entry, node, inFlow)}`);
  const text = lines.join(lineBreak(source, start));
  if (key.trim() === '') return [{ start: line, end, text }];
  return [{ start: line + key.trimEnd().length, end, text: lineBreak(source, start) + text }];
}

/** Of lines below a `|` or a `>`, which one may not simply become others. */
function isBlock({ type }: Scalar): boolean {
  return type === 'BLOCK_FOLDED' || type === 'BLOCK_LITERAL';
}

const PLAIN = /^[A-Za-z][\w:*?/.{}@+=,-]*[\w*?/.}@+=-]$/;
const PLAIN_IN_FLOW = /^[A-Za-z][\w:*?/.@+=-]*[\w*?/.@+=-]$/;

/** In the quotes that the text had which it replaces, or else in those that it needs. */
function written(entry: string, { type }: Scalar, inFlow: boolean): string {
  if (type === 'QUOTE_DOUBLE') return JSON.stringify(entry);
  const needsNone = (inFlow ? PLAIN_IN_FLOW : PLAIN).test(entry);
  return type !== 'QUOTE_SINGLE' && needsNone ? entry : `'${entry.replaceAll("'", "''")}'`;
}
