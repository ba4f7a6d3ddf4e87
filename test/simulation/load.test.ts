import { expect, test } from '@jest/globals';
import { playChains } from './chains.ts';
import { revokeAgainst, suspendAgainst, vendAtOnce } from './load.ts';

/** What DynamoDB's rule for transactions that overlap does to callers, in virtual time. */

test('200 vends of one principal on one role at once are all answered, although many conflict', async () => {
  const { refused, conflicts, milliseconds } = await vendAtOnce(200);
  expect(refused).toBe(0);
  expect(conflicts).toBeGreaterThan(100);
  expect(milliseconds).toBeLessThan(1000);
}, 60_000);

test('until the gates are noted, 200 vends at once wait for one another, and are all answered', async () => {
  const { refused, conflicts, milliseconds } = await vendAtOnce(200, 1, false);
  expect(refused).toBe(0);
  expect(conflicts).toBeGreaterThan(1000);
  expect(milliseconds).toBeLessThan(4000);
}, 60_000);

test.each([true, false])(
  'a suspension wins against 50 loops that vend without a pause, and nothing is vended after its answer (noted: %s)',
  async (noted) => {
    const { suspended, keptOutAfter, before, after } = await suspendAgainst(50, 1, noted);
    expect(suspended).toBe(true);
    expect(keptOutAfter).toBeLessThan(1000);
    expect(before).toBeGreaterThan(30);
    expect(after).toBe(0);
  },
  60_000,
);

test.each([1, 2, 3])(
  'an ending wins against 50 loops that vend under its own grant without a pause (seed %d)',
  async (seed) => {
    const { revoked, milliseconds } = await revokeAgainst(50, seed);
    expect(revoked).toBe(true);
    expect(milliseconds).toBeLessThan(8000);
  },
  60_000,
);

test('an ending reaches the sessions that a first role, which denies nothing yet, goes on to begin in a chained one', async () => {
  await playChains(1);
}, 60_000);
