import type { Instant } from '../instant.ts';
import { type ActionUse, MOST_RESOURCES, type ResourceUse } from '../usage.ts';
import type { Outcome } from './call-outcome.ts';
import type { TrailRecord } from './record.ts';
import { type Counted, mostCalls, Tally } from './tally.ts';

/** The uses of one action under one grant, while its records are read. */
export class ActionFold {
  calls = 0;
  #refused = 0;
  #unnamed = 0;
  #first: Instant = Number.POSITIVE_INFINITY;
  #last: Instant = Number.NEGATIVE_INFINITY;
  readonly #regions = new Set<string>();
  readonly #via = new Set<string>();
  readonly #resources = new Tally();

  /** An unproven call leaves its time and place alone: it tells that the action was wanted, and no more. */
  add(record: TrailRecord, resource: string | null, outcome: Outcome): void {
    this.#first = Math.min(this.#first, record.at);
    this.#last = Math.max(this.#last, record.at);
    this.#regions.add(record.region);
    if (record.invokedBy !== null) this.#via.add(record.invokedBy);
    if (outcome === 'unproven') return;
    const isRefused = outcome === 'refused';
    this.calls += 1;
    if (isRefused) this.#refused += 1;
    if (resource === null) this.#unnamed += 1;
    else this.#resources.add(resource, isRefused);
  }

  use(action: string): ActionUse {
    const resources = shown(this.#resources.counted());
    return {
      ...{ action, calls: this.calls, refused: this.#refused },
      ...{ first: this.#first, last: this.#last },
      ...{ regions: [...this.#regions].toSorted(), via: [...this.#via].toSorted() },
      resources,
      otherResources: this.#resources.distinct - resources.length,
      unnamedCalls: this.#unnamed,
    };
  }
}

/** Of what was refused only a few calls are made, which would not be seen among many that were not. */
function shown(counted: readonly Counted[]): readonly ResourceUse[] {
  const byRefused = counted
    .filter(({ refused }) => refused > 0)
    .map(({ text, refused }) => ({ text, calls: refused, refused }));
  const refused = new Set(mostCalls(byRefused, MOST_RESOURCES / 2).map(({ text }) => text));
  const others = counted.filter(({ text }) => !refused.has(text));
  const rest = mostCalls(others, MOST_RESOURCES - refused.size).map(({ text }) => text);
  const chosen = new Set([...refused, ...rest]);
  return mostCalls(
    counted.filter(({ text }) => chosen.has(text)),
    MOST_RESOURCES,
  ).map(({ text, calls, refused: refusedCalls }) => ({
    ...{ resource: text, calls, refused: refusedCalls },
  }));
}
