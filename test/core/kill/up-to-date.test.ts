import { describe, expect, test } from '@jest/globals';
import { type KillSwitch, NOTHING_DENIED } from '../../../core/kill/deny-policy.ts';
import { isTrueTo, isUpToDate, sameJson } from '../../../core/kill/up-to-date.ts';
import { err } from '../../../core/result.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { killWorld, naming, revoking, START, withKills } from '../../support/kill-ports.ts';
import { ROLE } from '../../support/sample-grants.ts';

describe('a switch', () => {
  test('is up to date while it denies exactly what the rows demand', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    const isCurrent = (...grantIds: readonly string[]) =>
      isUpToDate(world.ports, ROLE, naming(...grantIds));
    expect(await isCurrent(id)).toBe(true);
    expect(await isCurrent()).toBe(false);
    expect(await isCurrent('gr_0', id)).toBe(false);
    world.now = START + 3_600_000;
    expect(await isCurrent(id)).toBe(false);
    expect(await isCurrent()).toBe(true);
  });

  test.each(['denied', 'open'] as const)(
    'is not up to date when the store does not answer to %s',
    async (method) => {
      const ports = withKills(killWorld().ports, { [method]: async () => err(NO_STORE) });
      expect(await isUpToDate(ports, ROLE, NOTHING_DENIED)).toBe(false);
    },
  );
});

describe('a switch is true to the rows', () => {
  const rows = (
    denied: readonly string[],
    open: readonly string[] = [],
    principalKey = 'ana-0000000000000001',
  ) => ({
    denied: denied.map((grantId) => {
      return { grantId, principalKey, at: START, until: START + 1000, begins: false };
    }),
    open: open.map((grantId) => ({ grantId, principalKey })),
    readAt: START,
    cutoff: null,
  });
  const cutoff = START + 31_000;
  const principals = [{ hash: '0000000000000001', cutoff }];

  test.each<[string, Partial<KillSwitch>, ReturnType<typeof rows>, boolean]>([
    ['a prefix that denies all of them', { patterns: ['gr_1'] }, rows(['gr_11', 'gr_12']), true],
    ['one too few', { patterns: ['gr_11'] }, rows(['gr_11', 'gr_12']), false],
    ['a pattern that denies none', { patterns: ['gr_1', 'gr_2'] }, rows(['gr_11']), false],
    ['an open grant denied', { patterns: ['gr_1'] }, rows(['gr_11'], ['gr_12']), false],
    [
      'an open grant excepted',
      { patterns: ['gr_1'], except: ['gr_12'] },
      rows(['gr_11'], ['gr_12']),
      true,
    ],
    [
      'an ended grant that is said to be open',
      { patterns: ['gr_1'] },
      rows(['gr_1'], ['gr_1']),
      true,
    ],
    [
      'an open grant denied of a principal who takes too much room',
      { patterns: ['gr_1'], unspared: ['0000000000000001'] },
      rows(['gr_11'], ['gr_12']),
      true,
    ],
    [
      'an open grant denied of anybody else',
      { patterns: ['gr_1'], unspared: ['0000000000000002'] },
      rows(['gr_11'], ['gr_12']),
      false,
    ],
    ['a cutoff that denies what has no pattern', { cutoff }, rows(['gr_1']), true],
    ['a cutoff too early', { cutoff: cutoff - 1 }, rows(['gr_1']), false],
    ['a cutoff that is not needed', { patterns: ['gr_1'], cutoff }, rows(['gr_1']), false],
    ['a principal’s cutoff', { principals }, rows(['gr_1']), true],
    ['a principal’s that is not needed', { patterns: ['gr_1'], principals }, rows(['gr_1']), false],
    [
      'a principal’s beside one that is needed',
      { patterns: ['gr_1'], principals: [...principals, { hash: '0000000000000002', cutoff }] },
      {
        ...rows([]),
        denied: [...rows(['gr_1']).denied, ...rows(['gr_2'], [], 'bob-0000000000000002').denied],
      },
      false,
    ],
    ['both, where one is enough', { principals, cutoff }, rows(['gr_1']), false],
  ])('%s', (_, made, given, isTrue) => {
    expect(isTrueTo({ ...NOTHING_DENIED, ...made }, given)).toBe(isTrue);
  });
});

describe('two texts of a policy', () => {
  test.each([
    ['the same text', '{"a":1}', '{"a":1}', true],
    ['another format', '{"a":1}', '{ "a": 1 }\n', true],
    ['other content', '{"a":1}', '{"a":2}', false],
    ['no policy twice', null, null, true],
    ['a policy and none', '{"a":1}', null, false],
    ['none and a policy', null, '{"a":1}', false],
    ['no policy and a text without one', null, 'null', false],
    ['a text without a policy and none', 'null', null, false],
    ['no JSON, even if twice', '{', '{', false],
  ])('are compared by what they say: %s', (_, a, b, same) => {
    expect(sameJson(a, b)).toBe(same);
  });
});
