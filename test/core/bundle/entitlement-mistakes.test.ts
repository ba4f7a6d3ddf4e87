import { describe, expect, test } from '@jest/globals';
import { compileBundle } from '../../../core/policy/compile-bundle.ts';
import { files, language, READ } from '../../support/bundles.ts';

/** The lines on which the mistakes stand, as `line: message`; all of them in the same file. */
function mistakesIn(text: string): readonly string[] {
  const bundle = compileBundle(files({ 'entitlements/read.yaml': text }), language);
  if (bundle.ok) throw new Error('it compiled');
  expect(new Set(bundle.error.map(({ file }) => file))).toEqual(
    new Set(['entitlements/read.yaml']),
  );
  return bundle.error.map(({ line, message }) => `${line}: ${message}`);
}

const change = (from: string, to: string): string => {
  expect(READ).toContain(from);
  return READ.replace(from, to);
};
const more = (text: string): string => `${READ}${text}\n`;
const pattern = (text: string): string => change('[a-z0-9/]{1,20}', text);
const resource = (text: string): string => change('acme/{{prefix}}/*', text);

const OTHER_ROLE = 'arn:aws:iam::{{account}}:role/other';

type Case = readonly [what: string, text: string, says: RegExp];

const SHAPE: readonly Case[] = [
  ['nothing at all', '', /^1: /],
  ['a list', '- a\n', /^1: /],
  ['a tab for indentation', change('  prefix:', '\tprefix:'), /^8: /],
  ['a key twice', more('risk: high'), /^11: .*unique/],
  ['a second document', more('---\nid: second'), /^11: .*document/],
  ['an unknown alias', change('risk: low', 'risk: *low'), /alias.*low/],
  ['a scope', more('scope: { actions: [] }'), /^11: scope: is not a field/],
  ['an unknown field of a parameter', change('description: P', 'max: 3, description: P'), /^8: /],
  ['an unknown field of a statement', change('{ Effect', '{ Sid: a, Effect'), /^10: .*Sid.*field/],
  ['an unknown field of the approval', more("approval: { approver: ['people:x'] }"), /^11: .*appr/],
  ['a missing id', change('id: read\n', ''), /^1: id: is missing/],
  ['no statements', change(/^ {2}- .*$/m.exec(READ)?.[0] ?? '', '  []'), /^9: /],
  ['a duration in seconds', change('8h', '28800'), /^6: maxDuration: .*90s, 15m, 8h or 7d/],
  ['a duration of nothing', change('8h', '0s'), /^6: maxDuration/],
  ['an id that is too long', change('id: read', `id: ${'r'.repeat(64)}`), /^1: id: .*at most 63/],
  ['a label in capitals', change('[data]', '[Data]'), /^4: labels/],
  ['a word for a boolean', more('breakGlass: yes'), /^11: breakGlass/],
  ['an unknown network', more('network: office'), /^11: network: write one of: bind, any/],
  [
    'chained roles that are none',
    more("chainedRoles: ['arn:x']"),
    /^11: chainedRoles\.0: is no ARN/,
  ],
  [
    'idle chained roles',
    more(`chainedRoles: ['${OTHER_ROLE}']`),
    /^11: chainedRoles: .*no statement allows/,
  ],
];

