import { describe, expect, test } from '@jest/globals';
import { NOTHING_DENIED } from '../../../core/kill/deny-policy.ts';
import { isUpToDate, sameJson, sameSwitch } from '../../../core/kill/up-to-date.ts';
import { err } from '../../../core/result.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { killWorld, revoking, START, withKills } from '../../support/kill-ports.ts';
import { ROLE } from '../../support/sample-grants.ts';

describe('a switch', () => {
  test('is up to date while it denies exactly what the rows demand', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    const isCurrent = (...grantIds: readonly string[]) =>
      isUpToDate(world.ports, ROLE, { grantIds, cutoff: null });
    expect(await isCurrent(id)).toBe(true);
    expect(await isCurrent()).toBe(false);
    expect(await isCurrent('gr_0', id)).toBe(false);
    world.now = START + 3_600_000;
    expect(await isCurrent(id)).toBe(false);
    expect(await isCurrent()).toBe(true);
  });

  test('is not up to date when the store does not answer', async () => {
    const ports = withKills(killWorld().ports, { denied: async () => err(NO_STORE) });
    expect(await isUpToDate(ports, ROLE, NOTHING_DENIED)).toBe(false);
  });

  test('is the same as another with the same names and the same cutoff', () => {
    const one = { grantIds: ['a', 'b'], cutoff: START };
    expect(sameSwitch(one, { ...one })).toBe(true);
    expect(sameSwitch(one, { ...one, cutoff: null })).toBe(false);
    expect(sameSwitch(one, { ...one, grantIds: ['a'] })).toBe(false);
    expect(sameSwitch(one, { ...one, grantIds: ['ab'] })).toBe(false);
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
