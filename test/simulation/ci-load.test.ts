import { describe, expect, test } from '@jest/globals';
import { DEFAULT_LIMITS } from '../../core/limits.ts';
import { playCi } from './ci-load.ts';

/** A part of a day; `npm run simulate:day` plays all of it, at three rates. */

describe('an hour of CI on one role', () => {
  test('at 1,200 grants an hour fits with room to spare, and costs nobody a session, or a request', async () => {
    const { killSwitchPercent } = DEFAULT_LIMITS;
    const load = { seed: 1, minutes: 70, grantsAnHour: 1200, keyMinutes: 60, killSwitchPercent };
    const { grants, samples, overflows, strangersDenied, refused, writes } = await playCi(load);
    expect(refused).toEqual({ hog: 0, others: 0 });
    expect(grants).toBeGreaterThan(1200);
    expect(Math.max(...samples.map(({ denied }) => denied))).toBeGreaterThan(800);
    expect([overflows, strangersDenied]).toEqual([[], 0]);
    expect(Math.max(...samples.map(({ patterns, except }) => patterns + except))).toBeLessThan(250);
    expect(Math.max(...samples.map(({ characters }) => characters))).toBeLessThan(5000);
    expect(writes).toBeLessThan(1000);
  }, 120_000);

  test('is no fault of IAM whose reads lag ten seconds and which throttles every fifth call', async () => {
    const manners = { lag: 10_000, throttles: 0.2 };
    const load = { seed: 2, minutes: 40, grantsAnHour: 600, keyMinutes: 15, ...manners };
    const { overflows, strangersDenied, killSeconds } = await playCi(load);
    expect([overflows, strangersDenied]).toEqual([[], 0]);
    expect(killSeconds.length).toBeGreaterThan(200);
  }, 60_000);

  test('with one principal that releases six a second costs that principal alone', async () => {
    const load = { seed: 3, minutes: 4, grantsAnHour: 600, keyMinutes: 15, sampleSeconds: 5 };
    const { overflows, strangersDenied } = await playCi({ ...load, hogAnHour: 6 * 3600 });
    expect(overflows.length).toBeGreaterThan(0);
    expect(overflows.filter(({ principals }) => principals.length !== 1)).toEqual([]);
    expect(strangersDenied).toBe(0);
  }, 120_000);

  test('with one that releases four a second overflows hardly ever, because it is made to wait', async () => {
    const load = { seed: 5, minutes: 4, grantsAnHour: 600, keyMinutes: 15, sampleSeconds: 5 };
    const hog = { ...load, hogAnHour: 4 * 3600 };
    const before = await playCi(hog);
    const { killSwitchPercent } = DEFAULT_LIMITS;
    const after = await playCi({ ...hog, killSwitchPercent });
    expect(before.overflows.length).toBeGreaterThan(20);
    expect(after.overflows.length).toBeLessThan(4);
    expect(after.refused.hog).toBeGreaterThan(100);
    expect([after.refused.others, after.strangersDenied]).toEqual([0, 0]);
  }, 240_000);
});