const STATEMENTS: readonly Case[] = [
  ['an effect in lower case', change('Allow', 'allow'), /^10: .*Allow, Deny/],
  ['no resource', change(", Resource: 'arn:aws:s3:::acme/{{prefix}}/*'", ''), /^10: .*Resource/],
  ['an empty list of actions', change("['s3:GetObject']", '[]'), /^10: /],
  ['a placeholder in an action', change('s3:GetObject', 's3:{{prefix}}'), /^10: .*service:Action/],
  ['a wildcard for the service', change('s3:GetObject', 's?s:AssumeRole'), /^10: .*service:Action/],
  ['a resource that is no ARN', change('arn:aws:s3:::acme', 'acme'), /^10: .*ARN/],
  ['an unknown placeholder', resource('{{prefix}}/{{user}}'), /^10: .*\{\{user\}\} is unknown/],
  ['spaces in a placeholder', resource('{{ prefix }}'), /^10: .*\{\{ prefix \}\} is unknown/],
  ['a placeholder right after a dollar', resource('${{prefix}}'), /^10: .*IAM variable/],
  ['one in an IAM variable', resource('${aws:PrincipalTag/{{prefix}}}'), /^10: .*IAM variable/],
  ['one in an unclosed one', resource('${aws:{{prefix}}'), /^10: .*IAM variable/],
  ['a placeholder that is not closed', resource('{{prefix}}/{{prefix}/*'), /^10: .*\{\{/],
  ['a placeholder that is not opened', resource('{{prefix}}/{prefix}}/*'), /^10: .*\}\}/],
  [
    'an unknown placeholder in a condition',
    change("/*' }", "/*', Condition: { StringLike: { 's3:prefix': ['a', '{{b}}'] } } }"),
    /^10: .*\{\{b\}\} is unknown/,
  ],
  [
    'a placeholder for a condition key',
    change("/*' }", "/*', Condition: { StringLike: { '{{prefix}}': a } } }"),
    /^10: .*condition key/,
  ],
];

const PARAMETERS: readonly Case[] = [
  ['a parameter without a description', change(', description: Prefix', ''), /^8: .*description/],
  ['a parameter in capitals', change('  prefix:', '  Prefix:'), /^8: .*small letter/],
  ['a pattern that is no regular expression', pattern('[a-z'), /^8: .*regular expression/],
  ['a pattern that breaks out of its anchors', pattern('a)|(?:b'), /^8: .*regular expression/],
  ['a pattern of a wildcard', pattern('\\*'), /^8: .*no character that a value may hold/],
  ['a pattern of nothing but a path trick', pattern('//'), /^8: .*matches '\/\/', but a value/],
  ['a pattern that matches nothing', pattern('a^b'), /^8: .*matches 'ab', but a value must match/],
  ['a pattern that looks ahead', pattern('(?=a)a'), /^8: .*not supported/],
  ['a pattern that refers back', pattern('(a)\\1'), /^8: .*not supported/],
  ['values with a wildcard', change("pattern: '[a-z0-9/]{1,20}'", "enum: ['a*']"), /^8: /],
  ['values with a variable', change("pattern: '[a-z0-9/]{1,20}'", "enum: ['${a}']"), /^8: /],
  ['a region among the parameters', change('  prefix:', '  region:'), /^8: .*always there/],
];

const APPROVAL: readonly Case[] = [
  ['nobody to approve', more('approval: { approvers: [] }'), /^11: approval.approvers/],
  ['no vote to approve', more("approval: { required: 0, approvers: ['people:a'] }"), /^11: .*requ/],
  [
    'an approver without issuer',
    more('approval: { approvers: [boss] }'),
    /^11: .*'people:platform'/,
  ],
  [
    'a second tier of an unknown issuer',
    more("approval:\n  approvers: ['people:a']\n  escalateTo: ['people:a', 'pepole:b']"),
    /^13: approval.escalateTo.1: 'pepole:b'.*people, github/,
  ],
  [
    'a reminder without a unit',
    more("approval:\n  approvers: ['people:a']\n  remindAfter: '15'"),
    /^13: approval.remindAfter/,
  ],
];

describe('an entitlement', () => {
  test.each([...SHAPE, ...STATEMENTS, ...PARAMETERS, ...APPROVAL])(
    'with %s is refused at its line',
    (_, text, says) => {
      const mistakes = mistakesIn(text);
      expect(mistakes.find((it) => says.test(it)) ?? mistakes).toEqual(expect.any(String));
    },
  );

  test('may use IAM variables beside placeholders', () => {
    const text = resource('{{prefix}}/${aws:username}/{{prefix}}/${$}{{account}}');
    expect(compileBundle(files({ 'entitlements/read.yaml': text }), language).ok).toBe(true);
  });
});

