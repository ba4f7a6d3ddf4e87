/** Virtual time and chance: everything that happens in a history follows from its seed. */

/** Mulberry32: small, fast, and the same everywhere. */
function chanceFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Timer = { readonly at: number; readonly order: number; readonly wake: () => void };

/** Ends a process between two calls: nothing after the call happens. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

export class Kernel {
  now: number;
  readonly chance: () => number;
  private readonly timers: Timer[] = [];
  private order = 0;
  private readonly failures: unknown[] = [];

  constructor(seed: number, start: number) {
    this.chance = chanceFrom(seed);
    this.now = start;
  }

  /** Timers of the same instant fire in random order. */
  sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => {
      this.order += 1;
      this.push({ at: this.now + Math.max(0, milliseconds), order: this.chance(), wake });
    });
  }

  /** Runs a process in the background. A crash ends it; any other error fails the history. */
  spawn(process: () => Promise<unknown>): void {
    process().catch((error: unknown) => {
      if (!(error instanceof Crash)) this.failures.push(error);
    });
  }

  async runUntil(end: number): Promise<void> {
    for (;;) {
      await new Promise(setImmediate);
      if (this.failures.length > 0) throw this.failures[0];
      const next = this.timers[0];
      if (next === undefined || next.at > end) break;
      this.pop();
      this.now = next.at;
      next.wake();
    }
    this.now = end;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.chance() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  between(from: number, to: number): number {
    return Math.floor(from + this.chance() * (to - from + 1));
  }

  private push(timer: Timer): void {
    const heap = this.timers;
    heap.push(timer);
    for (let child = heap.length - 1; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!this.before(child, parent)) break;
      this.swap(child, parent);
      child = parent;
    }
  }

  private pop(): void {
    const heap = this.timers;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    for (let parent = 0; ; ) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < heap.length && this.before(child, least)) least = child;
      }
      if (least === parent) return;
      this.swap(least, parent);
      parent = least;
    }
  }

  private before(a: number, b: number): boolean {
    const [x, y] = [this.timers[a], this.timers[b]];
    if (x === undefined || y === undefined) return false;
    return x.at < y.at || (x.at === y.at && x.order < y.order);
  }

  private swap(a: number, b: number): void {
    const [x, y] = [this.timers[a], this.timers[b]];
    if (x === undefined || y === undefined) return;
    this.timers[a] = y;
    this.timers[b] = x;
  }
}
