import { describe, expect, test } from '@jest/globals';
import { compileBundle } from '../../../core/policy/compile-bundle.ts';
import { files, language, READ } from '../../support/bundles.ts';
import { PUBLIC, request, rulesOf, warningsOf } from './lint-bench.ts';

const BOUND = {
  'issuers.yaml': PUBLIC,
  'entitlements/read.yaml': `${READ}acknowledged: { no-job: tested elsewhere }\n`,
};
const WORKLOAD = 'principal is ValetKey::Workload';
const USER = 'principal is ValetKey::User';
const PEOPLE = 'principal.issuer == "people" && ';
const OURS =
  'principal.hasTag("repository_owner_id") && principal.getTag("repository_owner_id") == "1"';
const tag = (name: string, operator: string, value: string) =>
  `principal.hasTag("${name}") && principal.getTag("${name}") ${operator} "${value}"`;
const rules = (head: string, when: string) => rulesOf({ ...BOUND, ...request(head, when) });

describe('a policy decides by a name', () => {
  test.each([
    ['the attribute name', USER, `${PEOPLE}principal.name == "ana"`],
    ['a pattern of the attribute name', USER, `${PEOPLE}principal.name like "*@acme.example"`],
    [
      'the attribute name and a parameter',
      USER,
      `${PEOPLE}context.parameters.hasTag("prefix") && context.parameters.getTag("prefix") == principal.name`,
    ],
    ['an e-mail address', USER, tag('email', '==', 'ana@acme.example')],
    ['the domain of an e-mail address', USER, tag('email', 'like', '*@acme.example')],
    ['a repository', WORKLOAD, tag('repository', '==', 'acme/shop')],
    ['repositories by a pattern', WORKLOAD, tag('repository', 'like', 'acme/*')],
    ['an owner', WORKLOAD, tag('repository_owner', '==', 'acme')],
    ["GitHub's sub", WORKLOAD, tag('sub', '==', 'repo:acme/shop:ref:refs/heads/main')],
    ["a pattern of GitHub's sub", WORKLOAD, tag('sub', 'like', 'repo:acme/shop:*')],
    ['a project of GitLab.com', WORKLOAD, tag('project_path', '==', 'acme/shop')],
    [
      'a project of a GitLab server',
      WORKLOAD,
      `principal.issuer == "server" && ${tag('project_path', '==', 'acme/shop')}`,
    ],
  ])('%s', (_, head, when) => {
    expect([...new Set(rules(head, when))]).toEqual(['name-decides']);
  });

  test('and is open besides, where no owner is named', () => {
    const found = rules(WORKLOAD, `principal.issuer == "github" && ${tag('actor', '==', 'ana')}`);
    expect(found.toSorted()).toEqual(['name-decides', 'open-to-strangers']);
    const anyOwner = rules(WORKLOAD, tag('repository', 'like', '*/shop'));
    expect(anyOwner.toSorted()).toEqual(['name-decides', 'open-to-strangers']);
  });

  test('in a forbid, which its subject escapes by another name', () => {
    const forbid = {
      'policies/more.cedar': `@id("no") @advice("No.") forbid (principal, action, resource) when { ${tag('actor', '==', 'mallory')} };`,
    };
    expect(rulesOf({ ...BOUND, ...forbid })).toEqual(['name-decides']);
  });

  test('unlike a forbid of all but jobs of an owner, which it names by id beside', () => {
    const forbid = (when: string) => ({
      ...BOUND,
      'policies/more.cedar': `@id("no") @advice("No.") forbid (principal is ValetKey::Workload, action, resource) when { ${when} };`,
    });
    const named = tag('repository', 'like', 'acme/*');
    expect(rulesOf(forbid(`!(${OURS} && ${named})`))).toEqual([]);
    expect(rulesOf(forbid(`!(${named})`))).toEqual(['name-decides']);
  });

  test.each([
    [
      'beside the id of the owner',
      WORKLOAD,
      `${OURS} && ${tag('repository', 'like', 'acme/shop-*')}`,
    ],
    [
      'beside the id of the principal',
      'principal == ValetKey::Workload::"github:1/2"',
      tag('actor', '!=', 'bot'),
    ],
    [
      'within a group',
      'principal in ValetKey::Group::"people:readers"',
      tag('email', 'like', '*@acme.example'),
    ],
    ['but by a department', USER, tag('department', '==', 'finance')],
  ])('but not %s', (_, head, when) => {
    expect(rules(head, when)).toEqual([]);
  });

  test('and the message says what to compare instead', () => {
    const found = warningsOf({
      ...BOUND,
      ...request(WORKLOAD, tag('repository_owner', '==', 'acme')),
    });
    expect(found[0]?.message).toBe(
      `policy 'more' decides by 'repository_owner' of issuer 'github', a name that can change and be given to somebody else; compare repository_owner_id instead, or add @acknowledged("name-decides: <why>")`,
    );
    const person = warningsOf({
      ...BOUND,
      ...request(USER, tag('email', '==', 'ana@acme.example')),
    });
    expect(person[0]?.message).toContain(
      'name the principal instead: ValetKey::User::"people:<sub>"',
    );
  });

  test('by whatever name the entry of the issuer gives the claim', () => {
    const issuers = PUBLIC.replace(
      'tags: [department, email]',
      'claims: { post: [contact, email] }, tags: [post]',
    );
    const found = rulesOf({
      ...BOUND,
      'issuers.yaml': issuers,
      ...request(USER, tag('post', '==', 'a@acme.example')),
    });
    expect(found).toEqual(['name-decides']);
  });
});

