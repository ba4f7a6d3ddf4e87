import type { Unavailable } from './failure.ts';
import type { Instant } from './instant.ts';
import { err, ok, type Result } from './result.ts';

/**
 * Whether a principal may act, or a role may vend, as many items. DynamoDB cancels a transaction that
 * overlaps another one on any item, condition checks included (Developer Guide, "Transaction conflict
 * handling in DynamoDB"), so transactions that run in parallel cannot all check the same item: each checks
 * one gate, chosen at random.
 *
 * One transaction over all gates would hardly ever find all of them free. So an order writes the head, which
 * no vend touches, in its own transaction, and the gates follow it one by one: each is free within
 * milliseconds. Epochs count the orders; a late writer of an earlier one changes nothing.
 */

export const GATES = 32;

export type Gate = {
  readonly epoch: number;
  readonly closed: boolean;
  /** A closed gate opens then by itself; null where it waits for an order. */
  readonly until: Instant | null;
};

export type Gates = {
  /** What the last order wanted; null where there was none. */
  readonly head: Gate | null;
  /** The gates that were ever written, by number. */
  readonly gates: ReadonlyMap<number, Gate>;
};

/** The head of the next order. It counts on from every gate, even if people removed the head. */
export function nextHead({ head, gates }: Gates, closed: boolean, until: Instant | null): Gate {
  const epochs = [head, ...gates.values()].map((gate) => gate?.epoch ?? 0);
  return { epoch: Math.max(...epochs) + 1, closed, until };
}

/** An item of the gates is written only over one of an earlier order. */
export function mayReplace(next: Gate, found: Gate | undefined | null): boolean {
  return found == null || found.epoch < next.epoch;
}

/** The numbers of the gates that do not follow the head yet. */
export function gatesBehind({ head, gates }: Gates): readonly number[] {
  if (head === null) return [];
  const all = Array.from({ length: GATES }, (_, number) => number);
  return all.filter((number) => mayReplace(head, gates.get(number)));
}

export function isClosed(gate: Gate | undefined | null, now: Instant): boolean {
  return gate?.closed === true && (gate.until === null || gate.until > now);
}

/** The gate that a transaction checks; a retry takes another one. */
export function chooseGate(chance: number, last: number | null): number {
  if (last === null) return Math.floor(chance * GATES);
  return (last + 1 + Math.floor(chance * (GATES - 1))) % GATES;
}

export type GatePorts = {
  /** Strongly consistent. */
  readonly read: () => Promise<Result<Gates, Unavailable>>;
  /**
   * Tries to write these gates in one transaction, once: a shortcut for when nobody vends. False where it did
   * not work out, for whatever reason.
   */
  readonly together?: (numbers: readonly number[], gate: Gate) => Promise<boolean>;
  /** Writes one gate, unless it follows this order or a later one already. */
  readonly write: (number: number, gate: Gate) => Promise<Result<null, Unavailable>>;
};

const NOT_TOGETHER = async (): Promise<boolean> => false;

/** More orders than this do not arrive while the gates of one follow. */
const ROUNDS = 10;

/**
 * Makes every gate follow the head. It may run at any time, again, and several times at once; whoever
 * stopped in the middle left gates behind, which the next run finds.
 */
export async function settleGates({
  read,
  write,
  together = NOT_TOGETHER,
}: GatePorts): Promise<Result<null, Unavailable>> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = await read();
    if (!found.ok) return found;
    const { head } = found.value;
    const behind = gatesBehind(found.value);
    if (head === null || behind.length === 0) return ok(null);
    if (await together(behind, head)) continue;
    const written = await Promise.all(behind.map((number) => write(number, head)));
    const failed = written.find((one) => !one.ok);
    if (failed !== undefined) return failed;
  }
  return err({ code: 'unavailable', what: 'store' });
}
