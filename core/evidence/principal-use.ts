import { actorId, isOfGrant, type LedgerLine, type Requester } from './ledger-line.ts';
import { type Row, row } from './tables.ts';

/** What principals did in the period, and when they were last seen. */

type Use = {
  name: string | null;
  type: string | null;
  requests: number;
  denials: number;
  vends: number;
  votes: number;
  refusals: number;
  lastRequestAt: string | null;
  lastVendAt: string | null;
  lastVoteAt: string | null;
  suspendedSince: string | null;
};

export type PrincipalUse = {
  /** @param counts Whether the event is of the period; the others say when a principal was last seen. */
  readonly add: (line: LedgerLine, counts: boolean) => void;
  readonly rows: () => readonly Row[];
};

export function principalUse(): PrincipalUse {
  const all = new Map<string, Use>();
  const useOf = (id: string, who: Requester | null): Use => {
    const use = all.get(id) ?? { ...UNUSED };
    all.set(id, use);
    if (who !== null) Object.assign(use, { name: who.name, type: who.type });
    return use;
  };
  return {
    add: (line, counts) => {
      const { actor, at } = line;
      // Somebody in a chat is no principal.
      const who = actor === 'broker' || actor.type === 'ChatUser' ? null : actor;
      const one = counts ? 1 : 0;
      if (isOfGrant(line)) {
        if (who !== null) addGrantEvent(useOf(actorId(actor), who), line, one);
        return;
      }
      // Of the broker itself: deployments, access reviews.
      if (line.principalId === 'broker' || line.type === 'evidence-exported') return;
      const isOwn = who?.id === line.principalId;
      const use = useOf(line.principalId, isOwn ? who : null);
      if (line.type === 'principal-refused') use.refusals += one;
      if (line.type === 'principal-suspended') use.suspendedSince = at;
      if (line.type === 'principal-resumed') use.suspendedSince = null;
    },
    rows: () => Array.from(all, ([principal, use]) => row('principals', { principal, ...use })),
  };
}

function addGrantEvent(use: Use, line: LedgerLine, one: number): void {
  if (line.type === 'requested') {
    use.requests += one;
    if (line.decision.outcome === 'deny') use.denials += one;
    use.lastRequestAt = line.at;
  }
  if (line.type === 'vended') {
    use.vends += one;
    use.lastVendAt = line.at;
  }
  if (line.type === 'voted') {
    use.votes += one;
    use.lastVoteAt = line.at;
  }
}

const UNUSED: Use = {
  name: null,
  type: null,
  requests: 0,
  denials: 0,
  vends: 0,
  votes: 0,
  refusals: 0,
  lastRequestAt: null,
  lastVendAt: null,
  lastVoteAt: null,
  suspendedSince: null,
};
