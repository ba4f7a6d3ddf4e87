const SEEDS = { low: 0x9747b28c, high: 0x1b873593 } as const;
const SMALLEST = 1024;
const { imul } = Math;

/**
 * Which texts there were, in 8 to 16 bytes each, however long they are. It keeps 64 bits of each: of a million texts,
 * the chance that two are taken for one is 1 in 37 million.
 */
export class TextSet {
  #slots = new Uint32Array(2 * SMALLEST);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @returns whether the text is new. */
  add(text: string): boolean {
    // No bits at all are an empty slot.
    const isNew = this.#put(hashOf(text, SEEDS.low), hashOf(text, SEEDS.high) || 1);
    if (isNew && this.#size * 8 > this.#slots.length * 3) this.#grow();
    return isNew;
  }

  #put(low: number, high: number): boolean {
    const last = this.#slots.length / 2 - 1;
    let at = low & last;
    while (this.#slots[2 * at + 1] !== 0) {
      if (this.#slots[2 * at] === low && this.#slots[2 * at + 1] === high) return false;
      at = (at + 1) & last;
    }
    this.#slots[2 * at] = low;
    this.#slots[2 * at + 1] = high;
    this.#size += 1;
    return true;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(2 * before.length);
    this.#size = 0;
    for (let at = 0; at < before.length; at += 2) {
      const [low = 0, high = 0] = [before[at], before[at + 1]];
      if (high !== 0) this.#put(low, high);
    }
  }
}

/** 32 bits that look random. Not for what somebody could want to collide. */
export function hashOf(text: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < text.length; at += 1) {
    hash = imul(hash ^ text.charCodeAt(at), 0x5bd1e995);
    hash = (hash << 13) | (hash >>> 19);
  }
  hash = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
