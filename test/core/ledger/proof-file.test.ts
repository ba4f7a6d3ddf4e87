import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkpointText } from '../../../core/ledger/checkpoint.ts';
import { leafHash } from '../../../core/ledger/merkle.ts';
import { formatProof, parseProof, verifyProof } from '../../../core/ledger/proof-file.ts';
import { newSigner } from '../../support/test-ledger.ts';
import { auditPath, entriesOf, treeHash } from './trees.ts';

const log = newSigner('audit.acme.example/log');
const namesake = newSigner(log.key.name);
const entries = entriesOf(11);
const checkpoint = { origin: log.key.name, size: 11, root: treeHash(entries) };
const signed = log.sign(checkpointText(checkpoint));

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

  test('brings along what its maker put into it, and nothing where that is no base64', () => {
    const brought = { index: 6, hashes: [], checkpoint: signed };
    const extra = Buffer.from('an entry');
    expect(parseProof(formatProof({ ...brought, extra }))).toEqual({ ...brought, extra });
    expect(parseProof(formatProof(brought))).toStrictEqual(brought);
    const line = `\nextra ${extra.toString('base64')}\n`;
    const text = formatProof({ ...brought, extra });
    for (const wrong of ['\nextra !\n', '\nextra YQ\n', `\nx${line.slice(1)}`, '\nextra \r\n']) {
      expect([wrong, parseProof(text.replace(line, wrong))]).toEqual([wrong, null]);
    }
  });

  test('that is none says so', () => {
    const error = { code: 'malformed', reason: 'it is no proof of a log' };
    expect(verifyProof('x', entry, log.key)).toEqual({ ok: false, error });
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
    ['something before its index', proof.replace('index 6', 'xindex 6')],
    ['something after its index', proof.replace('index 6', 'index 6x')],
    ['a hash in another spelling', proof.replace(/\n[\w+/]{43}=\n/, `\n${'A'.repeat(42)}B=\n`)],
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
