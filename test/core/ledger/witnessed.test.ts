import { describe, expect, test } from '@jest/globals';
import { cosignedState, coverageOf, LATEST_SECONDS } from '../../../core/ledger/witnessed.ts';
import { err, ok } from '../../../core/result.ts';
import { entriesOf, newSigner, signedAt } from '../../support/test-ledger.ts';
import { cosigned, testWitness } from '../../support/test-witness.ts';

const SECONDS = 1_795_000_000;
const signer = newSigner();
const witness = testWitness(signer.key, 'witness.example/w1', () => SECONDS);
const { key } = witness;
const note = signedAt(entriesOf(7), signer);

describe('a state that a witness cosigned', () => {
  test('is known by its cosignature, with its time', () => {
    const both = cosigned(note, witness);
    expect(cosignedState(both, signer.key, key)).toMatchObject({
      value: { note: both, checkpoint: { size: 7 }, seconds: SECONDS },
    });
  });

  test('is none without one, or with that of another witness, whatever it is called', () => {
    expect(cosignedState(note, signer.key, key)).toEqual(ok(null));
    const other = testWitness(signer.key, key.name);
    expect(cosignedState(cosigned(note, other), signer.key, key)).toEqual(ok(null));
  });

  test('is none where the log did not sign it: its key makes the log', () => {
    const other = newSigner();
    const theirs = signedAt(entriesOf(7), other);
    const misled = testWitness(other.key, key.name, () => SECONDS);
    const both = cosigned(theirs, misled);
    expect(cosignedState(both, other.key, misled.key)).toMatchObject({ value: { note: both } });
    expect(cosignedState(both, signer.key, misled.key)).toEqual(ok(null));
  });

  test('is a forgery where the cosignature is of another checkpoint', () => {
    const line = cosigned(note, witness).slice(note.length);
    const moved = `${signedAt(entriesOf(8), signer)}${line}`;
    expect(cosignedState(moved, signer.key, key)).toEqual(
      err({ code: 'witness-forged', witness: key.name, size: 8 }),
    );
  });
});

describe('what it covers', () => {
  const state = (seconds: number) => {
    const checkpoint = { origin: signer.key.name, size: 7, root: new Uint8Array(32) };
    return { note, checkpoint, seconds };
  };
  const now = SECONDS * 1000;
  const covers = (seconds: number, size: number) => coverageOf(state(seconds), key, size, now);

  test('is all, however long ago, where nothing came after it', () => {
    const all = { witness: key.name, size: 7, seconds: 0, uncovered: 0 };
    expect(covers(0, 7)).toEqual(ok(all));
  });

  test('is all where the log had grown when it was cosigned', () => {
    expect(covers(SECONDS, 5)).toMatchObject({ value: { size: 5, uncovered: 0 } });
  });

  test.each([
    ['a day before', SECONDS - LATEST_SECONDS, true],
    ['a second more', SECONDS - LATEST_SECONDS - 1, false],
    ['a day ahead', SECONDS + LATEST_SECONDS, true],
    ['a second more ahead', SECONDS + LATEST_SECONDS + 1, false],
  ])('is a part, if it was cosigned within a day: %s', (_, seconds, isEnough) => {
    const part = { witness: key.name, size: 7, seconds, uncovered: 3 };
    expect(covers(seconds, 10)).toEqual(
      isEnough ? ok(part) : err({ code: 'witness-late', ...part }),
    );
  });
});
