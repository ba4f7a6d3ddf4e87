import { describe, expect, test } from '@jest/globals';
import { GATES, type Gate, mayReplace, nextHead } from '../../../core/gates.ts';
import { type FreezeRows, freezesOn } from '../../../core/kill/freezes.ts';
import type { Freeze } from '../../../core/kill/ports.ts';
import { err, ok } from '../../../core/result.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { START } from '../../support/kill-ports.ts';
import { ROLE } from '../../support/sample-grants.ts';

const FOR_GOOD: Freeze = { until: null, reason: 'refused' };
const FOR_A_WHILE: Freeze = { until: START, reason: 'cutoff' };

type Rows = {
  record: Freeze | null;
  head: Gate | null;
  readonly gates: Map<number, Gate>;
  /** Each transaction of the record with the head. */
  readonly writes: (Freeze | 'thaw')[];
};

/** One role's rows, as a store keeps them, and its freezes; with some of the calls changed. */
function roleWith(changes: Partial<FreezeRows> = {}) {
  const rows: Rows = { record: null, head: null, gates: new Map(), writes: [] };
  const read = async () => ok({ head: rows.head, gates: new Map(rows.gates) });
  const store: FreezeRows = {
    read: async () => {
      const { head, gates, record } = rows;
      return ok({ record, gates: { head, gates: new Map(gates) } });
    },
    freeze: async (freeze, { gates }) => {
      rows.writes.push(freeze);
      rows.record = freeze;
      rows.head = nextHead(gates, true, freeze.until);
      return ok(true);
    },
    thaw: async ({ gates }) => {
      rows.writes.push('thaw');
      rows.record = null;
      rows.head = nextHead(gates, false, null);
      return ok(true);
    },
    gates: {
      read,
      write: async (number, gate) => {
        if (mayReplace(gate, rows.gates.get(number))) rows.gates.set(number, gate);
        return ok(null);
      },
    },
    ...changes,
  };
  return { rows, store, freezes: freezesOn(() => store) };
}

const closed = (until: number | null, epoch = 1): Gate => ({ epoch, closed: true, until });
const open = (epoch: number): Gate => ({ epoch, closed: false, until: null });
const every = (gate: Gate) => Array.from({ length: GATES }, () => gate);
const gatesOf = ({ gates }: Rows) => [...gates.values()];

describe('a freeze', () => {
  test.each([FOR_GOOD, FOR_A_WHILE])(
    'closes every gate for as long as it lasts: %j',
    async (freeze) => {
      const { rows, freezes } = roleWith();
      expect(await freezes.freeze(ROLE, freeze)).toEqual(ok(null));
      expect(gatesOf(rows)).toEqual(every(closed(freeze.until)));
      expect(await freezes.freezeOf(ROLE)).toEqual(ok(freeze));
    },
  );

  test('that stands already writes nothing, but completes the gates', async () => {
    const { rows, freezes } = roleWith();
    await freezes.freeze(ROLE, FOR_GOOD);
    rows.gates.delete(7);
    expect(await freezes.freeze(ROLE, { ...FOR_GOOD })).toEqual(ok(null));
    expect(rows.writes).toEqual([FOR_GOOD]);
    expect(gatesOf(rows)).toEqual(every(closed(null)));
  });

  test.each<[string, Freeze, (rows: Rows) => void]>([
    ['for another reason', { ...FOR_A_WHILE, reason: 'throttled' }, () => {}],
    ['until another time', { ...FOR_A_WHILE, until: START + 1 }, () => {}],
    [
      'where people removed the record',
      FOR_A_WHILE,
      (rows) => {
        rows.record = null;
      },
    ],
    [
      'where people removed the head',
      FOR_A_WHILE,
      (rows) => {
        rows.head = null;
      },
    ],
    [
      'where the gates were opened',
      FOR_A_WHILE,
      (rows) => {
        rows.head = open(1);
      },
    ],
    [
      'where the gates open at another time',
      FOR_A_WHILE,
      (rows) => {
        rows.head = closed(START - 1);
      },
    ],
    [
      'where the record, and not the gates, ends at another time',
      FOR_A_WHILE,
      (rows) => {
        rows.record = { ...FOR_A_WHILE, until: START - 1 };
      },
    ],
  ])('is written again %s', async (_, again, change) => {
    const { rows, freezes } = roleWith();
    await freezes.freeze(ROLE, FOR_A_WHILE);
    change(rows);
    expect(await freezes.freeze(ROLE, again)).toEqual(ok(null));
    expect(rows.writes).toEqual([FOR_A_WHILE, again]);
    expect(gatesOf(rows)).toEqual(every(closed(again.until, 2)));
  });

  test('with an end never replaces one that lasts until the switch can be written', async () => {
    const { rows, freezes } = roleWith();
    await freezes.freeze(ROLE, FOR_GOOD);
    expect(await freezes.freeze(ROLE, FOR_A_WHILE)).toEqual(ok(null));
    expect(rows.writes).toEqual([FOR_GOOD]);
    rows.head = null;
    await freezes.freeze(ROLE, FOR_A_WHILE);
    expect(rows.writes).toEqual([FOR_GOOD, FOR_GOOD]);
  });

  test('without an end replaces any other', async () => {
    const { freezes } = roleWith();
    await freezes.freeze(ROLE, FOR_A_WHILE);
    await freezes.freeze(ROLE, FOR_GOOD);
    expect(await freezes.freezeOf(ROLE)).toEqual(ok(FOR_GOOD));
    await freezes.freeze(ROLE, { ...FOR_GOOD, reason: 'no such role' });
    expect(await freezes.freezeOf(ROLE)).toEqual(ok({ until: null, reason: 'no such role' }));
  });
});

