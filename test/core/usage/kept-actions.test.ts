import { describe, expect, test } from '@jest/globals';
import { expandAction } from '../../../core/usage/actions.ts';
import { type ActionMap, keptActions } from '../../../core/usage/kept-actions.ts';
import type { JudgedAction } from '../../../core/usage.ts';

const MAP: ActionMap = { expandAction, servicesOf: () => [], checkedBeside: () => null };

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

describe('what stays', () => {
  const judgedAs = (answers: Readonly<Record<string, JudgedAction['answer']>>) =>
    Object.entries(answers).map(([action, answer]) => ({ action, answer }) as JudgedAction);
  const left = (answers: Parameters<typeof judgedAs>[0], Action: string[], map = MAP) =>
    keptActions(judgedAs(answers), [], map).actionsOf({ Effect: 'Allow', Action });

  test('is what a used action may have needed, and not what an unused one may', () => {
    const checkedBeside = (one: string) => (one === 's3:PutObject' ? 'it may' : null);
    const map = { ...MAP, checkedBeside };
    const asked = ['s3:PutObject', 's3:GetObject'];
    const unused = { 's3:PutObject': 'unused', 's3:GetObject': 'unused' } as const;
    expect(left(unused, asked, map)).toEqual([]);
    expect(left({ ...unused, 's3:PutObject': 'used' }, asked, map)).toEqual(asked);
  });

  test('has each action once, and says once why', () => {
    const used = { 's3:PutObject': 'used', 's3:GetObject': 'used' } as const;
    const answers = { ...used, 's3:DeleteObject': 'unused' } as const;
    const map = { ...MAP, checkedBeside: () => 'it may' };
    const found = keptActions(judgedAs(answers), [], map);
    expect(found.remarks).toEqual(['s3:DeleteObject stays: it may']);
    const twice = ['s3:GetObject', 'S3:getobject', 's3:PutObject'];
    expect(left(answers, twice)).toEqual(['s3:GetObject', 's3:PutObject']);
  });

  test('is a pattern where an action may be one of it that nobody knows', () => {
    const answers = { 'foo:Get*': 'unknown', 'foo:Put': 'unused' } as const;
    expect(left(answers, ['foo:Get*'])).toEqual(['foo:Get*']);
    expect(left({ ...answers, 'foo:GetIt': 'used' }, ['foo:*'])).toEqual(['foo:*']);
  });

  test('is a pattern where the list would be longer than 40', () => {
    const all = expandAction('ec2:Describe*') ?? [];
    const answersOf = (used: number) =>
      Object.fromEntries(all.map((one, at) => [one, at < used ? 'used' : 'unused'] as const));
    expect(left(answersOf(40), ['ec2:Describe*'])).toEqual(all.slice(0, 40));
    expect(left(answersOf(41), ['ec2:Describe*'])).toEqual(['ec2:Describe*']);
  });
});
