import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { compileBundle } from '../../../core/policy/compile-bundle.ts';
import { compiled, files, language } from '../../support/bundles.ts';

const HEAD = `id: read
title: Read
risk: low
target: arn:aws:iam::{{account}}:role/valetkey/read
maxDuration: 8h
`;
const ONE = '{ "Sid": "One", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" }';
const TWO = '{ "Effect": "Deny", "Action": ["s3:*"], "Resource": ["arn:aws:s3:::acme/*"] }';
const ONE_READ = { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['*'] };
const TWO_READ = { Effect: 'Deny', Action: ['s3:*'], Resource: ['arn:aws:s3:::acme/*'] };

const bundleWith = (statements: string) => files({ 'entitlements/read.yaml': HEAD + statements });

const statementsOf = (statements: string) =>
  compiled(bundleWith(statements)).entitlements['read']?.statements;

function mistakesIn(statements: string): readonly string[] {
  const bundle = compileBundle(bundleWith(statements), language);
  return bundle.ok ? [] : bundle.error.map(({ line, message }) => `${line}: ${message}`);
}

describe('the statements of an entitlement', () => {
  test.each([
    ['a list', `statements: [${ONE}, ${TWO}]`],
    ['a whole policy', `statements: { "Version": "2012-10-17", "Statement": [${ONE}, ${TWO}] }`],
    ['a policy with an Id', `statements: { "Id": "x", "Statement": [${ONE}, ${TWO}] }`],
    [
      'a policy of the first version',
      `statements: {Version: 2008-10-17, Statement: [${ONE}, ${TWO}]}`,
    ],
    ['several policies', `statements: [{ Statement: ${ONE} }, { Statement: [${TWO}] }]`],
    ['a statement and a policy', `statements: [${ONE}, { Statement: ${TWO} }]`],
    [
      'a policy as JSON below the key',
      `statements:\n  {\n    "Version": "2012-10-17",\n\t"Statement": [\n\t\t${ONE},\n\t\t${TWO}\n\t]\n  }`.replaceAll(
        /^ +/gm,
        '\t',
      ),
    ],
  ])('may be %s', (_, text) => {
    expect(statementsOf(`${text}\n`)).toEqual([ONE_READ, TWO_READ]);
  });

  test.each([
    ['one statement', `statements: ${ONE}`],
    ['a policy of one statement', `statements: { Version: '2012-10-17', Statement: ${ONE} }`],
  ])('may be %s', (_, text) => {
    expect(statementsOf(`${text}\n`)).toEqual([ONE_READ]);
  });

  const policy = (version: string, resource: string) =>
    `statements:\n  ${version}\n  Statement:\n    - Effect: Allow\n      Action: s3:GetObject\n      Resource:\n        - '*'\n        - ${resource}\n`;

  test.each<[string, string, readonly string[]]>([
    [
      'no statement',
      'statements: { Statement: [] }\n',
      ['6: statements: must have at least 1 entry'],
    ],
    [
      'a text',
      'statements: |\n  {}\n',
      ['6: statements: must be a list of statements, one statement, or an IAM policy'],
    ],
    [
      'an unknown version',
      policy("Version: '2012-10-18'", 'arn:aws:s3:::a'),
      ["7: statements.Version: is not a version of IAM policies; write '2012-10-17'"],
    ],
    [
      'a version without a value',
      policy('Version:', 'arn:aws:s3:::a'),
      ["7: statements.Version: is not a version of IAM policies; write '2012-10-17'"],
    ],
    [
      'an Id that is not text',
      policy('Id: 7', 'arn:aws:s3:::a'),
      ['7: statements.Id: must be text'],
    ],
    [
      'a part that policies do not have',
      policy('Comment: x', 'arn:aws:s3:::a'),
      [
        '7: statements.Comment: is not a part of an IAM policy, which has Version, Id, Statement; remove it',
      ],
    ],
    [
      'variables in the first version, where they are plain text',
      policy("Version: '2008-10-17'", "'arn:aws:s3:::a/${aws:username}'"),
      [
        "7: statements.Version: is 2008-10-17, in which ${…} is plain text, but here it is a policy variable; write Version: '2012-10-17' if you mean the variable",
      ],
    ],
    [
      'variables and no version',
      policy('Id: x', "'arn:aws:s3:::a/${aws:username}'"),
      [
        "6: statements: has no Version, which means 2008-10-17, in which ${…} is plain text, but here it is a policy variable; write Version: '2012-10-17' if you mean the variable",
      ],
    ],
    [
      'a mistake deep in a policy, at its own line',
      policy("Version: '2012-10-17'", "'arn:aws:s3:::'"),
      [
        "13: statements.Statement.0.Resource.1: 'arn:aws:s3:::' names no resource after the fifth colon; write its name, or *",
      ],
    ],
  ])('may not be of %s', (_, text, mistakes) => {
    expect(mistakesIn(text)).toEqual(mistakes);
  });

  test('that refer to themselves are refused', () => {
    expect(mistakesIn('statements: &a [*a]\n')).toEqual([expect.stringMatching(/^1: has aliases/)]);
    expect(mistakesIn('statements: &a { Statement: *a }\n')).not.toEqual([]);
  });

  test.each([
    ['Statement: []', /^6: Statement: is not a known field: it belongs under statements/],
    ['statements: {\n\u00a0\u00a0"Version": x }', /a blank that is not a plain one/],
    ['statements: { effect: Allow, Action: "*", Resource: "*" }', /effect: .*write Effect$/],
    [
      'statements: { Effect: Allow, Principal: "*", Action: "*", Resource: "*" }',
      /Principal: .*remove it: Cedar says who may ask/,
    ],
  ])('in %s say what to write', (text, says) => {
    expect(mistakesIn(`${text}\n`)).toContainEqual(expect.stringMatching(says));
  });

  test('name every unknown field, each once', () => {
    expect(mistakesIn('statements: []\nfoo: 1\nbar: 2\n')).toEqual([
      expect.stringMatching(/^6: statements: must have at least 1/),
      '7: foo: is not a known field; correct it or remove it',
      '8: bar: is not a known field; correct it or remove it',
    ]);
  });
});

test('the steps in docs/policy.md lead to what they show', () => {
  const docs = readFileSync('docs/policy.md', 'utf8');
  const [, section = ''] = docs.split('## From a pasted policy to an entitlement');
  const [pasted = '', written = ''] = Array.from(
    section.matchAll(/```yaml\n(.*?)```/gs),
    ([, text]) => text ?? '',
  );
  const shown = Array.from(
    section.matchAll(/reports-read\.yaml:(\d+): (.*)/g),
    ([, line, message]) => ({
      line: Number(line),
      message,
    }),
  );
  const head = pasted.slice(0, pasted.indexOf('statements:')).replace(/^#.*\n/, '');
  const check = (text: string) =>
    compileBundle(
      files({ 'entitlements/read.yaml': text.replace('reports-read', 'read') }),
      language,
    );
  const first = check(pasted.replace(/^#.*\n/, ''));
  expect(shown).toHaveLength(3);
  expect(first.ok ? [] : first.error.map(({ line, message }) => ({ line, message }))).toEqual(
    shown,
  );
  expect(check(head + written).ok).toBe(true);
});
