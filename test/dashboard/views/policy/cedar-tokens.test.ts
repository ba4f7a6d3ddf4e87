import { expect, test } from '@jest/globals';
import { cedarTokens } from '../../../../dashboard/views/policy/cedar-tokens.ts';

const TEXT =
  '@id("a") // permit "x"\npermit (principal, action, resource)\nwhen { "a \\" // b" == x.y };';

test('the parts are told apart, and together they are the text', () => {
  const tokens = cedarTokens(TEXT);
  expect(tokens.map(({ text }) => text).join('')).toBe(TEXT);
  const of = (kind: string) => tokens.filter((one) => one.kind === kind).map(({ text }) => text);
  expect(of('comment')).toEqual(['// permit "x"']);
  expect(of('text')).toEqual(['"a"', '"a \\" // b"']);
  expect(of('word')).toEqual(['permit', 'principal', 'action', 'resource', 'when']);
  expect(of('annotation')).toEqual(['@id']);
});
