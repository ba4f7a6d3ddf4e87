import { isMap, isPair, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import { removeFromFlow } from './remove-from-flow.ts';
import { commentsAbove, lineStart, nextLine } from './text-lines.ts';
import { type Edit, placeOf } from './yaml-places.ts';

/** Removes items of a list, each with its lines and the comments that belong to it alone. */
export function removeItems(
  source: string,
  node: YAMLSeq,
  indexes: readonly number[],
): readonly Edit[] {
  if (node.flow === true) return removeFromFlow(source, node, indexes);
  return indexes.map((index) => {
    const dash = dashOf(node, index);
    const line = lineStart(source, dash);
    const start = commentsAbove(source, line, dash - line);
    const below = afterContent(source, contentEnd(node.items[index]));
    return { start, end: commentsBelow(source, below, dash - line), text: '' };
  });
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

/** The next line; a block of text ends with its line break. */
function afterContent(source: string, at: number): number {
  return source[at - 1] === '\n' ? at : nextLine(source, at);
}

const COMMENT = /^(?:[ \t]*\r?\n)*( *)#[^\n]*(?:\n|$)/;

/** Comments below an item that are indented more than its `-` are part of it. */
function commentsBelow(source: string, from: number, column: number): number {
  let end = from;
  for (;;) {
    const [comment = '', indent = ''] = COMMENT.exec(source.slice(end)) ?? [];
    if (indent.length <= column) return end;
    end += comment.length;
  }
}
