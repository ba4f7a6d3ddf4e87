/** A part of a text that is replaced. */
export type Edit = { readonly start: number; readonly end: number; readonly text: string };

/**
 * A last line without a line break stays one.
 *
 * @param edits Which do not overlap.
 */
export function withEdits(source: string, edits: readonly Edit[]): string {
  const edited = edits
    .toSorted((a, b) => b.start - a.start)
    .reduce(
      (text, { start, end, text: by }) => text.slice(0, start) + by + text.slice(end),
      source,
    );
  return source.endsWith('\n') ? edited : edited.replace(/\r?\n$/, '');
}

/** Where a node is in the text, without its anchor and its tag. */
export function placeOf(node: unknown): { readonly start: number; readonly end: number } {
  const range = (node as { readonly range?: readonly number[] } | undefined)?.range;
  return { start: range?.[0] ?? 0, end: range?.[1] ?? 0 };
}
