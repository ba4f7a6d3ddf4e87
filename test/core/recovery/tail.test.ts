import { expect, test } from '@jest/globals';
import { rootOf } from '../../../core/ledger/merkle.ts';
import { EMPTY_TAIL, grow, treeOf } from '../../../core/ledger/tail.ts';
import { collectTail } from '../../../core/recovery/tail.ts';
import { describeTailFault } from '../../../core/recovery/tail-fault.ts';
import { ok } from '../../../core/result.ts';
import { entriesOf, entryAt, GRANT_ID, ledgerOf, newSigner } from '../../support/test-ledger.ts';

function logOf(entries: readonly Uint8Array[]) {
  const signer = newSigner();
  const files = ledgerOf(entries, signer);
  const read = async (path: string) => ok(files.get(path) ?? null);
  const root = rootOf(treeOf(grow(EMPTY_TAIL, entries).tail));
  return { files, read, checkpoint: { origin: signer.key.name, size: entries.length, root } };
}

const bytes = (value: object) => Buffer.from(JSON.stringify(value));

test('entries are held by whose they are, in the order of the log', async () => {
  const own = [entryAt(0), entryAt(1)];
  const at = '2026-11-23T10:00:00Z';
  const bob = bytes({ v: 1, id: 'ev_b', principalId: 'people:bob', at });
  const { read, checkpoint } = logOf([own[0] as Uint8Array, bob, own[1] as Uint8Array]);
  const tail = await collectTail(read, checkpoint, 0);
  if (!tail.ok) throw new Error(describeTailFault(tail.error));
  expect(tail.value.entries).toBe(3);
  expect([...tail.value.ofGrants.keys()]).toEqual([GRANT_ID]);
  expect(tail.value.ofGrants.get(GRANT_ID)?.map((one) => Buffer.from(one).toString())).toEqual(
    own.map((one) => Buffer.from(one).toString()),
  );
  expect([...tail.value.ofPrincipals.keys()]).toEqual(['people:bob']);
  expect(tail.value.remarks).toEqual([]);
});

test('over several bundles the oldest entry comes first', async () => {
  const { read, checkpoint } = logOf(entriesOf(600));
  const tail = await collectTail(read, checkpoint, 0);
  const own = tail.ok ? (tail.value.ofGrants.get(GRANT_ID) ?? []) : [];
  expect(own.map((one) => Buffer.from(one).toString())).toEqual(
    entriesOf(600).map((one) => Buffer.from(one).toString()),
  );
});

test('an entry that says of nobody whose it is, is something for a person', async () => {
  const { read, checkpoint } = logOf([entryAt(0), bytes({ v: 1, at: 'now' }), Buffer.from('{')]);
  const tail = await collectTail(read, checkpoint, 0);
  expect(tail).toMatchObject({
    value: {
      remarks: [
        { what: 'entry 1 of the ledger', why: 'it cannot be read' },
        { what: 'entry 2 of the ledger', why: 'it cannot be read' },
      ],
    },
  });
});

test('a fault of the log is said in words, with the file', async () => {
  const { files, read, checkpoint } = logOf(entriesOf(300));
  files.delete('tile/entries/000');
  const lost = await collectTail(read, checkpoint, 0);
  expect(lost.ok ? '' : describeTailFault(lost.error)).toBe('the ledger lacks tile/entries/000');
  const { read: other } = logOf(entriesOf(301).slice(1));
  const wrong = await collectTail(other, checkpoint, 0);
  expect(wrong.ok ? '' : describeTailFault(wrong.error)).toMatch(
    /is not what was signed|damaged|lacks/,
  );
  expect(describeTailFault({ code: 'too-long', most: 5 })).toMatch(/more than 5 entries/);
  expect(describeTailFault({ code: 'unavailable', what: 'ledger' })).toMatch(/do not answer/);
});
