import { describe, expect, test } from '@jest/globals';
import { cedarAnalyst } from '../../../adapters/cedar/policy-analyst.ts';
import { policySets } from '../../../adapters/cedar/policy-sets.ts';
import { lint } from '../../../core/policy/lint.ts';
import { readBundle } from '../../../core/policy/read-bundle.ts';
import { cedar, compiled, files, language } from '../../support/bundles.ts';

const HEAD =
  'permit (principal is ValetKey::User, action == ValetKey::Action::"request", resource)';
const policy = (condition: string, id = 'x') => `@id("${id}") ${HEAD} when { ${condition} };`;
const joined = (count: number, by: string) =>
  Array.from({ length: count }, (_, index) => `context.durationSeconds != ${index}`).join(by);
const within = (count: number, text = 'true') => `${'('.repeat(count)}${text}${')'.repeat(count)}`;

describe('a policy that would break the engine', () => {
  test.each([
    ['of 1,000 ||', joined(1000, ' || '), 'more than 200 operators'],
    ['of 1,500 &&', joined(1500, ' && '), 'more than 200 operators'],
    ['of 300 brackets', within(300), 'more than 30 brackets'],
    ['of 300 lists', `${'['.repeat(300)}${']'.repeat(300)} == []`, 'more than 30 brackets'],
    [
      'of 1,000 ifs',
      `${'if resource.risk == "low" then true else '.repeat(1000)}false`,
      'more than 200 operators',
    ],
    ['of 400 names after has', `context has a${'.a'.repeat(400)}`, 'more than 200 operators'],
    ['of 2,000 dots', `context${'.a'.repeat(2000)} == 1`, 'more than 1000 dots'],
    ['of 400 clauses', `true } ${'when { true } '.repeat(400)} when { true`, 'more than 200'],
  ])('%s is refused in our words, and the next one is read', (_, condition, says) => {
    const text = `${policy('true', 'fine')}\n\n${policy(condition)}`;
    expect(language.parse(text)).toEqual({
      ok: false,
      error: [{ offset: text.lastIndexOf('@id'), message: expect.stringContaining(says) }],
    });
    expect(language.parse(policy('true')).ok).toBe(true);
  });

  test('is refused where the broker loads it', () => {
    const bundle = compiled();
    const [known] = Object.values(bundle.policies);
    if (known === undefined) throw new Error('no policy');
    const policies = { x: { ...known, id: 'x', text: policy(within(300)) } };
    expect(() => policySets(cedar, { ...bundle, policies })).toThrow(
      "the compiled policy 'x': a policy has more than 30 brackets",
    );
  });
});

test('texts and comments do not count, and policies count alone', () => {
  const quoted = `"${'(&&'.repeat(400)}\\"${'('.repeat(400)}" == "a"`;
  const many = Array.from({ length: 30 }, (_, index) => policy(joined(20, ' && '), `p${index}`));
  const text = [`// ${'('.repeat(400)}`, policy(quoted), ...many].join('\n');
  expect(language.parse(text).ok).toBe(true);
});

test('what is within the limits is read, checked and linted', () => {
  const condition = within(28, joined(200, ' || '));
  const read = readBundle(files({ 'policies/p.cedar': policy(condition) }), language);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  expect(lint(read.value, language, cedarAnalyst(cedar))).toBeInstanceOf(Array);
});
