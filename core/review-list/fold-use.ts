import type { ItemUsage } from '../access-review.ts';
import { isOfGrant, type LedgerLine, type PrincipalLine } from '../evidence/ledger-line.ts';
import type { Principal, PrincipalType } from '../principal.ts';

/** What the ledger says of who used what: its entries, folded in their order. */

export type Use = {
  requests: number;
  denials: number;
  grants: number;
  vends: number;
  lastUse: string | null;
  /** Absent where no usage of these grants was read. */
  usage?: ItemUsage;
};

/** The bundle that was deployed last. */
export type Deployed = { readonly bundle: string; readonly file: string };

export type UseFold = {
  /** @param counts Whether the event is of the period; the others say when something was used last. */
  readonly add: (line: LedgerLine, counts: boolean) => void;
  /** Everybody who ever asked, as their last request showed them. */
  readonly principals: () => ReadonlyMap<string, Principal>;
  readonly useOf: (entitlement: string, principal: string) => Use | null;
  /** Entitlements that anybody ever asked for. */
  readonly entitlements: () => readonly string[];
  readonly deployed: () => Deployed | null;
};

export function foldUse(): UseFold {
  const principals = new Map<string, Principal>();
  const uses = new Map<string, Map<string, Use>>();
  /** Whose grant it is. */
  const requesters = new Map<string, string>();
  /** Grants that began in the period, and whose usage was not read yet. */
  const begun = new Set<string>();
  let deployed: Deployed | null = null;
  const use = (entitlement: string, principal: string): Use => {
    const ofAll = uses.get(entitlement) ?? new Map<string, Use>();
    uses.set(entitlement, ofAll);
    const found = ofAll.get(principal) ?? { ...UNUSED };
    ofAll.set(principal, found);
    return found;
  };
  return {
    add: (line, counts) => {
      if (!isOfGrant(line)) {
        deployed = deployedBy(line) ?? deployed;
        return;
      }
      const one = counts ? 1 : 0;
      if (line.type === 'requested') {
        const { principal } = line.inputs;
        principals.set(principal.id, { ...principal, type: principal.type as PrincipalType });
        requesters.set(line.grantId, principal.id);
        const asked = use(line.entitlement, principal.id);
        asked.requests += one;
        if (line.decision.outcome === 'allow') {
          asked.grants += one;
          if (counts) begun.add(line.grantId);
        }
        if (line.decision.outcome === 'deny') asked.denials += one;
        return;
      }
      const requester = requesters.get(line.grantId);
      if (requester === undefined) return;
      const of = use(line.entitlement, requester);
      if (line.type === 'approved') {
        of.grants += one;
        if (counts) begun.add(line.grantId);
      }
      // Logs are read after the end of a grant, which may be after that of the period.
      if (line.type === 'usage-read' && begun.delete(line.grantId)) {
        of.usage = withRead(of.usage, line);
      }
      if (line.type === 'denied') of.denials += one;
      if (line.type === 'vended') {
        of.vends += one;
        of.lastUse = line.at;
      }
    },
    principals: () => principals,
    useOf: (entitlement, principal) => uses.get(entitlement)?.get(principal) ?? null,
    entitlements: () => [...uses.keys()],
    deployed: () => deployed,
  };
}

function withRead(
  before: ItemUsage = { grants: 0, calls: 0, used: 0, granted: 0, unknown: 0 },
  { calls, used, granted, unknown }: Omit<ItemUsage, 'grants'>,
): ItemUsage {
  return {
    grants: before.grants + 1,
    calls: before.calls + calls,
    used: Math.max(before.used, used),
    granted: Math.max(before.granted, granted),
    unknown: Math.max(before.unknown, unknown),
  };
}

const UNUSED: Use = { requests: 0, denials: 0, grants: 0, vends: 0, lastUse: null };

function deployedBy(line: PrincipalLine): Deployed | null {
  return line.type === 'bundle-deployed' ? { bundle: line.bundle, file: line.file } : null;
}