test('every issuer of a policy is judged, not only the first', () => {
  const second = PUBLIC.replace(
    'tags: [project_path, ref]',
    'tags: [project_path, ref, repository, repository_owner_id]',
  );
  const named = tag('repository', 'like', 'acme/*');
  const pinned = `principal.issuer == "github" && ${OURS} && ${named}`;
  const found = (when: string) =>
    warningsOf({ ...BOUND, 'issuers.yaml': second, ...request(WORKLOAD, when) });
  expect(found(`(${pinned}) || (principal.issuer == "server" && ${named})`)).toMatchObject([
    { rule: 'name-decides', message: expect.stringContaining("of issuer 'server', a name") },
  ]);
  expect(found(`(principal.issuer == "server" && ${OURS} && ${named}) || (${pinned})`)).toEqual([]);
  expect(found(`principal.issuer == "github" && ${named}`)).toMatchObject([
    { message: expect.stringContaining("of issuer 'github', a name") },
  ]);
  expect(found(named)).toMatchObject([
    { message: expect.stringContaining("of issuers 'github' and 'server', a name") },
  ]);
});

describe('a pattern is not anchored', () => {
  const workflow = (pattern: string) =>
    rules(WORKLOAD, `${OURS} && ${tag('job_workflow_ref', 'like', pattern)}`);

  test.each([
    ['*/deploy.yml@refs/heads/main'],
    ['acme*'],
    ['acme/workflows/*'],
    ['acme/workflows/.github/workflows/*@refs/heads/main'],
    ['acme/workflows/.github/workflows/deploy.yml@*'],
    ['acme/workflows/.github/workflows/deploy.yml@refs/heads*'],
    ['acme/workflows/.github/workflows/deploy.yml@refs/heads/*'],
    ['acme/workflows/.github/workflows/deploy.yml@refs/heads/main*'],
    ['acme/workflows/.github/workflows/deploy.yml@refs/heads/release/2*'],
  ])('%s', (pattern) => {
    expect(workflow(pattern)).toEqual(['unanchored-pattern']);
  });

  test.each(['*main', '*x|main|*', '*|main|x*'])(
    'that begins with a wildcard, of any claim of a job: %s',
    (pattern) => {
      expect(rules(WORKLOAD, `${OURS} && ${tag('ref', 'like', pattern)}`)).toEqual([
        'unanchored-pattern',
      ]);
    },
  );

  test('that names a branch which only begins like a version', () => {
    expect(rules(WORKLOAD, `${OURS} && ${tag('ref', 'like', 'refs/heads/vnext*')}`)).toEqual([
      'unanchored-pattern',
    ]);
  });

  test('once for each claim', () => {
    const when = `${OURS} && (${tag('ref', 'like', '*main')} || ${tag('ref', 'like', '*next')})`;
    expect(rules(WORKLOAD, when)).toEqual(['unanchored-pattern']);
  });

  test('and of a claim of jobs, not of one that only people have', () => {
    const issuers = PUBLIC.replace('tags: [department, email]', 'tags: [department, email, ref]');
    const people = request(USER, `${PEOPLE}${tag('ref', 'like', 'main*')}`);
    expect(rulesOf({ ...BOUND, ...people, 'issuers.yaml': issuers })).toEqual([]);
  });

  test.each([
    ['ref', 'refs/heads/main*'],
    ['ref', 'refs/heads/main*x'],
    ['ref', 'main*'],
    ['ref', 'main*|x|*'],
    ['sub', 'repo:acme/shop:ref:refs/heads/main*'],
  ])('that names a branch, and matches others: %s like %s', (claim, pattern) => {
    const found = warningsOf({
      ...BOUND,
      ...request(WORKLOAD, `${OURS} && ${tag(claim, 'like', pattern)}`),
    });
    expect(found).toMatchObject([
      {
        rule: 'unanchored-pattern',
        message: expect.stringMatching(
          / with ".*", and so every branch .*such as main-x; write the branch in full/,
        ),
      },
    ]);
    expect(found[0]?.message).toContain(`matches '${claim}' with "${pattern}", and`);
  });

  test.each([
    'refs/heads/release/*',
    'refs/heads/release-*',
    'refs/heads/v*',
    'refs/heads/v1*',
    'refs/heads/*',
    'refs/tags/v*',
    'refs/tags/release*',
    'release/*',
    'v1.*',
    'main',
    '*',
  ])('unlike a family of branches or tags: %s', (pattern) => {
    expect(rules(WORKLOAD, `${OURS} && ${tag('ref', 'like', pattern)}`)).toEqual([]);
  });

  test.each([
    'acme/workflows/.github/workflows/deploy.yml@refs/tags/v1.*',
    'acme/workflows/.github/workflows/deploy.yml@refs/heads/release/*',
    'acme/workflows/.github/workflows/deploy.yml@0123456789abcdef',
    'acme/workflows/.github/workflows/deploy.yml',
    '*',
  ])('unlike %s', (pattern) => {
    expect(workflow(pattern)).toEqual([]);
  });

  test.each([
    ['a prefix of a ref', WORKLOAD, `${OURS} && ${tag('ref', 'like', 'refs/heads/release/*')}`],
    ['a member of a list', WORKLOAD, `${OURS} && ${tag('environment', 'like', '*|production|*')}`],
    ['a claim of people', USER, tag('department', 'like', '*finance*')],
  ])('unlike %s', (_, head, when) => {
    expect(rules(head, when)).toEqual([]);
  });

  test('where it lets somebody in: a wide pattern of a forbid stops more', () => {
    const forbid = (when: string) => ({
      ...BOUND,
      'policies/more.cedar': `@id("no") @advice("No.") forbid (principal is ValetKey::Workload, action, resource) when { ${when} };`,
    });
    expect(rulesOf(forbid(tag('ref', 'like', '*/merge')))).toEqual([]);
    expect(rulesOf(forbid(`!(${tag('ref', 'like', '*main')})`))).toEqual(['unanchored-pattern']);
  });
});

