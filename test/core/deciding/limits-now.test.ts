import { describe, expect, test } from '@jest/globals';
import { whyBeyondLimits, whyRedefined } from '../../../core/deciding/limits-now.ts';
import type { Approval } from '../../../core/entitlement.ts';
import type { Grant } from '../../../core/grant.ts';
import { entitlement } from '../../support/entitlements.ts';
import { activeGrant, NO_APPROVALS, NOW } from '../../support/sample-grants.ts';

test('a grant of another definition, or of none, says which entitlement it is about', () => {
  const grant = activeGrant({ entitlement: 'read', definition: 'sha256:a' });
  expect(whyRedefined(grant, { hash: 'sha256:a' })).toBeNull();
  expect(whyRedefined(grant, { hash: 'sha256:b' })).toBe('what read grants has changed');
});

describe('a grant is beyond the limits of today', () => {
  const approval = (required: number): Approval => ({
    ...{ required, refusals: 1, approvers: [], escalateTo: [], lapseAfterSeconds: 60 },
    samePerson: [],
  });
  const why = (grant: Partial<Grant>, required: number | null, maxDurationSeconds = 3600) =>
    whyBeyondLimits(activeGrant(grant), {
      ...entitlement({ id: 'read', maxDurationSeconds }),
      ...(required !== null && { approval: approval(required) }),
    });
  const approvedBy = (required: number) => ({ approvals: { ...NO_APPROVALS, required } });

  test('if it is for longer than the entitlement lasts now', () => {
    expect(why({ durationSeconds: 3600 }, null)).toBeNull();
    expect(why({ durationSeconds: 3600 }, null, 3599)).toBe(
      'read now lasts at most 59 min 59 s, and this is for 1 hour',
    );
  });

  test('if its extensions have made it longer than that', () => {
    const startsAt = 1_000_000;
    const extended = { durationSeconds: 900, startsAt, expiresAt: startsAt + 3_600_000 };
    expect(why(extended, null)).toBeNull();
    expect(why(extended, null, 1800)).toBe(
      'read now lasts at most 30 minutes, and this is for 1 hour',
    );
  });

  test('never by a start that was asked for: it lasts no time before it has begun', () => {
    const waiting = { durationSeconds: 3600, startsAt: NOW, expiresAt: null };
    expect(why(waiting, null)).toBeNull();
    expect(why({ ...waiting, startsAt: null }, null)).toBeNull();
  });

  test('if it was to have fewer approvals than are needed now', () => {
    expect(why(approvedBy(1), 2)).toBe('read now needs 2 approvals, and this was to have 1');
    expect(why(approvedBy(2), 2)).toBeNull();
    expect(why(approvedBy(2), 1)).toBeNull();
    expect(why(approvedBy(2), null)).toBeNull();
  });

  test('but not if policy let it begin without any: policy says whether it may go on', () => {
    expect(why(approvedBy(0), 2)).toBeNull();
  });
});
