/** How a page of a list, newest first, has changed since somebody began to read it. */

export type Row = { readonly id: string; readonly createdAt: string };

export type Changes<T> = {
  /** What is shown: the rows stay where they are, each as it is now. */
  readonly rows: readonly T[];
  /** How many newer ones there are. */
  readonly fresh: number;
  /** The shown ones that no longer match. */
  readonly gone: ReadonlySet<string>;
};

/** @param read what the server has for the same place now */
export function changesOf<T extends Row>(shown: readonly T[], read: readonly T[]): Changes<T> {
  const now = new Map(read.map((row) => [row.id, row]));
  const known = new Set(shown.map(({ id }) => id));
  const last = read.at(-1);
  const gone = shown.filter(
    (row) => !now.has(row.id) && (last === undefined || row.createdAt > last.createdAt),
  );
  return {
    rows: shown.map((row) => now.get(row.id) ?? row),
    fresh: read.filter(({ id, createdAt }) => !known.has(id) && isNewer(createdAt, shown[0]))
      .length,
    gone: new Set(gone.map(({ id }) => id)),
  };
}

function isNewer(createdAt: string, than: Row | undefined): boolean {
  return than === undefined || createdAt >= than.createdAt;
}
