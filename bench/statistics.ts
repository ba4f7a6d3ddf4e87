/** The range of one measurement. */
export type Spread = { readonly min: number; readonly median: number; readonly max: number };

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return { min: round(at(0)), median: round(at(0.5)), max: round(at(1)) };
}

/** The spread of a/b, pair by pair, so that drifting machine speed does not matter. */
export function ratios(a: readonly number[], b: readonly number[]): Spread {
  return spread(a.map((value, index) => value / (b[index] ?? Number.NaN)));
}

export function round(value: number): number {
  return Number(value.toPrecision(4));
}
