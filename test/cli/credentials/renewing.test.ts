import { afterEach, describe, expect, test } from '@jest/globals';
import { type RenewingKeys, renewingKeys } from '../../../cli/credentials/renewing.ts';
import { GRANT, KEYS } from '../fake-server.ts';

/** When keys are renewed, by a clock of the test's. */

const MINUTE = 60_000;
let now = Date.parse('2026-11-24T12:00:00Z');
let keys: RenewingKeys | null = null;
afterEach(() => keys?.stop());

const lasting = (minutes: number) => ({
  grant: GRANT,
  credentials: { ...KEYS, expiration: new Date(now + minutes * MINUTE).toISOString() },
});

function begin(minutes: number, vend: () => ReturnType<typeof lasting>) {
  let calls = 0;
  keys = renewingKeys(
    lasting(minutes),
    async () => {
      calls += 1;
      return vend();
    },
    () => now,
  );
  const left = async (): Promise<number> =>
    Math.round((Date.parse((await keys?.current())?.expiration ?? '') - now) / MINUTE);
  return { left, calls: () => calls };
}

describe('keys of an hour', () => {
  test('are given as they are while more than 20 minutes are left', async () => {
    const { left, calls } = begin(60, () => lasting(60));
    now += 39 * MINUTE;
    expect(await left()).toBe(21);
    expect(calls()).toBe(0);
  });

  test('are renewed before SDKs ask for it', async () => {
    const { left } = begin(60, () => lasting(60));
    now += 41 * MINUTE;
    expect(await left()).toBe(60);
  });

  test('are renewed once, however many ask', async () => {
    const { left, calls } = begin(60, () => lasting(60));
    now += 41 * MINUTE;
    await Promise.all([left(), left(), left()]);
    expect(calls()).toBe(1);
  });
});

test('a laptop that slept over the expiry gets new keys at once', async () => {
  const { left } = begin(60, () => lasting(60));
  now += 8 * 60 * MINUTE;
  expect(await left()).toBe(60);
});

test('after the end of the grant there are none, and why is told', async () => {
  const { left } = begin(60, () => {
    throw new Error('The grant is expired.');
  });
  now += 61 * MINUTE;
  await expect(left()).rejects.toThrow('The grant is expired.');
});

test('a broker that fails takes no keys away that still work', async () => {
  const { left } = begin(60, () => {
    throw new Error('unavailable');
  });
  now += 50 * MINUTE;
  expect(await left()).toBe(10);
});

test('where no later end is to be had it is not asked for with every call', async () => {
  const end = now + 15 * MINUTE;
  const { left, calls } = begin(15, () => lasting((end - now) / MINUTE));
  now += 10 * MINUTE;
  await left();
  now += 10_000;
  await left();
  expect(calls()).toBe(1);
  now += 30_000;
  await left();
  expect(calls()).toBe(2);
});
