import { afterEach, describe, expect, test } from '@jest/globals';
import {
  type RenewingCredentials,
  renewingCredentials,
} from '../../../cli/credentials/renewing.ts';
import { CREDENTIALS, GRANT } from '../fake-server.ts';

/** When credentials are renewed, with a clock that the test sets. */

const MINUTE = 60_000;
let now = Date.parse('2026-11-24T12:00:00Z');
let renewing: RenewingCredentials | null = null;
afterEach(() => renewing?.stop());

const lasting = (minutes: number) => ({
  grant: GRANT,
  credentials: { ...CREDENTIALS, expiration: new Date(now + minutes * MINUTE).toISOString() },
});

function begin(minutes: number, vend: () => ReturnType<typeof lasting>) {
  let calls = 0;
  renewing = renewingCredentials(
    lasting(minutes),
    async () => {
      calls += 1;
      return vend();
    },
    () => now,
  );
  const left = async (): Promise<number> =>
    Math.round((Date.parse((await renewing?.current())?.expiration ?? '') - now) / MINUTE);
  return { left, calls: () => calls };
}

describe('credentials of an hour', () => {
  test('are not renewed while more than 20 minutes are left', async () => {
    const { left, calls } = begin(60, () => lasting(60));
    now += 39 * MINUTE;
    expect(await left()).toBe(21);
    expect(calls()).toBe(0);
  });

  test('are renewed before SDKs refresh them', async () => {
    const { left } = begin(60, () => lasting(60));
    now += 41 * MINUTE;
    expect(await left()).toBe(60);
  });

  test('are renewed once for any number of callers', async () => {
    const { left, calls } = begin(60, () => lasting(60));
    now += 41 * MINUTE;
    await Promise.all([left(), left(), left()]);
    expect(calls()).toBe(1);
  });
});

test('a laptop that slept past the expiry gets new credentials at once', async () => {
  const { left } = begin(60, () => lasting(60));
  now += 8 * 60 * MINUTE;
  expect(await left()).toBe(60);
});

test('after the end of the grant the reason is an error', async () => {
  const { left } = begin(60, () => {
    throw new Error('The grant is expired.');
  });
  now += 61 * MINUTE;
  await expect(left()).rejects.toThrow('The grant is expired.');
});

test('credentials that have not expired outlast a failing broker', async () => {
  const { left } = begin(60, () => {
    throw new Error('unavailable');
  });
  now += 50 * MINUTE;
  expect(await left()).toBe(10);
});

test('a renewal without a later expiry is not repeated with every call', async () => {
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
