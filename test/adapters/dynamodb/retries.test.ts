import { describe, expect, test } from '@jest/globals';
import {
  type Again,
  CALL,
  ENDING,
  type Patience,
  repeat,
} from '../../../adapters/dynamodb/retries.ts';
import { ok, type Result } from '../../../core/result.ts';

/** Attempts of five milliseconds each in virtual time, that are refused so often. */
async function play(patience: Patience, refusals: number, chance = 1) {
  let now = 0;
  const pauses: number[] = [];
  let attempts = 0;
  const attempt = async (): Promise<Result<string, never> | Again> => {
    attempts += 1;
    now += 5;
    return attempts > refusals ? ok('written') : { again: `refused ${attempts}` };
  };
  const pause = async (milliseconds: number) => {
    pauses.push(milliseconds);
    now += milliseconds;
  };
  const timing = { now: () => now, pause, chance: () => chance };
  return { done: await repeat(attempt, patience, timing), attempts, pauses, now };
}

describe('a write that was refused for now', () => {
  test('is repeated after pauses that grow up to a limit', async () => {
    const { done, pauses } = await play(CALL, 6);
    expect(done).toEqual(ok('written'));
    expect(pauses).toEqual([25, 50, 100, 200, 400, 400]);
    expect((await play(CALL, 2, 0.5)).pauses).toEqual([12.5, 25]);
  });

  test('is given up after two seconds, or eight where it ends something', async () => {
    const call = await play(CALL, 9999);
    expect(call.done).toEqual({ again: `refused ${call.attempts}` });
    expect(call.now).toBeGreaterThan(2000);
    expect(call.now).toBeLessThan(2500);
    const ending = await play(ENDING, 9999);
    expect(ending.now).toBeGreaterThan(8000);
    expect(ending.now).toBeLessThan(8100);
    expect(ending.attempts).toBeGreaterThan(100);
  });

  test('is not repeated once it was answered', async () => {
    expect(await play(ENDING, 0)).toMatchObject({ attempts: 1, pauses: [] });
  });
});
