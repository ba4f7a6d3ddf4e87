import { BROKER, initiatorIn, type PrincipalEvent } from '../audit.ts';
import {
  type OrderKind,
  type PrincipalOrder,
  type Suspension,
  suspensionAfter,
} from '../principal-order.ts';
import type { PrincipalDigest } from './read-entry.ts';

type Line = PrincipalEvent | PrincipalDigest;

export type ReplayedPrincipal = {
  readonly suspension: Suspension | null;
  /** The order to give again; null where the restored table says the same already. */
  readonly order: PrincipalOrder | null;
};

const KINDS: ReadonlyMap<string, OrderKind> = new Map([
  ['principal-suspended', 'suspend'],
  ['principal-resumed', 'resume'],
]);

/**
 * Whether a principal is suspended, after everything that was ordered: the latest order wins, wherever it is written.
 * Its type and its time are enough, so an order of which the ledger has only the hash counts as well.
 *
 * @param restored As the restored table has it.
 * @param lines Of the ledger, and of the principal's trail in the restored table: a resumption leaves nothing else.
 */
export function replayPrincipal(
  restored: Suspension | null,
  lines: readonly Line[],
): ReplayedPrincipal {
  const orders = [...new Map(lines.map((line) => [line.id, orderOf(line)])).values()]
    .filter((order) => order !== null)
    .toSorted((a, b) => a.at - b.at);
  // Those that the suspension of the table came after have had their effect.
  const news = orders.filter(({ at }) => restored === null || at > restored.at);
  let suspension = restored;
  let order: PrincipalOrder | null = null;
  for (const next of news) {
    const after = suspensionAfter(next, suspension);
    if (after?.at !== suspension?.at) order = next;
    suspension = after;
  }
  return { suspension, order: suspension?.at === restored?.at ? null : order };
}

function orderOf(line: Line): PrincipalOrder | null {
  const what = KINDS.get(line.type);
  if (what === undefined) return null;
  const { id, principalId: principal, at } = line;
  if (!('sha256' in line)) {
    return { id, what, principal, at, reason: line.reason, ...initiatorIn(line) };
  }
  const by = { actor: BROKER, requestId: 'recovery', sourceIp: null } as const;
  return { id, what, principal, at, reason: ONLY_HASH, ...by };
}

const ONLY_HASH = 'recovery: the ledger has only the hash of the order';