describe('role chaining to named roles', () => {
  const compiles = (action: string, on: string, roles: string): boolean => {
    const statement = `  - { Effect: Allow, Action: '${action}', Resource: '${on}' }`;
    const text = more(`${statement}\nchainedRoles: [${roles}]`);
    return compileBundle(files({ 'entitlements/read.yaml': text }), language).ok;
  };

  test.each([
    ['sts:AssumeRole', OTHER_ROLE, `'${OTHER_ROLE}'`, true],
    ['sts:AssumeRole', OTHER_ROLE, "'arn:aws:iam::{{account}}:role/another'", false],
    ['sts:AssumeRole', 'arn:aws:iam::{{account}}:role/*', `'${OTHER_ROLE}'`, false],
    ['sts:AssumeRole', '*', `'${OTHER_ROLE}'`, false],
    ['sts:*', OTHER_ROLE, `'${OTHER_ROLE}'`, true],
    ['s3:GetObject', OTHER_ROLE, `'${OTHER_ROLE}'`, false],
  ])('%s on %s with %s: %s', (action, on, roles, expected) => {
    expect(compiles(action, on, roles)).toBe(expected);
  });
});

describe('role chaining', () => {
  const verdict = (statement: string): boolean => {
    const text = more(`  - ${statement}`);
    return compileBundle(files({ 'entitlements/read.yaml': text }), language).ok;
  };

  test.each([
    ...['sts:AssumeRole', 'STS:assumeROLE', 'sts:*', 'sts:Assume*', 'sts:?ssumeRole', '*'].map(
      (action) => `{ Effect: Allow, Action: '${action}', Resource: '*' }`,
    ),
    "{ Effect: Allow, Action: ['s3:Get*', 'sts:A*e'], Resource: 'arn:aws:iam::*:role/x' }",
    "{ Effect: Allow, NotAction: 's3:*', Resource: '*' }",
    "{ Effect: Allow, Action: '*', NotResource: 'arn:aws:s3:::a' }",
  ])('is refused: %s', (statement) => {
    expect(verdict(statement)).toBe(false);
  });

  test.each([
    "{ Effect: Allow, NotAction: 'sts:*', Resource: '*' }",
    "{ Effect: Allow, NotAction: ['s3:*', 'sts:assumerole'], Resource: '*' }",
    "{ Effect: Allow, Action: 'sts:GetCallerIdentity', Resource: '*' }",
    "{ Effect: Allow, Action: 'sts:AssumeRol', Resource: '*' }",
    "{ Effect: Deny, Action: 'sts:*', Resource: '*' }",
  ])('is not what this allows: %s', (statement) => {
    expect(verdict(statement)).toBe(true);
  });

  test.each([
    ["Action: 'sts:AssumeRole', Resource: '*'", true],
    ["Action: ['a:b', 'sts:Assume*'], Resource: ['*', 'arn:aws:s3:::a']", true],
    ["NotAction: 's3:*', Resource: '*'", true],
    ["NotAction: 'sts:*', Resource: '*'", false],
    ["Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::*:role/*'", false],
    ["Action: 'sts:AssumeRole', NotResource: 'arn:aws:s3:::a'", false],
    ["Action: 'sts:TagSession', Resource: '*'", false],
    ["Action: 'sts:*', Resource: '*', Condition: { Bool: { 'aws:x': 'true' } }", false],
  ])('with everything allowed is settled by a Deny of { %s }: %s', (deny, settled) => {
    const all = `{ Effect: Allow, Action: '*', Resource: '*' }\n  - { Effect: Deny, ${deny} }`;
    expect(verdict(all)).toBe(settled);
  });
});
