import { describe, expect, test } from '@jest/globals';
import { expandAction } from '../../../core/usage/actions.ts';
import { keptActions } from '../../../core/usage/kept-actions.ts';
import type { JudgedAction } from '../../../core/usage.ts';

const MAP = { expandAction, servicesOf: () => [], checkedBeside: () => null };

/** What stands in place of actions where all that they match are unused but some. */
function kept(actions: readonly string[], used: readonly string[]) {
  const judged = actions
    .flatMap((action) => expandAction(action) ?? [])
    .map((action) => {
      const answer = used.includes(action) ? 'used' : 'unused';
      return { action, answer } as JudgedAction;
    });
  const found = keptActions(judged, [], MAP);
  const left = found.actionsOf({ Effect: 'Allow', Action: actions });
  return { left, remarks: found.remarks };
}

describe('a pattern that known actions replace', () => {
  test.each([['s3:Get*'], ['s3:*'], ['sqs:*Queue*']])(
    'drops what is newer than the list: %s says so',
    (pattern) => {
      const { left, remarks } = kept([pattern], ['s3:GetObject', 'sqs:CreateQueue']);
      expect(left).toHaveLength(1);
      expect(remarks).toEqual([expect.stringContaining(pattern)]);
      expect(remarks.join()).toMatch(/not known here/);
    },
  );

  test('says so too where nothing is left of it', () => {
    const { left, remarks } = kept(['s3:Get*', 'sqs:CreateQueue'], ['sqs:CreateQueue']);
    expect(left).toEqual(['sqs:CreateQueue']);
    expect(remarks).toEqual([expect.stringContaining('s3:Get*')]);
  });

  test('says it once, and nothing of names and of patterns that stay', () => {
    const used = expandAction('sqs:Get*') ?? [];
    const { left, remarks } = kept(['sqs:Get*', 's3:GetObject', 's3:PutObject'], [...used]);
    expect(left).toEqual(['sqs:Get*']);
    expect(remarks).toEqual([]);
    expect(kept(['s3:Get*', 's3:Get*'], ['s3:GetObject']).remarks).toHaveLength(1);
  });
});
