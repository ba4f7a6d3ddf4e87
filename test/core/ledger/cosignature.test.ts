import { expect, test } from '@jest/globals';
import { cosignatureIn } from '../../../core/ledger/cosignature.ts';
import { err, ok } from '../../../core/result.ts';
import { keyIdOf } from '../../../core/signed-note.ts';
import { newSigner } from '../../support/test-ledger.ts';
import { testWitness } from '../../support/test-witness.ts';

const log = newSigner();
const note = log.sign('broker.example/ledger\n1\nroot\n');
const witness = testWitness(log.key);

test.each([1, 7, 8, 9, 72])('a line of a witness with %i bytes is forged', (length) => {
  const bytes = Buffer.concat([keyIdOf(witness.key, 'cosignature'), Buffer.alloc(length)]);
  const line = `— ${witness.key.name} ${bytes.toString('base64')}\n`;
  expect(cosignatureIn(`${note}${line}`, witness.key)).toEqual(
    err({ code: 'forged', name: witness.key.name }),
  );
});

test('a checkpoint without its line has no cosignature of a witness', () => {
  expect(cosignatureIn(note, witness.key)).toEqual(ok(null));
});
