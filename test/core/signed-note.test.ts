import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type NoteKey,
  noteWith,
  openNote,
  parseVerifierKey,
  splitNote,
  verifierKey,
} from '../../core/signed-note.ts';

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

  test('is not signed by a known key under another name', () => {
    const renamed = log.sign('hello\n').replace(log.key.name, 'x');
    expect(openNote(renamed, [log.key])).toEqual({ ok: false, error: { code: 'unsigned' } });
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
