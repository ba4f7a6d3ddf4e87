import { describe, expect, test } from '@jest/globals';
import { readAnnotation } from '../../../core/bundle/acknowledgement.ts';
import { err, ok } from '../../../core/result.ts';

const RULES = 'open-to-strangers, name-decides, unanchored-pattern, not-for-issuer';

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
