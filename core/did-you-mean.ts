/** The candidate that differs least from a text, if it is likely to be what was meant; else null. */
export function nearlyEqual(text: string, candidates: readonly string[]): string | null {
  const limit = Math.max(1, Math.floor(Math.max(text.length, 4) / 4));
  const [best] = candidates
    .map((candidate) => ({ candidate, edits: edits(text.toLowerCase(), candidate.toLowerCase()) }))
    .filter((one) => one.edits <= limit)
    .toSorted((a, b) => a.edits - b.edits);
  return best?.candidate ?? null;
}

/** What to add to a message about an unknown id: nothing, or a question. */
export function didYouMean(text: string, candidates: readonly string[]): string {
  const near = nearlyEqual(text, candidates);
  return near === null ? '' : `; did you mean '${near}'?`;
}

/** How many characters must be added, removed, replaced or swapped with the next (optimal string alignment). */
function edits(a: string, b: string): number {
  const rows: number[][] = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : i)),
  );
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const row = rows[i];
      if (row === undefined) continue;
      row[j] = Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + (same ? 0 : 1),
        swapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
  }
  return at(a.length, b.length);
}
