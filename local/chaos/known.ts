import type { Answer, Json, Keys, Person } from './answer.ts';
import type { History } from './history.ts';

/** What people outside know of the broker, from its own answers, and what follows from it. */

export type KnownGrant = {
  readonly id: string;
  readonly owner: Person;
  readonly entitlement: string;
  expiresAt: number | null;
  status: string;
  /** Whether anybody tried to end it, answered or not. */
  endAsked: boolean;
  /** When somebody's order to end it was answered. */
  endedAt: number | null;
  /** When an answer first said that its keys are dead. */
  deadAt: number | null;
  /** The keys that were vended under it. */
  readonly keys: Keys[];
};

/** A request, whether or not it was answered: its justification tells it from all others. */
export type Ask = { readonly owner: Person; readonly justification: string; id: string | null };

const KEYS_ARE_DEAD = ['revoked', 'expired'];

export class Known {
  readonly grants = new Map<string, KnownGrant>();
  readonly asks: Ask[] = [];
  /** Who is suspended, since when as the answer said. */
  readonly suspended = new Map<string, number>();
  /** Whom somebody tried to suspend, ever. */
  readonly everSuspended = new Set<string>();
  /** Votes that were answered with 200: `<grant> <voter>`. */
  readonly votes = new Set<string>();
  private readonly history: History;

  constructor(history: History) {
    this.history = history;
  }

  /** Notes a grant as an answer shows it. */
  see(owner: Person, json: Json, { begun, ended }: Answer): KnownGrant {
    const id = String(json['id']);
    const expires = json['expiresAt'];
    const expiresAt = typeof expires === 'string' ? Date.parse(expires) : null;
    const status = String(json['status']);
    const entitlement = String(json['entitlement']);
    const known = this.grants.get(id) ?? {
      ...{ id, owner, entitlement, expiresAt, status },
      ...{ endAsked: false, endedAt: null, deadAt: null, keys: [] },
    };
    this.grants.set(id, known);
    if (known.status !== status) this.history.note(id, `${id} is seen ${status}`);
    if (known.deadAt !== null && !KEYS_ARE_DEAD.includes(status) && begun > known.deadAt) {
      this.history.violation(id, `it was ${known.status}, and is ${status}`);
    }
    known.status = status;
    known.expiresAt = expiresAt;
    if (KEYS_ARE_DEAD.includes(status)) known.deadAt ??= ended;
    return known;
  }

  /** Notes keys, which must not be there if the grant had ended before they were asked for. */
  vended(known: KnownGrant, keys: Keys, { begun }: Answer): void {
    known.keys.push(keys);
    const { id, endedAt, owner } = known;
    this.history.note(id, `keys of ${id}: ${keys.accessKeyId}`);
    if (endedAt !== null && endedAt < begun) {
      this.history.violation(`${id} ${owner.sub}`, 'keys were vended after it had been ended');
    }
    const since = this.suspended.get(owner.sub);
    if (since !== undefined && since < begun) {
      this.history.violation(`${id} ${owner.sub}`, `keys were vended to ${owner.sub}, suspended`);
    }
  }

  /** Everything of a person was ended. */
  endAll({ sub }: Person, at: number): void {
    for (const grant of this.grants.values()) {
      if (grant.owner.sub === sub) grant.endedAt ??= at;
    }
  }

  /** Those that were to end before a moment, and that no answer has yet shown as ended. */
  overdue(at: number): readonly KnownGrant[] {
    return [...this.grants.values()].filter(
      ({ endedAt, expiresAt, deadAt, status }) =>
        deadAt === null &&
        ['active', 'revoking', 'scheduled'].includes(status) &&
        ((endedAt !== null && endedAt < at) || (expiresAt !== null && expiresAt < at)),
    );
  }
}