describe('a thaw', () => {
  test('opens every gate of a role that is frozen until its switch can be written', async () => {
    const { rows, freezes } = roleWith();
    await freezes.freeze(ROLE, FOR_GOOD);
    expect(await freezes.thaw(ROLE)).toEqual(ok(null));
    expect(gatesOf(rows)).toEqual(every(open(2)));
    expect(await freezes.freezeOf(ROLE)).toEqual(ok(null));
  });

  test('leaves a freeze with an end, which ends by itself', async () => {
    const { rows, freezes } = roleWith();
    await freezes.freeze(ROLE, FOR_A_WHILE);
    expect(await freezes.thaw(ROLE)).toEqual(ok(null));
    expect(rows.writes).toEqual([FOR_A_WHILE]);
    expect(await freezes.freezeOf(ROLE)).toEqual(ok(FOR_A_WHILE));
  });

  test.each([
    ['was never frozen', null],
    ['is open', open(4)],
  ])('writes nothing on a role that %s', async (_, head) => {
    const { rows, freezes } = roleWith();
    rows.head = head;
    expect(await freezes.thaw(ROLE)).toEqual(ok(null));
    expect(rows.writes).toEqual([]);
    expect(gatesOf(rows)).toEqual(head === null ? [] : every(head));
  });

  test('opens the gates of a role whose record people removed', async () => {
    const { rows, freezes } = roleWith();
    await freezes.freeze(ROLE, FOR_GOOD);
    rows.record = null;
    expect(await freezes.thaw(ROLE)).toEqual(ok(null));
    expect(gatesOf(rows)).toEqual(every(open(2)));
  });
});

describe('a thaw that did not reach every gate', () => {
  test('is completed without another write of the record', async () => {
    const { rows, freezes } = roleWith();
    rows.head = open(2);
    rows.gates.set(3, closed(null));
    expect(await freezes.thaw(ROLE)).toEqual(ok(null));
    expect(rows.writes).toEqual([]);
    expect(gatesOf(rows)).toEqual(every(open(2)));
  });

  test('is ordered anew where people removed the order', async () => {
    const { rows, freezes } = roleWith();
    rows.gates.set(3, closed(null));
    expect(await freezes.thaw(ROLE)).toEqual(ok(null));
    expect(rows.writes).toEqual(['thaw']);
    const unchanged = roleWith();
    unchanged.rows.gates.set(3, open(2));
    expect(await unchanged.freezes.thaw(ROLE)).toEqual(ok(null));
    expect(unchanged.rows.writes).toEqual([]);
  });
});

