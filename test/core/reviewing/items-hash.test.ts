import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { itemsHash } from '../../../core/reviewing/items-hash.ts';
import { itemOf } from '../../support/review-world.ts';

test('the hash of a list is that of its canonical JSON, so that anybody can make it', () => {
  const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const item = itemOf(1, { principal: null, lines: [], marks: [] });
  const text =
    '[{"could":true,"denials":0,"entitlement":"read","grants":1,"item":1,"lastUse":null,"lines":[],"marks":[],"members":null,"principal":null,"requests":1,"vends":2}]';
  expect(itemsHash([item])).toBe(sha256(text));
  expect(itemsHash([])).toBe(sha256('[]'));
});

test('the order of the list counts, that of the fields does not', () => {
  const [one, two] = [itemOf(1), itemOf(2)];
  expect(itemsHash([one, two])).not.toBe(itemsHash([two, one]));
  const { item, ...rest } = one;
  expect(itemsHash([{ ...rest, item }])).toBe(itemsHash([one]));
});
