import { describe, expect, test } from '@jest/globals';
import { err, ok } from '../../core/result.ts';
import { type Conflict, retryOnConflict } from '../../core/retry-on-conflict.ts';

const CONFLICT = err<Conflict>({ code: 'conflict' });

/** Meets so many conflicts, and then the answer; counts the attempts. */
function attempts<T>(conflicts: number, answer: T) {
  const counted = { made: 0 };
  const attempt = async () => {
    counted.made += 1;
    return counted.made <= conflicts ? CONFLICT : answer;
  };
  return { counted, attempt };
}

describe('retry on conflict', () => {
  test.each([0, 1, 39])(
    'returns what the attempt after %i conflicts returned',
    async (conflicts) => {
      const { counted, attempt } = attempts(conflicts, ok('written'));
      expect(await retryOnConflict(attempt)).toEqual(ok('written'));
      expect(counted.made).toBe(conflicts + 1);
    },
  );

  test.each([40, 1000])('gives up after forty conflicts of %i', async (conflicts) => {
    const { counted, attempt } = attempts(conflicts, ok('written'));
    expect(await retryOnConflict(attempt)).toEqual(CONFLICT);
    expect(counted.made).toBe(40);
  });

  test.each([0, 3])('repeats no other error, after %i conflicts', async (conflicts) => {
    const failed = err({ code: 'unavailable', what: 'store' });
    const { counted, attempt } = attempts(conflicts, failed);
    expect(await retryOnConflict<unknown, { readonly code: string }>(attempt)).toEqual(failed);
    expect(counted.made).toBe(conflicts + 1);
  });

  test('begins an attempt only when the one before has ended', async () => {
    let running = 0;
    let most = 0;
    await retryOnConflict(async () => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      return CONFLICT;
    });
    expect(most).toBe(1);
  });
});
