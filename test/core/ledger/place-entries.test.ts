import { expect, test } from '@jest/globals';
import { placeEntries } from '../../../core/ledger/place-entries.ts';
import { MemoryLedgerFiles, MemoryLedgerStore } from '../../simulation/memory-ledger.ts';

test('an event that comes twice in one batch gets one place', async () => {
  const store = new MemoryLedgerStore();
  const ports = { store: store.port(), files: new MemoryLedgerFiles().port() };
  const [first, second] = ['a', 'b'].map((id) => ({ id, bytes: Buffer.from(`{"id":"${id}"}`) }));
  if (first === undefined || second === undefined) throw new Error('no entries');
  expect(await placeEntries(ports, [first, second, first])).toMatchObject({ ok: true });
  expect(await ports.store.read(0, 9)).toEqual({ ok: true, value: [first.bytes, second.bytes] });
});
