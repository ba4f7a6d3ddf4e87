import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from '../../core/canonical-json.ts';

test('keys are in one order, at every level; lists keep theirs', () => {
  const one = { b: [2, 1], a: { d: null, c: 'é' } };
  const other = { a: { c: 'é', d: null }, b: [2, 1] };
  expect(canonicalJson(one)).toBe('{"a":{"c":"é","d":null},"b":[2,1]}');
  expect(canonicalJson(other)).toBe(canonicalJson(one));
  expect(canonicalJson({ b: [1, 2], a: { d: null, c: 'é' } })).not.toBe(canonicalJson(one));
});

test('keys are ordered by UTF-16 units, as RFC 8785 has it', () => {
  expect(canonicalJson({ '\ufb33': 1, '😀': 2, '10': 3, '9': 4, A: 5, a: 6 })).toBe(
    '{"10":3,"9":4,"A":5,"a":6,"😀":2,"\ufb33":1}',
  );
});

test('the text is JSON of the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('members without a value are left out, as in JSON', () => {
  expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}');
});