describe('completing a freeze', () => {
  test('closes what its gates are behind, and answers with it', async () => {
    const { rows, freezes } = roleWith();
    rows.record = FOR_GOOD;
    rows.head = open(2);
    expect(await freezes.completeFreeze(ROLE)).toEqual(ok(FOR_GOOD));
    expect(rows.writes).toEqual([FOR_GOOD]);
    expect(gatesOf(rows)).toEqual(every(closed(null, 3)));
  });

  test('finds none after a thaw, and opens the gates that the thaw did not reach', async () => {
    const { rows, freezes } = roleWith();
    rows.head = open(2);
    rows.gates.set(3, closed(null));
    expect(await freezes.completeFreeze(ROLE)).toEqual(ok(null));
    expect(rows.writes).toEqual([]);
    expect(gatesOf(rows)).toEqual(every(open(2)));
  });

  test('finds a gate that is closed by no order that is there', async () => {
    const { rows, freezes } = roleWith();
    rows.gates.set(3, closed(null));
    const reason = 'the last thaw did not finish';
    expect(await freezes.completeFreeze(ROLE)).toEqual(ok({ until: null, reason }));
  });
});

describe('a role whose gates did not follow its record', () => {
  const reason = 'the last thaw did not finish';

  test.each<[string, readonly Gate[], Freeze | null]>([
    ['is frozen while one of them is closed', [open(2), closed(null)], { until: null, reason }],
    ['is frozen until they open', [open(2), closed(START)], { until: START, reason }],
    [
      'is frozen for as long as the one without an end',
      [closed(START), closed(null)],
      { until: null, reason },
    ],
    ['is not frozen if all are open', [open(2), open(1)], null],
  ])('%s', async (_, gates, frozen) => {
    const { rows, freezes } = roleWith();
    for (const [number, gate] of gates.entries()) rows.gates.set(number, gate);
    expect(await freezes.freezeOf(ROLE)).toEqual(ok(frozen));
  });
});

describe('whoever freezes or thaws a role', () => {
  test.each(['freeze', 'thaw'] as const)(
    'reads again where another was faster: %s',
    async (method) => {
      const { rows, store } = roleWith();
      rows.record = FOR_GOOD;
      let losses = 9;
      const write = store[method] as (...args: readonly never[]) => ReturnType<FreezeRows['thaw']>;
      const freezes = freezesOn(() => ({
        ...store,
        [method]: async (...args: readonly never[]) => (losses-- > 0 ? ok(false) : write(...args)),
      }));
      const done = method === 'thaw' ? freezes.thaw(ROLE) : freezes.freeze(ROLE, FOR_GOOD);
      expect(await done).toEqual(ok(null));
      expect(rows.writes).toHaveLength(1);
      losses = 10;
      rows.record = FOR_GOOD;
      rows.head = null;
      const again = method === 'thaw' ? freezes.thaw(ROLE) : freezes.freeze(ROLE, FOR_GOOD);
      expect(await again).toEqual(err(NO_STORE));
      expect(rows.writes).toHaveLength(1);
    },
  );

  test.each<[string, Partial<FreezeRows>]>([
    ['read', { read: async () => err(NO_STORE) }],
    ['write the record', { freeze: async () => err(NO_STORE), thaw: async () => err(NO_STORE) }],
  ])('fails where the store does not %s', async (_, changes) => {
    const { rows, freezes } = roleWith(changes);
    rows.record = FOR_GOOD;
    expect(await freezes.freeze(ROLE, FOR_GOOD)).toEqual(err(NO_STORE));
    expect(await freezes.thaw(ROLE)).toEqual(err(NO_STORE));
  });

  test('tries once where the store fails', async () => {
    let tries = 0;
    const failing = async () => {
      tries += 1;
      return err(NO_STORE);
    };
    const { freezes } = roleWith({ freeze: failing });
    await freezes.freeze(ROLE, FOR_GOOD);
    expect(tries).toBe(1);
  });

  test('fails where the gates do not follow', async () => {
    const { store } = roleWith();
    const gates = { ...store.gates, write: async () => err(NO_STORE) };
    const freezes = freezesOn(() => ({ ...store, gates }));
    expect(await freezes.freeze(ROLE, FOR_GOOD)).toEqual(err(NO_STORE));
  });

  test('cannot tell whether a role is frozen where the store does not answer', async () => {
    const { freezes } = roleWith({ read: async () => err(NO_STORE) });
    expect(await freezes.freezeOf(ROLE)).toEqual(err(NO_STORE));
  });
});
