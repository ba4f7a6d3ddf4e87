import { floorToSecond, type Instant } from '../instant.ts';
import { outcomeOf } from './call-outcome.ts';
import type { TrailRecord } from './record.ts';

/** Which calls belong to a recording: those by one of the keys, of the grant, or of the session. */
export type Chosen = {
  readonly accessKeyIds: readonly string[];
  readonly grantId: string | null;
  readonly sessionName: string | null;
  readonly from: Instant;
  readonly until: Instant;
};

/** What is known of records. */
export type RecordMap = {
  readonly grantOf: (record: TrailRecord) => string | null;
  /** Empty where it is not known. */
  readonly actionsOf: (record: TrailRecord) => readonly string[];
  readonly unprovenActionsOf: (record: TrailRecord) => readonly string[] | null;
  readonly resourceOf: (record: TrailRecord, action: string) => string | null;
};

export type ObservedAction = {
  readonly action: string;
  /** ARNs, sorted; those of calls that AWS permitted. */
  readonly resources: readonly string[];
  /** Calls that AWS permitted and whose resource the record does not tell. */
  readonly unnamedCalls: number;
  readonly calls: number;
  readonly refused: number;
};

/** What a recording shows, call parameters aside. */
export type Observed = {
  readonly calls: number;
  readonly first: Instant | null;
  readonly last: Instant | null;
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  /** ARNs of the roles whose sessions called, sorted. */
  readonly roles: readonly string[];
  readonly actions: readonly ObservedAction[];
  /** `source name`, of calls of which an action is not known. */
  readonly unmapped: readonly string[];
  /**
   * Actions of which no call was permitted or refused: calls need them that were refused for another, or answered before
   * permissions were checked. Sorted.
   */
  readonly unproven: readonly string[];
  /** Calls on data, such as objects and items, which trails leave out unless told otherwise. */
  readonly dataCalls: number;
};

/** More resources than a person reads; further ones are counted as calls whose resource is not named. */
const MOST_RESOURCES = 5000;

type Growing = { resources: Set<string>; unnamedCalls: number; calls: number; refused: number };

/** Collects the calls of a recording, each once. */
export class RecordingFold {
  readonly #chosen: Chosen;
  readonly #map: RecordMap;
  readonly #seen = new Set<string>();
  readonly #actions = new Map<string, Growing>();
  readonly #unmapped = new Set<string>();
  readonly #unproven = new Set<string>();
  readonly #accounts = new Set<string>();
  readonly #regions = new Set<string>();
  readonly #roles = new Set<string>();
  #calls = 0;
  #dataCalls = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  constructor(chosen: Chosen, map: RecordMap) {
    this.#chosen = chosen;
    this.#map = map;
  }

  add(record: TrailRecord): void {
    if (!this.#isChosen(record) || !this.#isNew(record)) return;
    this.#calls += 1;
    if (record.category === 'Data') this.#dataCalls += 1;
    this.#first = Math.min(this.#first, record.at);
    this.#last = Math.max(this.#last, record.at);
    if (record.callerAccount !== null) this.#accounts.add(record.callerAccount);
    this.#regions.add(record.region);
    if (record.role !== null) this.#roles.add(record.role);
    const actions = this.#map.actionsOf(record);
    const unproven = this.#map.unprovenActionsOf(record);
    const isKnown = actions.length > 0 && unproven !== null;
    if (!isKnown) this.#unmapped.add(`${record.source} ${record.name}`);
    const outcome = outcomeOf(record);
    for (const action of actions) {
      if (outcome === 'unproven') this.#unproven.add(action);
      else this.#addAction(action, record, outcome === 'refused');
    }
    for (const action of unproven ?? []) this.#unproven.add(action);
  }

  observed(): Observed {
    const isEmpty = this.#calls === 0;
    return {
      calls: this.#calls,
      dataCalls: this.#dataCalls,
      first: isEmpty ? null : this.#first,
      last: isEmpty ? null : this.#last,
      accounts: [...this.#accounts].toSorted(),
      regions: [...this.#regions].toSorted(),
      roles: [...this.#roles].toSorted(),
      unmapped: [...this.#unmapped].toSorted(),
      unproven: [...this.#unproven].filter((one) => !this.#actions.has(one)).toSorted(),
      actions: [...this.#actions]
        .map(([action, { resources, ...rest }]) => ({
          ...{ action, ...rest },
          resources: [...resources].toSorted(),
        }))
        .toSorted((a, b) => (a.action < b.action ? -1 : 1)),
    };
  }

  #isChosen(record: TrailRecord): boolean {
    const { accessKeyIds, grantId, sessionName, from, until } = this.#chosen;
    if (record.at < floorToSecond(from) || record.at > until) return false;
    return (
      (record.accessKeyId !== null && accessKeyIds.includes(record.accessKeyId)) ||
      (grantId !== null && !record.givesIdentity && this.#map.grantOf(record) === grantId) ||
      (sessionName !== null && record.sessionName === sessionName)
    );
  }

  /** Files may have a record twice, and the account of the resource has one of its own. */
  #isNew({ eventId, sharedEventId, source, name }: TrailRecord): boolean {
    const shared = sharedEventId === null ? [] : [`${sharedEventId} ${source} ${name}`];
    const ids = [eventId, ...shared];
    if (ids.some((id) => this.#seen.has(id))) return false;
    for (const id of ids) this.#seen.add(id);
    return true;
  }

  #addAction(action: string, record: TrailRecord, isRefused: boolean): void {
    const known = this.#actions.get(action);
    const growing = known ?? { resources: new Set(), unnamedCalls: 0, calls: 0, refused: 0 };
    this.#actions.set(action, growing);
    growing.calls += 1;
    if (isRefused) {
      growing.refused += 1;
      return;
    }
    const { resources } = growing;
    const resource = this.#map.resourceOf(record, action);
    const hasRoom = resources.size < MOST_RESOURCES || resources.has(resource ?? '');
    if (resource === null || !hasRoom) growing.unnamedCalls += 1;
    else resources.add(resource);
  }
}
