import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Key } from '../../adapters/dynamodb/keys.ts';
import { type Again, ENDING, type Patience, repeat } from '../../adapters/dynamodb/retries.ts';
import {
  checkedParts,
  type Part,
  type PartsAt,
  patienceFor,
} from '../../adapters/dynamodb/transaction.ts';
import type { Unavailable } from '../../core/failure.ts';
import { chooseGate } from '../../core/gates.ts';
import { err, type Result } from '../../core/result.ts';
import { CALM, type Weather } from './faults.ts';
import { Crash, type Kernel } from './kernel.ts';

/**
 * DynamoDB's rule for what overlaps: a transaction holds the items of all its parts until it is decided, and
 * of two that want one item the later one is cancelled at once; so is a plain write to an item that is held
 * (Developer Guide, "Transaction conflict handling in DynamoDB"). The parts are the adapter's own, and so is
 * the patience with which it repeats.
 */
export class Transactions {
  /** How many attempts were refused because of another transaction, and writes that ran out of patience. */
  readonly seen = { conflicts: 0, gaveUp: 0 };
  /** Whether the sweep has noted that every record has its gates; until then records are checked as well. */
  noted = true;
  private readonly held = new Set<string>();
  private readonly kernel: Kernel | null;
  private readonly weather: Weather;

  /** @param kernel without it nothing overlaps */
  constructor(kernel: Kernel | null = null, weather: Weather = CALM) {
    this.kernel = kernel;
    this.weather = weather;
  }

  /** A transaction: `apply` checks its conditions and writes, in one step, while its items are held. */
  async write<T, E>(
    partsAt: PartsAt<unknown>,
    patience: Patience,
    apply: (gate: number) => Result<T, E>,
  ): Promise<Result<T, E | Unavailable>> {
    const { kernel } = this;
    if (kernel === null) return apply(0);
    let gate: number | null = null;
    return this.repeated<T, E>(
      async () => {
        gate = chooseGate(kernel.chance(), gate);
        const keys = keysOf(checkedParts(partsAt(gate), { gated: () => this.noted }));
        if (keys.some((key) => this.held.has(key))) return this.conflict();
        for (const key of keys) this.held.add(key);
        await kernel.sleep(kernel.between(4, 14));
        for (const key of keys) this.held.delete(key);
        return apply(gate);
      },
      patienceFor(patience, { gated: () => this.noted }),
    );
  }

  /** A write outside of transactions, which takes a while, may fail, and may be the last of its process. */
  async put<T>(key: Key, apply: () => Result<T, never>): Promise<Result<T, Unavailable>> {
    const { kernel, weather } = this;
    if (kernel === null) return apply();
    return this.repeated<T, Unavailable>(async () => {
      const slow = kernel.chance() < weather.slow;
      await kernel.sleep(kernel.between(2, slow ? 8000 : 12));
      if (kernel.chance() < weather.crashes / 10) throw new Crash();
      if (kernel.chance() < weather.fails / 10) return UNAVAILABLE;
      return this.held.has(nameOf(key)) ? this.conflict() : apply();
    }, ENDING);
  }

  private async conflict(): Promise<Again> {
    this.seen.conflicts += 1;
    await this.kernel?.sleep(this.kernel.between(2, 6));
    return { again: 'TransactionConflict' };
  }

  private async repeated<T, E>(
    attempt: () => Promise<Result<T, E> | Again>,
    patience: Patience,
  ): Promise<Result<T, E | Unavailable>> {
    const { kernel } = this;
    if (kernel === null) throw new Error('nothing is repeated without time');
    const timing = {
      now: () => kernel.now,
      pause: (milliseconds: number) => kernel.sleep(milliseconds),
      chance: () => kernel.chance(),
    };
    const done = await repeat(attempt, patience, timing);
    if (!('again' in done)) return done;
    this.seen.gaveUp += 1;
    return UNAVAILABLE;
  }
}

const UNAVAILABLE = err({ code: 'unavailable', what: 'store' } as const);

/** The items that a transaction touches, condition checks included. */
export function keysOf(parts: readonly Part<unknown>[]): readonly string[] {
  return parts.map(({ write: { Put, Update, Delete, ConditionCheck } }) => {
    const key = Put?.Item ?? Update?.Key ?? Delete?.Key ?? ConditionCheck?.Key;
    if (key === undefined) throw new Error('a part without a key');
    return nameOf(unmarshall(key) as Key);
  });
}

export function nameOf({ pk, sk }: Key): string {
  return `${pk} ${sk}`;
}
