import { describe, expect, test } from '@jest/globals';
import {
  chooseGate,
  GATES,
  type Gate,
  type Gates,
  gatesBehind,
  isClosed,
  mayReplace,
  nextHead,
  settleGates,
} from '../../core/gates.ts';
import { err, ok } from '../../core/result.ts';
import { NO_STORE } from '../support/failing-ports.ts';

const gate = (epoch: number, closed = true, until: number | null = null): Gate => ({
  ...{ epoch, closed, until },
});
const gatesOf = (head: Gate | null, ...gates: [number, Gate][]): Gates => ({
  head,
  gates: new Map(gates),
});
const ALL = Array.from({ length: GATES }, (_, number) => number);

describe('gates', () => {
  test('follow orders that are counted, on from every gate, even if the head has gone', () => {
    expect(nextHead(gatesOf(null), true, null)).toEqual(gate(1));
    expect(nextHead(gatesOf(gate(4)), false, null)).toEqual(gate(5, false));
    expect(nextHead(gatesOf(null, [7, gate(9)]), true, 5)).toEqual(gate(10, true, 5));
  });

  test('are written only over an earlier order', () => {
    expect(mayReplace(gate(2), undefined)).toBe(true);
    expect(mayReplace(gate(2), gate(1))).toBe(true);
    expect(mayReplace(gate(2), gate(2, false))).toBe(false);
    expect(mayReplace(gate(2), gate(3, false))).toBe(false);
  });

  test('are behind until each of them was written after the order', () => {
    expect(gatesBehind(gatesOf(null, [3, gate(1)]))).toEqual([]);
    expect(gatesBehind(gatesOf(gate(1)))).toEqual(ALL);
    const some = gatesOf(gate(2), [0, gate(2)], [1, gate(1)], [2, gate(3, false)]);
    expect(gatesBehind(some)).toEqual(ALL.filter((number) => number !== 0 && number !== 2));
  });

  test('are closed until an order opens them, or until their time', () => {
    expect(isClosed(undefined, 10)).toBe(false);
    expect(isClosed(gate(1, false), 10)).toBe(false);
    expect(isClosed(gate(1), 10)).toBe(true);
    expect([9, 10, 11].map((until) => isClosed(gate(1, true, until), 10))).toEqual([
      false,
      false,
      true,
    ]);
  });

  test('are chosen among all, and never the same twice in a row', () => {
    const chances = Array.from({ length: 997 }, (_, at) => at / 997);
    expect(new Set(chances.map((chance) => chooseGate(chance, null)))).toEqual(new Set(ALL));
    for (const last of [0, 7, GATES - 1]) {
      const others = new Set(chances.map((chance) => chooseGate(chance, last)));
      expect([...others].toSorted((a, b) => a - b)).toEqual(ALL.filter((one) => one !== last));
    }
  });

  test('are written until none is behind, also where another order comes in between', async () => {
    const gates = new Map<number, Gate>();
    let head = gate(1);
    const ports = {
      read: async () => ok({ head, gates: new Map(gates) }),
      write: async (number: number, next: Gate) => {
        if (number === 5 && head.epoch === 1) head = gate(2, false);
        if (mayReplace(next, gates.get(number))) gates.set(number, next);
        return ok(null);
      },
    };
    expect(await settleGates(ports)).toEqual(ok(null));
    expect([...gates.values()]).toEqual(ALL.map(() => gate(2, false)));
  });

  test('are written one by one only where all together were not', async () => {
    const written: number[] = [];
    let tries = 0;
    let behind = true;
    const ports = {
      read: async () => ok(behind ? gatesOf(gate(1)) : gatesOf(null)),
      write: async (number: number) => {
        written.push(number);
        behind = false;
        return ok(null);
      },
      together: async (numbers: readonly number[], next: Gate) => {
        expect([numbers, next]).toEqual([ALL, gate(1)]);
        tries += 1;
        behind = tries === 2;
        return tries !== 2;
      },
    };
    await settleGates(ports);
    expect(written).toEqual([]);
    behind = true;
    await settleGates(ports);
    expect(written).toEqual(ALL);
  });

  test('are looked at ten times', async () => {
    let reads = 0;
    const read = async () => {
      reads += 1;
      return ok(gatesOf(gate(1)));
    };
    await settleGates({ read, write: async () => ok(null) });
    expect(reads).toBe(10);
  });

  test('fail with the store, and where they never settle', async () => {
    const read = async () => ok(gatesOf(gate(1)));
    const write = async () => ok(null);
    expect(await settleGates({ read: async () => err(NO_STORE), write })).toEqual(err(NO_STORE));
    let reads = 0;
    const counted = async () => {
      reads += 1;
      return read();
    };
    const last = async (number: number) => (number === GATES - 1 ? err(NO_STORE) : ok(null));
    expect(await settleGates({ read: counted, write: last })).toEqual(err(NO_STORE));
    expect(reads).toBe(1);
    expect(await settleGates({ read, write })).toEqual(err(NO_STORE));
  });
});
