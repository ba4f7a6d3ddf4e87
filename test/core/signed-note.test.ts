import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkpointText, openCheckpoint } from '../../core/ledger/checkpoint.ts';
import { leafHash } from '../../core/ledger/merkle.ts';
import { formatProof, verifyProof } from '../../core/ledger/proof-file.ts';
import {
  type NoteKey,
  noteWith,
  openNote,
  parseVerifierKey,
  splitNote,
  verifierKey,
} from '../../core/signed-note.ts';
import { auditPath, entriesOf, treeHash } from './ledger/trees.ts';

type Signer = { readonly key: NoteKey; readonly sign: (text: string) => string };

function signer(name: string): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const der = publicKey.export({ format: 'der', type: 'spki' });
  const key: NoteKey = { name, publicKey: der.subarray(-32) };
  return {
    key,
    sign: (text) => noteWith(text, key, sign(null, Buffer.from(text), privateKey)),
  };
}

const log = signer('audit.acme.example/log');
const other = signer('audit.acme.example/other');
const namesake = signer(log.key.name);

/** The signatures of a note, without its text. */
const signaturesOf = (note: string) => note.slice(note.lastIndexOf('\n\n') + 2);

describe('the line of a key', () => {
  test('names the key, its id and its bytes', () => {
    // The example of https://pkg.go.dev/golang.org/x/mod/sumdb/note.
    const line = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
    const key = parseVerifierKey(line);
    expect(key?.name).toBe('PeterNeumann');
    expect(key && verifierKey(key)).toBe(line);
  });

  test('is read back', () => {
    expect(parseVerifierKey(verifierKey(log.key))).toEqual(log.key);
    // In base64 it has plus signs, as the line has between its parts.
    const plus = { ...log.key, publicKey: Buffer.alloc(32, 0xfb) };
    expect(parseVerifierKey(verifierKey(plus))).toEqual(plus);
  });

  test('is refused with another id, another type, another length, or without a name', () => {
    const line = verifierKey(log.key);
    const [name, id, bytes] = line.split('+', 2).concat(line.split('+').slice(2).join('+'));
    const bad = (key: Partial<NoteKey>) => verifierKey({ ...log.key, ...key });
    for (const wrong of [
      bad({ publicKey: log.key.publicKey.subarray(1) }),
      bad({ publicKey: Buffer.concat([log.key.publicKey, Buffer.of(0)]) }),
      bad({ name: '' }),
      bad({ name: 'a b' }),
      `${name}+00000000+${bytes}`,
      `${name}+${id}+A${bytes}`,
      `+${id}+${bytes}`,
      `a b+${id}+${bytes}`,
      `${name}+${id}`,
      '',
    ]) {
      expect(parseVerifierKey(wrong)).toBeNull();
    }
  });
});

