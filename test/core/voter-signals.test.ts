import { expect, test } from '@jest/globals';
import { type CastVote, isFast, voterSignals } from '../../core/voter-signals.ts';

const NOW = 1_795_428_000_000;
const VOTING = { grantId: 'gr_1', requester: 'people:ana', requestedAt: NOW - 60_000, now: NOW };
const vote = (changes: Partial<CastVote> = {}): CastVote => ({
  ...{ at: NOW - 1000, grantId: 'gr_0', requester: 'people:ana', vote: 'approve' },
  requestedAt: NOW - 60_000,
  ...changes,
});
const QUIET = { approverBurst: 0, fastVote: false, neverMet: false };

test('a voter who approved for this requester long before, and takes their time, is quiet', () => {
  expect(voterSignals([vote({ at: NOW - 300_001 })], VOTING)).toEqual(QUIET);
});

test('a vote is fast within ten seconds of the request', () => {
  const fast = (ms: number) => voterSignals([], { ...VOTING, requestedAt: NOW - ms }).fastVote;
  expect([fast(0), fast(9999), fast(10_000)]).toEqual([true, true, false]);
});

test('a burst counts the votes on other requests within five minutes', () => {
  const votes = [
    vote({ at: NOW - 300_000 }),
    vote({ vote: 'deny', requester: 'people:cy' }),
    vote({ grantId: 'gr_1' }),
    vote({ at: NOW }),
  ];
  expect(voterSignals(votes, VOTING).approverBurst).toBe(2);
});

test.each([
  ['there was no vote', []],
  ['they only denied', [vote({ vote: 'deny' })]],
  ['they approved for somebody else', [vote({ requester: 'people:cy' })]],
  ['they approve just now', [vote({ at: NOW })]],
])('approver and requester never met where %s', (_, votes) => {
  expect(voterSignals(votes, VOTING).neverMet).toBe(true);
});

test.each<[string, boolean, Partial<CastVote>]>([
  ['an approval in less than ten seconds', true, { requestedAt: NOW - 10_999 }],
  ['an approval after ten seconds', false, { requestedAt: NOW - 11_000 }],
  ['a denial at once', false, { requestedAt: NOW - 1000, vote: 'deny' }],
])('%s is too fast: %j', (_, fast, changes) => {
  expect(isFast(vote(changes))).toBe(fast);
});
