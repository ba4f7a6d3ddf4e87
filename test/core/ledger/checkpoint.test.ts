import { describe, expect, test } from '@jest/globals';
import {
  checkpointText,
  openCheckpoint,
  rootTextOf,
  sizeOf,
} from '../../../core/ledger/checkpoint.ts';
import { newSigner } from '../../support/test-ledger.ts';
import { entriesOf, treeHash } from './trees.ts';

const log = newSigner('audit.acme.example/log');
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
    ['with a size that is no number', checkpointText(checkpoint).replace('\n11\n', '\nx11\n')],
    ['with more after its size', checkpointText(checkpoint).replace('\n11\n', '\n11x\n')],
    ['of one line', `${log.key.name}\n`],
    ['with a root in another spelling', `${log.key.name}\n11\n${'A'.repeat(42)}B=\n`],
  ])('%s is malformed', (_, text) => {
    expect(openCheckpoint(log.sign(text), log.key)).toMatchObject({ error: { code: 'malformed' } });
  });

  test.each([
    ['it is of the log other', checkpointText({ ...checkpoint, origin: 'other' })],
    ['its size is not a number', checkpointText({ ...checkpoint, size: 0.5 })],
    ['its root is not a hash in base64', `${log.key.name}\n11\n!\n`],
  ])('says what is wrong: %s', (reason, text) => {
    const error = { code: 'malformed', reason };
    expect(openCheckpoint(log.sign(text), log.key)).toEqual({ ok: false, error });
  });

  test('states its size and its root, whoever signed it', () => {
    const root = Buffer.from(checkpoint.root).toString('base64');
    expect([sizeOf(signed), rootTextOf(signed)]).toEqual([11, root]);
    expect(rootTextOf('x\n1')).toBe('');
  });
});
