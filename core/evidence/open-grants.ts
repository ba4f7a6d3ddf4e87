import { type GrantFacts, overAt, requestedFacts, withEvent } from './grant-facts.ts';
import type { GrantLine } from './ledger-line.ts';

/** The grants of which something is still to come. */
export type OpenGrants = {
  /** @returns the grant before the event; null if its request is not known, or the grant was given out already. */
  readonly add: (line: GrantLine, entry: number) => GrantFacts | null;
  /** Gives out those that were over long before this time (in milliseconds). */
  readonly over: (at: number) => readonly GrantFacts[];
  /** All that are left. */
  readonly rest: () => readonly GrantFacts[];
};

/** Events that were under way when a grant ended, such as a vend that failed, come within minutes. */
const GRACE_MS = 3_600_000;

export function openGrants(): OpenGrants {
  const open = new Map<string, GrantFacts>();
  /** In the order in which they ended. */
  const ended = new Map<string, GrantFacts>();
  const put = (now: GrantFacts): void => {
    if (overAt(now) === null) open.set(now.id, now);
    else {
      open.delete(now.id);
      ended.set(now.id, now);
    }
  };
  return {
    add: (line, entry) => {
      const before = open.get(line.grantId) ?? ended.get(line.grantId);
      if (before !== undefined) {
        put(withEvent(before, line, entry));
        return before;
      }
      if (line.type !== 'requested') return null;
      const now = requestedFacts(line, entry);
      put(now);
      return now;
    },
    over: (at) => {
      const found: GrantFacts[] = [];
      for (const facts of ended.values()) {
        if (Date.parse(overAt(facts) ?? '') + GRACE_MS > at) break;
        ended.delete(facts.id);
        found.push(facts);
      }
      return found;
    },
    rest: () => [...ended.values(), ...open.values()],
  };
}
