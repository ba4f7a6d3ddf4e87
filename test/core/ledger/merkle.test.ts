import { describe, expect, test } from '@jest/globals';
import { foldPerfect, rootOf } from '../../../core/ledger/merkle.ts';
import { entriesOf, treeHash, treeOf } from './trees.ts';

const MOST = 70;
const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');
const entries = entriesOf(MOST);
const first = (count: number) => entries.slice(0, count);
describe('the tree', () => {
  test('of no entries has the hash of nothing, and of one empty entry that of a zero byte', () => {
    expect(hex(rootOf(treeOf([])))).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    expect(hex(rootOf(treeOf([new Uint8Array()])))).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    );
  });

  test('has the root of RFC 6962 at every size, with one subtree for each bit of the size', () => {
    for (let size = 0; size <= MOST; size += 1) {
      const tree = treeOf(first(size));
      expect(hex(rootOf(tree))).toBe(hex(treeHash(first(size))));
      expect(tree.subtrees).toHaveLength([...size.toString(2)].filter((bit) => bit === '1').length);
    }
  });
});

test('no hashes have no root to fold', () => {
  expect(() => foldPerfect([])).toThrow('no hashes to fold');
});
