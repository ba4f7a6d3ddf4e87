import { expect, test } from '@jest/globals';
import { entitlementUsage, grantUsage } from '../../../core/api/usage-responses.ts';
import { ANSWERS } from '../../../core/usage.ts';
import {
  blindHeader,
  blindInWords,
  callsInWords,
  choicesOf,
  noteOf,
  STANDINGS,
  standingOf,
  usedInWords,
} from '../../../dashboard/usage/in-words.ts';
import {
  BLIND,
  entitlementUsageAnswer,
  grantUsageAnswer,
  usedAction,
} from '../../support/usage-answers.ts';

test('the answers that these tests and those of the browser use are answers of the API', () => {
  expect(grantUsage.parse(grantUsageAnswer('gr_1'))).toBeTruthy();
  expect(entitlementUsage.parse(entitlementUsageAnswer())).toBeTruthy();
});

test('used of granted names what is unknown, and nothing where nothing is', () => {
  expect(usedInWords({ used: 3, granted: 10, unknown: 2 })).toBe('Used 3 of 10 actions; 2 unknown');
  expect(usedInWords({ used: 1, granted: 1, unknown: 0 })).toBe('Used 1 of 1 action');
});

test('calls say how many were refused', () => {
  expect(callsInWords({ calls: 1, refused: 0 })).toBe('1 call');
  expect(callsInWords({ calls: 4, refused: 4 })).toBe('4 calls, 4 refused');
});

test('what is blind names each service once, or how many they are', () => {
  const of = (...services: readonly string[]) =>
    blindHeader(services.map((service) => ({ ...BLIND, service })));
  expect(of('s3', 's3')).toBe('The logs do not show all of s3: these actions count as unknown');
  expect(of('s3', 'sqs')).toContain('all of s3 and sqs:');
  expect(of('a', 'b', 'c', 'd', 'e')).toContain('all of 5 services:');
});

test('a blind part says where and why; everywhere needs no place', () => {
  expect(blindInWords(BLIND)).toBe(`s3, in account 111122223333: ${BLIND.why}`);
  expect(blindInWords({ ...BLIND, accounts: [], regions: ['eu-west-1', 'us-east-1'] })).toBe(
    `s3, in Regions eu-west-1, us-east-1: ${BLIND.why}`,
  );
  expect(blindInWords({ ...BLIND, accounts: [] })).toBe(`s3: ${BLIND.why}`);
});

test('every answer has a word of its own: unknown does not read as unused', () => {
  const words = ANSWERS.map((answer) => STANDINGS[standingOf(usedAction('s3:X', { answer }))]);
  expect(new Set(words).size).toBe(ANSWERS.length);
});

test('what is not granted and was always refused is not called used', () => {
  const beyond = { granted: false, calls: 2 };
  expect(standingOf(usedAction('s3:PutObject', { ...beyond, refused: 2 }))).toBe('refused');
  expect(standingOf(usedAction('s3:PutObject', { ...beyond, refused: 1 }))).toBe('used');
  expect(standingOf(usedAction('s3:PutObject', { calls: 2, refused: 2, answer: 'unknown' }))).toBe(
    'unknown',
  );
});

test('what was wanted and never proven is not called refused', () => {
  const unproven = { granted: false, calls: 0, refused: 0, answer: 'unknown' } as const;
  expect(standingOf(usedAction('s3:PutObject', unproven))).toBe('unknown');
});

test('actions can be narrowed to the answers that there are', () => {
  expect(choicesOf(['used', 'unknown', 'used']).map(({ label }) => label)).toEqual([
    ...['All (3)', 'Used (2)', 'Unknown (1)'],
  ]);
});

test('an action whose every call was refused is unused, and says why it has calls', () => {
  const unused = { answer: 'unused', calls: 2, refused: 2 } as const;
  expect(noteOf(usedAction('s3:GetObject', unused))).toBe('AWS refused every call');
  expect(noteOf(usedAction('s3:GetObject', { ...unused, calls: 0, refused: 0 }))).toBeNull();
  expect(noteOf(usedAction('s3:GetObject', { answer: 'unknown', why: 'no trail' }))).toBe(
    'no trail',
  );
  expect(noteOf(usedAction('s3:GetObject'))).toBeNull();
});
