import { gateKey, type Key } from '../../adapters/dynamodb/keys.ts';
import {
  GATES,
  type Gate,
  type GatePorts,
  type Gates,
  isClosed,
  mayReplace,
  nextHead,
} from '../../core/gates.ts';
import type { Instant } from '../../core/instant.ts';
import { ok } from '../../core/result.ts';
import { nameOf, type Transactions } from './transactions.ts';

type Family = { readonly record: Key; head: Gate | null; readonly gates: Map<number, Gate> };

/** The gates of suspensions and freezes in the table in memory. */
export class MemoryGates {
  private readonly families = new Map<string, Family>();
  private readonly transactions: Transactions;

  constructor(transactions: Transactions) {
    this.transactions = transactions;
  }

  of(record: Key): Gates {
    const { head, gates } = this.family(record);
    return { head, gates: new Map(gates) };
  }

  /** Part of the transaction of an order. @returns false if another one was faster */
  putHead(record: Key, head: Gate): boolean {
    const family = this.family(record);
    if (!mayReplace(head, family.head)) return false;
    family.head = head;
    return true;
  }

  /** Carries an order out at once, for tests. */
  move(record: Key, closed: boolean, until: Instant | null = null): void {
    const family = this.family(record);
    const head = nextHead(family, closed, until);
    family.head = head;
    for (let number = 0; number < GATES; number += 1) family.gates.set(number, head);
  }

  isClosed(record: Key, number: number, now: Instant): boolean {
    return isClosed(this.family(record).gates.get(number), now);
  }

  /** The records whose gates were ever moved. */
  records(): readonly Key[] {
    return [...this.families.values()].map(({ record }) => record);
  }

  /** How many of the gates are closed: counted apart from the code that moves them. */
  countClosed(record: Key, now: Instant): number {
    const { gates } = this.family(record);
    return [...gates.values()].filter(
      (gate) => gate?.closed === true && (gate.until === null || gate.until > now),
    ).length;
  }

  ports(record: Key): GatePorts {
    const family = this.family(record);
    return {
      read: async () => ok(this.of(record)),
      write: (number, gate) =>
        this.transactions.put(gateKey(record, number), () => {
          if (mayReplace(gate, family.gates.get(number))) family.gates.set(number, gate);
          return ok(null);
        }),
    };
  }

  private family(record: Key): Family {
    const name = nameOf(record);
    const family = this.families.get(name) ?? { record, head: null, gates: new Map() };
    this.families.set(name, family);
    return family;
  }
}
