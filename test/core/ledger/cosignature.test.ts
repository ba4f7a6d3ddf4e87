import { expect, test } from '@jest/globals';
import { cosignatureIn } from '../../../core/ledger/cosignature.ts';
import { err, ok } from '../../../core/result.ts';
import { keyIdOf } from '../../../core/signed-note.ts';
import { entriesOf, newSigner, signedAt } from '../../support/test-ledger.ts';
import { cosigned, testWitness } from '../../support/test-witness.ts';

const log = newSigner();
const note = log.sign('broker.example/ledger\n1\nroot\n');
const checkpoint = signedAt(entriesOf(1), log);
const witness = testWitness(log.key);

test.each([1, 7, 8, 9, 72])('a line of a witness with %i bytes is forged', (length) => {
  const bytes = Buffer.concat([keyIdOf(witness.key, 'cosignature'), Buffer.alloc(length)]);
  const line = `— ${witness.key.name} ${bytes.toString('base64')}\n`;
  expect(cosignatureIn(`${note}${line}`, witness.key)).toEqual(
    err({ code: 'forged', name: witness.key.name }),
  );
});

test('a line of its key under another name is not that of a witness', () => {
  const line = cosigned(checkpoint, witness).slice(checkpoint.length);
  expect(cosignatureIn(`${checkpoint}${line}`, witness.key)).toMatchObject({ value: { line } });
  const renamed = line.replace(witness.key.name, 'x');
  expect(cosignatureIn(`${checkpoint}${renamed}`, witness.key)).toEqual(ok(null));
});

test('a checkpoint without its line has no cosignature of a witness', () => {
  expect(cosignatureIn(note, witness.key)).toEqual(ok(null));
});