describe('a note', () => {
  test('by somebody else is verified as theirs', () => {
    // The example of https://pkg.go.dev/golang.org/x/mod/sumdb/note.
    const key = parseVerifierKey(
      'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    );
    const text =
      'If you think cryptography is the answer to your problem,\nthen you don’t know what your problem is.\n';
    const note = `${text.replace('’', "'")}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;
    expect(key && openNote(note, [key])).toEqual({ ok: true, value: text.replace('’', "'") });
  });

  test('opens with the key that signed it, whatever the text', () => {
    const text = fc
      .string({ unit: 'grapheme' })
      .map((line) => `${line.replaceAll(/\p{Cc}/gu, '')}\n\n`);
    fc.assert(
      fc.property(text, (words) => {
        expect(openNote(log.sign(words), [log.key])).toEqual({ ok: true, value: words });
      }),
    );
  });

  test('may have signatures of strangers, before and after ours', () => {
    const note = log.sign('hello\n');
    const both = `hello\n\n${signaturesOf(other.sign('hello\n'))}${signaturesOf(note)}${signaturesOf(namesake.sign('x\n'))}`;
    expect(openNote(both, [log.key])).toEqual({ ok: true, value: 'hello\n' });
    expect(openNote(both, [log.key, other.key])).toEqual({ ok: true, value: 'hello\n' });
  });

  test('may have a text of empty lines, and is taken apart without rest', () => {
    const note = log.sign('\n');
    expect(openNote(note, [log.key])).toEqual({ ok: true, value: '\n' });
    const parts = splitNote(note);
    const signatures = [{ name: log.key.name, bytes: expect.any(Buffer) }];
    expect(parts).toStrictEqual({ ok: true, value: { text: '\n', signatures } });
  });

  test.each([63, 65, 1])('with a signature of %i bytes by a known key is refused', (length) => {
    const note = noteWith('hello\n', log.key, new Uint8Array(length));
    const error = { code: 'forged', name: log.key.name };
    expect(openNote(note, [log.key])).toEqual({ ok: false, error });
  });

  test('is refused if a known key did not sign this text, even next to a right signature', () => {
    const note = log.sign('hello\n');
    const mixed = `hello\n\n${signaturesOf(note)}${signaturesOf(other.sign('good-bye\n'))}`;
    expect(openNote(mixed, [log.key, other.key])).toEqual({
      ok: false,
      error: { code: 'forged', name: other.key.name },
    });
    expect(openNote(note.replace('hello', 'hullo'), [log.key])).toMatchObject({
      error: { code: 'forged' },
    });
  });

  test('without a signature by a known key is not opened', () => {
    expect(openNote(log.sign('hello\n'), [other.key, namesake.key])).toEqual({
      ok: false,
      error: { code: 'unsigned' },
    });
  });

  test.each([
    ['', 'no signatures'],
    ['hello\n', 'no signatures'],
    ['hello\n\n- log x\n', 'no signature'],
    [`hello\n\n${signaturesOf(log.sign('hello\n')).trimEnd()}`, 'no signatures'],
    ['hello\n\n— log AAAAAAA\n', 'base64'],
    ['hello\n\n— log AAAA\n', 'base64'],
    ['hello\n\n— log AAAAAA==\n', 'base64'],
    [log.sign('hel\tlo\n'), 'control'],
    [log.sign('hello\r\n'), 'control'],
  ])('is malformed: %j', (note, reason) => {
    expect(openNote(note, [log.key])).toEqual({
      ok: false,
      error: { code: 'malformed', reason: expect.stringContaining(reason) },
    });
  });
});

const entries = entriesOf(11);
const checkpoint = { origin: log.key.name, size: 11, root: treeHash(entries) };
const signed = log.sign(checkpointText(checkpoint));

describe('a checkpoint', () => {
  test('is three lines, and read back', () => {
    expect(checkpointText(checkpoint)).toMatch(/^audit\.acme\.example\/log\n11\n[\w+/]{43}=\n$/);
    expect(openCheckpoint(signed, log.key)).toEqual({ ok: true, value: checkpoint });
  });

  test('may have lines of extensions', () => {
    const extended = log.sign(`${checkpointText(checkpoint)}more\n`);
    expect(openCheckpoint(extended, log.key)).toEqual({ ok: true, value: checkpoint });
  });

  test.each([
    ['of another log', checkpointText({ ...checkpoint, origin: 'other' })],
    ['with a size of 011', checkpointText(checkpoint).replace('11', '011')],
    ['with a size of -1', checkpointText({ ...checkpoint, size: -1 })],
    ['with a short root', checkpointText({ ...checkpoint, root: checkpoint.root.subarray(1) })],
    ['of two lines', `${log.key.name}\n11\n`],
  ])('%s is malformed', (_, text) => {
    expect(openCheckpoint(log.sign(text), log.key)).toMatchObject({ error: { code: 'malformed' } });
  });
});

describe('the file of a proof', () => {
  const proof = formatProof({ index: 6, hashes: auditPath(6, entries), checkpoint: signed });
  const entry = entries[6] ?? new Uint8Array();

  test('has the place, the hashes to the root, and the checkpoint', () => {
    const [one, other] = [leafHash(Buffer.of(1)), leafHash(Buffer.of(2))];
    const line = (hash: Uint8Array) => Buffer.from(hash).toString('base64');
    expect(formatProof({ index: 6, hashes: [one, other], checkpoint: 'signed\n' })).toBe(
      `c2sp.org/tlog-proof@v1\nindex 6\n${line(one)}\n${line(other)}\n\nsigned\n`,
    );
  });

  test('verifies the entry with nothing but the key of the log', () => {
    expect(verifyProof(proof, entry, log.key)).toEqual({
      ok: true,
      value: { index: 6, checkpoint },
    });
    const extra = proof.replace('\n', `\nextra ${Buffer.from('x').toString('base64')}\n`);
    expect(verifyProof(extra, entry, log.key)).toMatchObject({ ok: true });
  });

  test('of a log with one entry has no hashes', () => {
    const one = { ...checkpoint, size: 1, root: leafHash(entry) };
    const text = formatProof({ index: 0, hashes: [], checkpoint: log.sign(checkpointText(one)) });
    expect(verifyProof(text, entry, log.key)).toMatchObject({ ok: true });
  });

  test('does not verify another entry, nor with another key', () => {
    expect(verifyProof(proof, entries[5] ?? entry, log.key)).toEqual({
      ok: false,
      error: { code: 'not-included' },
    });
    expect(verifyProof(proof, entry, namesake.key)).toMatchObject({ error: { code: 'unsigned' } });
  });

  test.each([
    ['another first line', proof.replace('@v1', '@v2')],
    ['no index', proof.replace(/index.*\n/, '')],
    ['an index of 06', proof.replace('index 6', 'index 06')],
    [
      'a hash that is none',
      proof.replace(/\n\w{4}/, '\n!!!!').replace('\n!!!!', '\nindex 6\n!!!!'),
    ],
    [
      'a hash of 31 bytes',
      proof.replace(/\n[\w+/]{43}=\n/, `\n${Buffer.alloc(31).toString('base64')}\n`),
    ],
    ['a hash with a blank', proof.replace(/=\n/, ' =\n')],
    ['no checkpoint', proof.slice(0, proof.indexOf('\n\n'))],
    ['nothing', ''],
  ])('with %s is malformed', (_, text) => {
    expect(verifyProof(text, entry, log.key)).toMatchObject({ error: { code: 'malformed' } });
  });

  test('does not survive the change of any one character', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: proof.length - 1 }),
        fc.constantFrom('A', 'b', '7', '\n'),
        (at, letter) => {
          const changed = `${proof.slice(0, at)}${letter}${proof.slice(at + 1)}`;
          if (changed === proof) return;
          expect(verifyProof(changed, entry, log.key).ok).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });
});
