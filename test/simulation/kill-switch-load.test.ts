import { describe, expect, test } from '@jest/globals';
import { revokeAtOnce } from './revoke-at-once.ts';

/** A thousand grants on one role, revoked at once. */

describe('a thousand revocations on one role at once', () => {
  test('cost at most twenty writes, never more than 10,240 characters, and none is lost', async () => {
    const { aws, reported, alive } = await revokeAtOnce(1000, { fails: 0, loses: 0, late: 0 });
    expect(new Set(reported).size).toBe(1000);
    expect(alive).toEqual([]);
    expect(aws.putCalls).toBeLessThanOrEqual(20);
    expect(aws.longest).toBeLessThanOrEqual(10_240);
  });

  test('are all carried out, even by an IAM that loses, delays and reorders writes', async () => {
    const { reported, alive } = await revokeAtOnce(300, { fails: 0.03, loses: 0.03, late: 0.1 });
    expect(new Set(reported).size).toBe(300);
    expect(alive).toEqual([]);
  });
});
