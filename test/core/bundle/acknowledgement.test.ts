import { describe, expect, test } from '@jest/globals';
import { acknowledgements, readAnnotation } from '../../../core/bundle/acknowledgement.ts';
import { err, ok } from '../../../core/result.ts';

const RULES = 'open-to-strangers, name-decides, unanchored-pattern, not-for-issuer, look-alike';

describe('the acknowledgement of a policy', () => {
  test.each([
    ['name-decides: agreed', { 'name-decides': 'agreed' }],
    ['  name-decides:agreed  ', { 'name-decides': 'agreed' }],
    [
      'name-decides: see https://wiki.acme.example; a: b',
      { 'name-decides': 'see https://wiki.acme.example; a: b' },
    ],
    [
      'name-decides: agreed;not-for-issuer: one\ntwo',
      { 'name-decides': 'agreed', 'not-for-issuer': 'one\ntwo' },
    ],
    ['name-decides: 1; \n not-for-issuer: 2', { 'name-decides': '1', 'not-for-issuer': '2' }],
  ])('%j has its reasons by their rules', (text, reasons) => {
    expect(readAnnotation(text)).toEqual(ok(reasons));
  });

  test.each([
    ['', `names no warning; write <rule>: <why>, with one of: ${RULES}`],
    ['agreed', `names no warning; write <rule>: <why>, with one of: ${RULES}`],
    ['Name-decides: agreed', `names no warning; write <rule>: <why>, with one of: ${RULES}`],
    [
      'name-decides: agreed; wildcard: agreed',
      `names 'wildcard', which no policy can accept; write <rule>: <why>, with one of: ${RULES}`,
    ],
    [
      'name-decides: agreed; no-such-rule: agreed',
      `names 'no-such-rule', which no policy can accept; write <rule>: <why>, with one of: ${RULES}`,
    ],
    ['name-decides: --', 'gives no reason; write name-decides: <why>'],
    ['name-decides:', 'gives no reason; write name-decides: <why>'],
    ['name-decides: a; name-decides: b', "names 'name-decides' twice; give one reason"],
  ])('%j is refused, and the message says why', (text, message) => {
    expect(readAnnotation(text)).toEqual(err(message));
  });
});

describe('the acknowledgements of an entitlement', () => {
  test('are reasons by their rules, or one reason without a rule', () => {
    expect(acknowledgements.parse({ wildcard: 'agreed' })).toEqual({ wildcard: 'agreed' });
    expect(acknowledgements.parse('agreed')).toEqual({ unnamed: 'agreed' });
  });

  test.each<[unknown, readonly string[]]>([
    [{}, ['is empty; remove it']],
    [' - ', ['is empty; give the reason']],
    [{ wildcard: ' ' }, ['is empty; give the reason']],
    [{ 'no-rule': 'agreed' }, ['Unrecognized key: "no-rule"']],
  ])('%j is refused, and nothing else is said', (given, messages) => {
    const read = acknowledgements.safeParse(given);
    expect(read.error?.issues.map(({ message }) => message)).toEqual(messages);
  });
});
