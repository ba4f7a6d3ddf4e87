import { describe, expect, test } from '@jest/globals';
import { DEFAULT_LIMITS } from '../../../core/limits.ts';
import { compileBundle } from '../../../core/policy/compile-bundle.ts';
import { compiled, files, language } from '../../support/bundles.ts';

const withLimits = (text: string | null) => files({ 'limits.yaml': text });
const errors = (text: string): readonly string[] => {
  const bundle = compileBundle(withLimits(text), language);
  if (bundle.ok) return [];
  return bundle.error.map(({ file, line, message }) => `${file}:${line} ${message}`);
};

describe('limits.yaml', () => {
  test.each([
    ['no file', null],
    ['an empty mapping', '{}'],
    ['parts that say nothing', 'users: {}\nworkloads: {}\ncoolDown: {}\nentitlements: {}\n'],
  ])('that is %s leaves every limit as it is for everybody', (_, text) => {
    expect(compiled(withLimits(text)).limits).toEqual(DEFAULT_LIMITS);
  });

  test('changes what it names, and nothing else', () => {
    const text = `users: { requestsPerMinute: 60 }
vendsPerMinute: 10
killSwitchPercent: 50
coolDown: { wait: 90s }
entitlements: { read: { openRequestsPerEntitlement: 1 } }
`;
    expect(compiled(withLimits(text)).limits).toEqual({
      ...DEFAULT_LIMITS,
      User: { ...DEFAULT_LIMITS.User, requestsPerMinute: 60 },
      vendsPerMinute: 10,
      killSwitchPercent: 50,
      coolDown: { ...DEFAULT_LIMITS.coolDown, waitSeconds: 90 },
      entitlements: { read: { openRequestsPerEntitlement: 1 } },
    });
  });

  test('may let the first wait be the longest already', () => {
    expect(compiled(withLimits('coolDown: { wait: 1h }')).limits.coolDown).toEqual({
      ...{ afterDenials: 3, waitSeconds: 3600, atMostSeconds: 3600 },
    });
  });

  test('is part of what the bundle is: other limits make another hash', () => {
    expect(compiled(withLimits('vendsPerMinute: 10')).hash).not.toBe(compiled().hash);
  });

  test.each([
    ['an unknown limit', 'users: { requestsPerHour: 5 }', /limits.yaml:1 users.*requestsPerHour/],
    ['no requests at all', 'users: { requestsPerMinute: 0 }', /users.requestsPerMinute/],
    ['a fraction', 'vendsPerMinute: 1.5', /vendsPerMinute/],
    ['more than the counters hold', 'vendsPerMinute: 6001', /vendsPerMinute/],
    ['a share that is not noted', 'killSwitchPercent: 19', /killSwitchPercent/],
    ['more than the whole', 'killSwitchPercent: 101', /killSwitchPercent/],
    ['a text', 'vendsPerMinute: many', /vendsPerMinute/],
    ['a longest wait below the first', 'coolDown: { wait: 2h }', /atMost: is shorter than wait/],
    ['no duration', 'coolDown: { wait: soon }', /coolDown.wait/],
    [
      'an entitlement that there is not',
      'entitlements: { reed: { vendsPerMinute: 1 } }',
      /limits.yaml:1 entitlements.reed: is no entitlement of the bundle.*read/,
    ],
    [
      'requests a minute of one entitlement',
      'entitlements: { read: { requestsPerMinute: 1 } }',
      /entitlements.read.*requestsPerMinute/,
    ],
    ['a list', '- vendsPerMinute: 1', /limits.yaml:1/],
  ])('with %s is refused, and where it is', (_, text, expected) => {
    const [first = '', ...more] = errors(text);
    expect(first).toMatch(expected);
    expect(more).toEqual([]);
  });
});
