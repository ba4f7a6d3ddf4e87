import { describe, expect, test } from '@jest/globals';
import type { CompiledPolicy } from '../../../core/bundle/bundle.ts';
import { changesOfFields, show } from '../../../core/policy/diff-fields.ts';
import { changesOfPolicy } from '../../../core/policy/diff-policy.ts';

function policy(body: string, annotations = '@id("p")', advice: string | null = null) {
  const head = { principal: null, actions: [], resource: null };
  const text = `${annotations}\n${body}`;
  return { id: 'p', effect: 'permit', advice, head, text } as unknown as CompiledPolicy;
}
const BODY = 'permit (principal, action, resource);';

test('another effect is told before the lines', () => {
  const forbid = policy(BODY.replace('permit', 'forbid'));
  const lines = [
    '- permit (principal, action, resource);',
    '+ forbid (principal, action, resource);',
  ];
  expect(changesOfPolicy(policy(BODY), { ...forbid, effect: 'forbid' })).toEqual([
    'effect: permit → forbid',
    ...lines,
  ]);
});

describe('advice that is added or removed', () => {
  test.each([
    [null, 'Ask for less.', 'advice: none → Ask for less.'],
    ['Ask for less.', null, 'advice: Ask for less. → none'],
    ['Ask for less.', 'Ask later.', 'advice: Ask for less. → Ask later.'],
  ])('%j → %j', (before, after, line) => {
    const of = (advice: string | null) => policy(BODY, '@id("p")', advice);
    expect(changesOfPolicy(of(before), of(after))).toEqual([line]);
    expect(changesOfPolicy(of(before), of(before))).toEqual([]);
  });
});

describe('a warning that is accepted', () => {
  const accepted = '@id("p") @acknowledged("name-decides: agreed")';

  test('is told from the annotations, wherever it stands among them', () => {
    const line = 'acknowledged: none → name-decides: agreed';
    expect(changesOfPolicy(policy(BODY), policy(BODY, accepted))).toEqual([line]);
    const spaced = '@acknowledged\n(\n  "name-decides: agreed" )\n@id("p")';
    expect(changesOfPolicy(policy(BODY), policy(BODY, spaced))).toEqual([line]);
    expect(changesOfPolicy(policy(BODY, accepted), policy(BODY, spaced))).toEqual([]);
  });

  test('is none where a policy has no annotations', () => {
    expect(changesOfPolicy(policy(BODY, ''), policy(BODY, accepted))).toEqual([
      'acknowledged: none → name-decides: agreed',
    ]);
  });

  test('is none in a text of the policy itself', () => {
    const speaks = policy(
      'permit (principal, action, resource) when { "@acknowledged(1)" != "" };',
    );
    const lines = changesOfPolicy(speaks, policy(BODY));
    expect(lines.filter((line) => line.startsWith('acknowledged'))).toEqual([]);
  });
});

describe('lines that are added or removed are told in their order', () => {
  const of = (...lines: readonly string[]) => policy(lines.join('\n'));

  test.each([
    ['at the end', ['a', 'b'], ['a', 'b', 'c', 'd'], ['+ c', '+ d']],
    ['from the end', ['a', 'b', 'c', 'd'], ['a', 'b'], ['- c', '- d']],
    ['at the beginning', ['c'], ['a', 'b', 'c'], ['+ a', '+ b']],
    ['from the beginning', ['a', 'b', 'c'], ['c'], ['- a', '- b']],
    ['all of them', ['a', 'b'], ['c', 'd'], ['- a', '- b', '+ c', '+ d']],
    ['in the middle', ['a', 'x', 'b'], ['a', 'y', 'b'], ['- x', '+ y']],
    ['as few as possible', ['a', 'b', 'c'], ['b', 'c', 'a'], ['- a', '+ a']],
    [
      'where what is kept follows much that is not',
      ['a', 'b', 'a'],
      ['d', 'a'],
      ['- a', '- b', '+ d'],
    ],
    ['without those that are empty', ['a', '', 'b'], ['a', '', ' ', 'c'], ['- b', '+ c']],
    ['and the others are kept', ['b', 'c', 'a'], ['a', 'b', 'c'], ['+ a', '- a']],
  ])('%s', (_, before, after, lines) => {
    expect(changesOfPolicy(of(...before), of(...after))).toEqual(lines);
  });
});

describe('a value is shown as a person would write it', () => {
  test.each([
    [undefined, 'none'],
    [null, 'null'],
    ['a', 'a'],
    [['a', 'b'], '[a, b]'],
    [{ amr: ['mfa', 'otp'], acr: 'x' }, '{ amr: [mfa, otp], acr: x }'],
  ])('%j as %s', (value, text) => {
    expect(show(value)).toBe(text);
  });

  test('in the fields that differ, and in no others', () => {
    const before = { a: 1, mfa: { amr: ['mfa'], acr: 'x' }, gone: true };
    const after = { a: 1, mfa: { amr: ['mfa'], acr: 'y' }, constructor: 'new' };
    expect(changesOfFields(before, after)).toEqual([
      'mfa: { amr: [mfa], acr: x } → { amr: [mfa], acr: y }',
      'gone: true → none',
      'constructor: none → new',
    ]);
  });
});
