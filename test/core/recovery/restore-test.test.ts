import { expect, test } from '@jest/globals';
import { isDue, recentSince, restoredTableIn } from '../../../core/recovery/restore-test.ts';

/** As AWS Backup tells of the end of a restore. */
const DETAIL = {
  restoreJobId: '3A9A1B55-1F03-4A4C-8E5D-6B1B3A7C9D11',
  status: 'COMPLETED',
  resourceType: 'DynamoDB.FullyManaged',
  createdResourceArn:
    'arn:aws:dynamodb:eu-central-1:222222222222:table/awsbackup-restore-test-1a2b3c',
  restoreTestingPlanArn:
    'arn:aws:backup:eu-central-1:222222222222:restore-testing-plan:ValetKey_weekly',
};

test('the event of a restore test names its job and its table', () => {
  expect(restoredTableIn(DETAIL)).toEqual({
    ok: true,
    value: { restoreJobId: DETAIL.restoreJobId, table: 'awsbackup-restore-test-1a2b3c' },
  });
});

test.each([
  [{ status: 'FAILED', statusMessage: 'no access' }, 'the restore is FAILED: no access'],
  [{ status: 'ABORTED' }, 'the restore is ABORTED'],
  [{ restoreJobId: undefined }, 'the event names no restore job'],
  [{ createdResourceArn: undefined }, 'the restore made no table of a test'],
  // The broker's own table is never taken for one that was restored.
  [
    { createdResourceArn: 'arn:aws:dynamodb:eu-central-1:222222222222:table/grants' },
    'the restore made no table of a test',
  ],
])('an event with %j is no good restore', (changes, error) => {
  expect(restoredTableIn({ ...DETAIL, ...changes })).toEqual({ ok: false, error });
});

test('nothing is read from what is no event', () => {
  expect(restoredTableIn(undefined).ok).toBe(false);
});

test('a test is due once its plan is older than a week and a day', () => {
  const now = Date.parse('2026-11-24T06:00:00Z');
  const day = 86_400_000;
  expect(recentSince(now)).toBe(now - 8 * day);
  expect(isDue(now - 7 * day, now)).toBe(false);
  expect(isDue(now - 9 * day, now)).toBe(true);
});
