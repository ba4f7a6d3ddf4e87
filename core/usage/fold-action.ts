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
  #unproven = 0;
  #first: Instant = Number.POSITIVE_INFINITY;
  #last: Instant = Number.NEGATIVE_INFINITY;
  readonly #regions = new Set<string>();
  readonly #via = new Set<string>();
  readonly #resources = new Tally();
  /** Among very many resources, the few that were refused would be lost. */
  readonly #refusedResources = new Tally();

  /** An unproven call leaves its time and place alone: it tells that the action was wanted, and no more. */
  add(record: TrailRecord, resource: string | null, outcome: Outcome): void {
    this.#first = Math.min(this.#first, record.at);
    this.#last = Math.max(this.#last, record.at);
    this.#regions.add(record.region);
    if (record.invokedBy !== null) this.#via.add(record.invokedBy);
    if (outcome === 'unproven') {
      this.#unproven += 1;
      return;
    }
    const isRefused = outcome === 'refused';
    this.calls += 1;
    if (isRefused) this.#refused += 1;
    if (resource === null) {
      this.#unnamed += 1;
      return;
    }
    this.#resources.add(resource, isRefused);
    if (isRefused) this.#refusedResources.add(resource, true);
  }

  use(action: string): ActionUse {
    const resources = shown(this.#resources.counted(), this.#refusedResources.counted());
    return {
      ...{ action, calls: this.calls, refused: this.#refused },
      ...{ first: this.#first, last: this.#last },
      ...{ regions: [...this.#regions].toSorted(), via: [...this.#via].toSorted() },
      resources,
      otherResources: this.#resources.distinct - resources.length,
      unnamedCalls: this.#unnamed,
      ...(this.#unproven > 0 && { unproven: this.#unproven }),
    };
  }
}

/**
 * Those with most calls, and up to half of the places for those with most refused calls, of which there are few. Of a
 * refused resource that is not among those counted, the refused calls alone are known.
 */
function shown(counted: readonly Counted[], refused: readonly Counted[]): readonly ResourceUse[] {
  const known = new Map(counted.map((one) => [one.text, one]));
  const first = mostCalls(refused, MOST_RESOURCES / 2).map((one) => known.get(one.text) ?? one);
  const taken = new Set(first.map(({ text }) => text));
  const others = counted.filter(({ text }) => !taken.has(text));
  const rest = mostCalls(others, MOST_RESOURCES - first.length);
  return mostCalls([...first, ...rest], MOST_RESOURCES).map(({ text, ...calls }) => ({
    ...{ resource: text, ...calls },
  }));
}
