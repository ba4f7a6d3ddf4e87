import { expect, test } from '@jest/globals';
import { inWords } from '../../../../core/duration.ts';
import { readAdvice } from '../../../../dashboard/views/request/advice.ts';

const ALLOWED = 'it would be allowed at once';

test.each([1, 45, 60, 600, 3600, 5400, 3661, 86_400, 90_061])(
  'the longest duration of %d seconds is read as the broker writes it',
  (seconds) => {
    const { change } = readAdvice(`Ask for at most ${inWords(seconds)}: ${ALLOWED}.`);
    expect(change).toEqual({ kind: 'duration', seconds });
  },
);

test.each([
  ['Sign in again with a second factor', { kind: 'second-factor' }],
  ['Name a ticket', { kind: 'ticket', example: null }],
  ['Name a ticket such as CHG-1', { kind: 'ticket', example: 'CHG-1' }],
  ['Ask for less with a scope of actions or resources', { kind: 'narrow' }],
  ['Ask at 2026-11-28T02:00:00Z', { kind: 'wait', until: '2026-11-28T02:00:00Z' }],
  ['Ask for orders-read instead', { kind: 'instead', entitlement: 'orders-read' }],
])('"%s" is a change', (said, change) => {
  expect(readAdvice(`${said}: it could be approved.`).change).toEqual(change);
});

test.each([
  'Sign in with a second factor, then request again.',
  `Ask from the network 10.0.0.0/8: ${ALLOWED}.`,
  'Ask for at most 10 minutes.',
  `Ask for at most ten minutes: ${ALLOWED}.`,
  `Ask at noonZ: ${ALLOWED}.`,
  'Anything that the author of a policy wrote: it could be done.',
])('"%s" is only shown', (text) => {
  expect(readAdvice(text)).toEqual({ text, change: null });
});
