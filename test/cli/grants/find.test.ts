import { describe, expect, test } from '@jest/globals';
import { grantIdOf } from '../../../cli/grants/find.ts';
import { fakeBroker } from '../fake-broker.ts';
import { GRANT } from '../fake-server.ts';

const FIRST = { ...GRANT, id: 'gr_aaaa0000000000000000' };
const SECOND = { ...GRANT, id: 'gr_aabb0000000000000000', status: 'pending' };

const find = (
  given: string | undefined,
  among: 'own' | 'reviewable' | 'due' = 'own',
  statuses = ['active'],
  grants: readonly object[] = [FIRST, SECOND],
) => grantIdOf(fakeBroker(() => ({ grants, nextCursor: null })).broker, given, among, statuses);

describe('a grant', () => {
  test('is named by its id, without a call', async () => {
    const { broker, calls } = fakeBroker(() => ({}));
    expect(await grantIdOf(broker, GRANT.id, 'own', [])).toBe(GRANT.id);
    expect(calls).toEqual([]);
  });

  test.each(['gr_aaaa', 'aaaa'])('is named by the unique prefix %s', async (prefix) => {
    expect(await find(prefix)).toBe(FIRST.id);
  });

  test('is the only one of the user that fits, if none is named', async () => {
    expect(await find(undefined)).toBe(FIRST.id);
  });
});

test('a review that is due is offered, although there is only one, and others are not', async () => {
  const review = { status: 'due', dueAt: '2099-01-01T00:00:00Z' };
  const found = find(undefined, 'due', [], [{ ...SECOND, review }, FIRST]);
  await expect(found).rejects.toMatchObject({ hint: SECOND.id });
});

describe('an error says', () => {
  test.each<[string, Parameters<typeof find>, string]>([
    ['that the text is not an id', ['Nonsense!'], '"Nonsense!" is not a grant id.'],
    ['that no id has the prefix', ['gr_zzz'], 'No grant id starts with gr_zzz.'],

    ['which status no grant has', [undefined, 'own', ['scheduled']], 'no grant that is scheduled'],
    ['that no vote is due', [undefined, 'reviewable', ['scheduled']], 'No grant waits for'],
    ['that no review is due', [undefined, 'due', []], 'No review is due'],
    ['that a vote needs an id', [undefined, 'reviewable', ['pending']], 'give its id'],
  ])('%s', async (_, args, message) => {
    await expect(find(...args)).rejects.toThrow(message);
  });

  test('which ids have a prefix that is not unique', async () => {
    const third = { ...FIRST, id: 'gr_aaaa1111111111111111' };
    await expect(find('gr_aaaa', 'own', [], [FIRST, third])).rejects.toMatchObject({
      message: 'More than one grant id starts with gr_aaaa.',
      hint: `${FIRST.id}, ${third.id}`,
    });
  });
});
