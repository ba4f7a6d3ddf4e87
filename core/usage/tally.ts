import type { Calls } from '../usage.ts';
import { hashOf, TextSet } from './text-set.ts';

/** So many of the texts are counted; a grant calls fewer resources than that, but for a walk over a bucket. */
const MOST_COUNTED = 500;
const SEED = 0x2545f491;

type Count = { calls: number; refused: number; readonly hash: number };
export type Counted = Calls & { readonly text: string };

/**
 * Counts calls by a text. Of too many texts it counts those whose hashes are smallest: a fair sample, and the same in
 * whatever order they come. What it counts, it counts exactly.
 */
export class Tally {
  readonly #counts = new Map<string, Count>();
  readonly #most: number;
  #limit = Number.POSITIVE_INFINITY;
  #all: TextSet | null = null;

  constructor(most = MOST_COUNTED) {
    this.#most = most;
  }

  /** How many texts there were. */
  get distinct(): number {
    return this.#all?.size ?? this.#counts.size;
  }

  add(text: string, isRefused: boolean): void {
    this.#all?.add(text);
    const known = this.#counts.get(text) ?? this.#begin(text);
    if (known === null) return;
    known.calls += 1;
    if (isRefused) known.refused += 1;
  }

  /** In no order. */
  counted(): readonly Counted[] {
    if (this.#counts.size > this.#most) this.#cut();
    return [...this.#counts].map(([text, { calls, refused }]) => ({ text, calls, refused }));
  }

  #begin(text: string): Count | null {
    const hash = hashOf(text, SEED);
    if (hash > this.#limit) return null;
    if (this.#counts.size >= 2 * this.#most) this.#cut();
    if (hash > this.#limit) {
      this.#all?.add(text);
      return null;
    }
    const count = { calls: 0, refused: 0, hash };
    this.#counts.set(text, count);
    this.#all?.add(text);
    return count;
  }

  #cut(): void {
    this.#all ??= new TextSet();
    for (const text of this.#counts.keys()) this.#all.add(text);
    const sorted = [...this.#counts].toSorted(
      ([one, a], [other, b]) => a.hash - b.hash || (one < other ? -1 : 1),
    );
    for (const [text] of sorted.slice(this.#most)) this.#counts.delete(text);
    this.#limit = sorted[this.#most - 1]?.[1].hash ?? this.#limit;
  }
}

/** Those with most calls, ties by the text. */
export function mostCalls(counted: readonly Counted[], most: number): readonly Counted[] {
  return counted
    .toSorted((one, other) => other.calls - one.calls || (one.text < other.text ? -1 : 1))
    .slice(0, most);
}