describe('the annotation @acknowledged', () => {
  const annotated = (annotation: string) => ({
    ...BOUND,
    ...request(
      WORKLOAD,
      `principal.issuer == "github" && ${tag('actor', '==', 'ana')}`,
      annotation,
    ),
  });

  test('accepts several warnings, each with its reason', () => {
    const both = '@acknowledged("name-decides: a demo; for all; open-to-strangers: the same")';
    expect(rulesOf(annotated(both))).toEqual([]);
  });

  test.each([
    'name-decides: see; https://wiki.acme.example/x; open-to-strangers: a demo: only for a day',
    'name-decides: note: agreed; owner: ana; open-to-strangers: the same; until: 2027',
    'name-decides:agreed;open-to-strangers:the same',
  ])('a reason may have semicolons and colons: %s', (text) => {
    expect(rulesOf(annotated(`@acknowledged("${text}")`))).toEqual([]);
  });

  test.each([
    [
      '@acknowledged',
      'names no warning; write <rule>: <why>, with one of: open-to-strangers, name-decides, unanchored-pattern, not-for-issuer',
    ],
    ['@acknowledged("known")', 'names no warning; '],
    ['@acknowledged("wildcard: known")', "names 'wildcard', which no policy can accept; "],
    [
      '@acknowledged("never-applies: known")',
      "names 'never-applies', which no policy can accept; ",
    ],
    ['@acknowledged("https://wiki.acme.example/x")', "names 'https', which no policy can accept; "],
    [
      '@acknowledged("name-decides: a; wildcard: b")',
      "names 'wildcard', which no policy can accept; ",
    ],
    [
      '@acknowledged("name-decides: a; open-to-stranger: b")',
      "names 'open-to-stranger', which no policy can accept; ",
    ],
    ['@acknowledged("name-decides: ")', 'gives no reason; write name-decides: <why>'],
    ['@acknowledged("name-decides: \\u{200b} -")', 'gives no reason; write name-decides: <why>'],
    [
      '@acknowledged("name-decides: ; open-to-strangers: a demo")',
      'gives no reason; write name-decides: <why>',
    ],
    [
      '@acknowledged("name-decides: a; name-decides: b")',
      "names 'name-decides' twice; give one reason",
    ],
  ])('%s is refused', (annotation, says) => {
    const bundle = compileBundle(files(annotated(annotation)), language);
    expect(bundle).toMatchObject({
      ok: false,
      error: [
        {
          file: 'policies/more.cedar',
          line: 1,
          message: expect.stringContaining(`the @acknowledged of 'more' ${says}`),
        },
      ],
    });
  });
});
