import { type Grant, rolesOf } from '../grant.ts';
import type { Instant } from '../instant.ts';
import { networkOf } from '../network.ts';
import { parseRoleArn } from '../role-arn.ts';
import {
  type GrantUsage,
  type LeftOut,
  MOST_ACTIONS,
  MOST_UNMAPPED,
  type ReadFrom,
  type UnmappedUse,
} from '../usage.ts';
import { type Outcome, outcomeOf } from './call-outcome.ts';
import { ActionFold } from './fold-action.ts';
import { isChained, TraitsFold } from './fold-traits.ts';
import type { Meaning } from './meaning.ts';
import type { TrailRecord } from './record.ts';

/** What has to be known of a grant to read what was called under its keys. */
export type GrantToRead = {
  readonly id: string;
  readonly entitlement: string;
  /** The id of the requester. */
  readonly principal: string;
  readonly createdAt: Instant;
  readonly endedAt: Instant | null;
  readonly expiresAt: Instant | null;
  /** Null where it is not known: then no session counts as one of a chained role. */
  readonly targetRole: string | null;
  /** ARNs: the target role and the chained ones. */
  readonly roles: readonly string[];
  /** Of the request and of each vend (`core/network.ts`). */
  readonly networks: readonly string[];
};

/** @param addresses of its vends */
export function grantToRead(grant: Grant, addresses: readonly string[]): GrantToRead {
  const { id, entitlement, requester, createdAt, endedAt, expiresAt, targetRole } = grant;
  return {
    ...{ id, entitlement, principal: requester.id, createdAt, endedAt, expiresAt, targetRole },
    roles: rolesOf(grant),
    networks: [...new Set([grant.sourceIp, ...addresses].map(networkOf))],
  };
}

/** When the grant's own deny begins, at the latest. */
export function endOf({ endedAt, expiresAt }: GrantToRead): Instant {
  return Math.min(endedAt ?? Number.POSITIVE_INFINITY, expiresAt ?? Number.POSITIVE_INFINITY);
}

export type FoldMeaning = Pick<
  Meaning,
  'grantOf' | 'actionsOf' | 'unprovenActionsOf' | 'resourceOf'
>;
type Unmapped = {
  readonly source: string;
  readonly name: string;
  calls: number;
  refused: number;
  unproven: number;
};

/** The calls under one grant, while their records are read. */
export class GrantFold {
  duplicates = 0;
  readonly #grant: GrantToRead;
  readonly #meaning: FoldMeaning;
  readonly #traits: TraitsFold;
  readonly #actions = new Map<string, ActionFold>();
  readonly #unmapped = new Map<string, Unmapped>();
  readonly #account: string | null;
  #vends = 0;
  #calls = 0;
  #refused = 0;
  #first: Instant = Number.POSITIVE_INFINITY;
  #last: Instant = Number.NEGATIVE_INFINITY;

  constructor(grant: GrantToRead, meaning: FoldMeaning) {
    this.#grant = grant;
    this.#meaning = meaning;
    this.#traits = new TraitsFold({ targetRole: grant.targetRole, end: endOf(grant) });
    this.#account = parseRoleArn(grant.targetRole ?? '')?.account ?? null;
  }

  /**
   * No call of a session: that it was seen is all that counts. Each account has a record of its own, and only that of
   * the account in which the session then calls says that the logs of this account were read.
   */
  addEntry({ name, account, request }: TrailRecord): void {
    const isVend = name === 'AssumeRole' && request['roleArn'] === this.#grant.targetRole;
    if (isVend && account !== null && account === this.#account) this.#vends += 1;
  }

  add(record: TrailRecord): void {
    const outcome = outcomeOf(record);
    const isRefused = outcome === 'refused';
    const { targetRole, roles } = this.#grant;
    // A source identity is a name that others can set as well, in roles of their own.
    if (record.role !== null && targetRole !== null && !roles.includes(record.role)) {
      if (outcome !== 'unproven') this.#traits.addElsewhere(record.role, isRefused);
      return;
    }
    if (outcome !== 'unproven') {
      this.#calls += 1;
      if (isRefused) this.#refused += 1;
      this.#first = Math.min(this.#first, record.at);
      this.#last = Math.max(this.#last, record.at);
      this.#traits.add(record, isRefused);
    }
    // The grant's deny refused it, or the policy of another role: whatever the entitlement allows.
    if (isRefused && (record.at >= endOf(this.#grant) || isChained(record.role, this.#grant))) {
      return;
    }
    this.#addActions(record, outcome);
  }

  usage(read: Omit<ReadFrom, 'duplicates'>): GrantUsage {
    const { id: grantId, entitlement, principal } = this.#grant;
    const chosen = most([...this.#actions], MOST_ACTIONS, ([action, { calls }]) => [calls, action]);
    const unmapped = most([...this.#unmapped], MOST_UNMAPPED, ([key, { calls }]) => [calls, key]);
    const leftOut: LeftOut = {
      actions: this.#actions.size - chosen.length,
      unmapped: this.#unmapped.size - unmapped.length,
      ...this.#traits.leftOut(),
    };
    return {
      ...{ grantId, entitlement, principal },
      ...{ vends: this.#vends, calls: this.#calls, refused: this.#refused },
      first: this.#calls === 0 ? null : this.#first,
      last: this.#calls === 0 ? null : this.#last,
      actions: chosen
        .map(([action, fold]) => fold.use(action))
        .toSorted((one, other) => (one.action < other.action ? -1 : 1)),
      unmapped: unmapped.map(
        ([, { unproven, ...use }]): UnmappedUse => ({ ...use, ...(unproven > 0 && { unproven }) }),
      ),
      traits: this.#traits.traits(),
      read: { ...read, duplicates: this.duplicates },
      ...(Object.values(leftOut).some((count) => count > 0) && { leftOut }),
    };
  }

  #addActions(record: TrailRecord, outcome: Outcome): void {
    const actions = this.#meaning.actionsOf(record);
    if (actions.length === 0) this.#addUnmapped(record, outcome);
    for (const action of actions) {
      this.#fold(action).add(record, this.#meaning.resourceOf(record, action), outcome);
    }
    const unproven = this.#meaning.unprovenActionsOf(record);
    if (unproven === null) this.#addUnmapped(record, 'unproven');
    for (const action of unproven ?? []) this.#fold(action).add(record, null, 'unproven');
  }

  #fold(action: string): ActionFold {
    const known = this.#actions.get(action) ?? new ActionFold();
    this.#actions.set(action, known);
    return known;
  }

  #addUnmapped({ source, name }: TrailRecord, outcome: Outcome): void {
    const key = `${source} ${name}`;
    const known = this.#unmapped.get(key) ?? { source, name, calls: 0, refused: 0, unproven: 0 };
    if (outcome === 'unproven') known.unproven += 1;
    else known.calls += 1;
    if (outcome === 'refused') known.refused += 1;
    this.#unmapped.set(key, known);
  }
}

function most<Item>(
  items: readonly Item[],
  count: number,
  rank: (item: Item) => readonly [calls: number, text: string],
): readonly Item[] {
  const order = (one: Item, other: Item): number => {
    const [[calls, text], [otherCalls, otherText]] = [rank(one), rank(other)];
    return otherCalls - calls || (text < otherText ? -1 : 1);
  };
  return items.toSorted(order).slice(0, count);
}
