import { describe, expect, test } from '@jest/globals';
import { readPolicies } from '../../../core/bundle/policy-file.ts';
import { compileBundle } from '../../../core/policy/compile-bundle.ts';
import { compiled, files, language } from '../../support/bundles.ts';

/** Every mistake as `file:line: message`. */
function mistakesIn(changes: Readonly<Record<string, string | null>>): readonly string[] {
  const bundle = compileBundle(files(changes), language);
  if (bundle.ok) throw new Error('it compiled');
  return bundle.error.map(({ file, line, message }) => `${file}:${line}: ${message}`);
}

const policies = (text: string) => ({ 'policies/more.cedar': text });

const REQUEST = 'action == ValetKey::Action::"request"';
const permit = (id: string, when = 'true', head = `principal, ${REQUEST}, resource`) =>
  `@id("${id}")\npermit (${head})\nwhen { ${when} };\n`;
const of = (principal: string) => permit('x', 'true', `${principal}, ${REQUEST}, resource`);

type Case = readonly [what: string, changes: Readonly<Record<string, string | null>>, says: RegExp];

const POLICY_MISTAKES: readonly Case[] = [
  [
    'no id',
    policies(`permit (principal, ${REQUEST}, resource);`),
    /^policies\/more.cedar:1: a permit has no @id; write @id/,
  ],
  [
    'an id without a value',
    policies(`@id permit (principal, ${REQUEST}, resource);`),
    /^policies\/more.cedar:1: a permit has an @id without a value; write @id/,
  ],
  ['an id in capitals', policies(permit('No Spaces')), /^policies\/more.cedar:1: @id\("No Spaces"/],
  [
    'a forbid with an empty advice',
    policies(`${permit('a')}\n@id("f") @advice("")\nforbid (principal, ${REQUEST}, resource);`),
    /^policies\/more.cedar:5: .*'f' has no @advice/,
  ],
  [
    'a forbid without an advice',
    policies(`@id("f")\nforbid (principal, ${REQUEST}, resource);`),
    /^policies\/more.cedar:1: the forbid 'f' has no @advice; write @advice/,
  ],
  [
    'one id twice in a file',
    policies(permit('a') + permit('a', '1 > 0')),
    /more.cedar:4: .*already used/,
  ],
  [
    'the same policy twice',
    policies(permit('a') + permit('b') + permit('a')),
    /more.cedar:7: .*"a".*already used/,
  ],
  [
    'a syntax error far below',
    policies(`${permit('a')}\n\nperm (x);`),
    /^policies\/more.cedar:6: /,
  ],
  ['an unknown action', policies(permit('x').replace('"request"', '"ask"')), /more.cedar:2: .*ask/],
  [
    'a type error in the second policy',
    policies(permit('a') + permit('b', 'context.durationSeconds == "1h"')),
    /^policies\/more.cedar:6: policy 'b'/,
  ],
  ['an unknown attribute', policies(permit('x', 'resource.owner == "a"')), /more.cedar:3: .*owner/],
  ['a tag without a check', policies(permit('x', 'principal.getTag("ref") == "a"')), /:3: .*tag/i],
  ['a principal of an unknown type', policies(of('principal is ValetKey::Robot')), /:2: .*Robot/],
  ['a user without an issuer', policies(of('principal == ValetKey::User::"ana"')), /:1: .*'ana'/],
  [
    'a workload of an unknown issuer',
    policies(of('principal == ValetKey::Workload::"ci:1"')),
    /'ci:1'/,
  ],
  [
    'a group of an unknown issuer in a condition',
    policies(permit('x', 'principal in ValetKey::Group::"peopel:a"')),
    /^policies\/more.cedar:1: policy 'x': 'peopel:a'.*people, github/,
  ],
  [
    'an unknown entitlement in a condition',
    policies(permit('x', 'resource == ValetKey::Entitlement::"raed"')),
    /^policies\/more.cedar:1: policy 'x': entitlement 'raed' does not exist/,
  ],
  [
    'a template for resources',
    policies(of('principal').replace('resource)', 'resource == ?resource)')),
    /templates/,
  ],
];

describe('the policies of a bundle', () => {
  test.each(POLICY_MISTAKES)('are refused for %s, at its line', (_, changes, says) => {
    expect(mistakesIn(changes)).toContainEqual(expect.stringMatching(says));
  });

  test('keep their text, effect and advice, by id', () => {
    const forbid = `@id("f") @advice("Not now.") forbid (principal, ${REQUEST}, resource);`;
    const bundle = compiled(files(policies(`${forbid}\n${permit('a')}`)));
    expect(Object.keys(bundle.policies)).toEqual(['a', 'f', 'read-is-fine']);
    expect(bundle.policies['f']).toMatchObject({
      effect: 'forbid',
      advice: 'Not now.',
      text: forbid,
    });
    expect(bundle.policies['a']?.advice).toBeNull();
  });

  test('keep the reasons for which their author accepts warnings', () => {
    const known = permit('a').replace('\n', '\n@acknowledged("name-decides: agreed")\n');
    const acknowledged = (text: string) => {
      const read = readPolicies('p.cedar', text, language);
      return read.ok ? read.value.map((policy) => policy.acknowledged) : read.error;
    };
    expect(acknowledged(known + permit('b'))).toEqual([{ 'name-decides': 'agreed' }, {}]);
    expect(acknowledged(known.replace('agreed', ' '))).toEqual([
      {
        ...{ file: 'p.cedar', line: 1 },
        message: "the @acknowledged of 'a' gives no reason; write name-decides: <why>",
      },
    ]);
  });
});
