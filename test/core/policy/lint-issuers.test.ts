import { describe, expect, test } from '@jest/globals';
import { compileBundle } from '../../../core/policy/compile-bundle.ts';
import { files, ISSUERS, language } from '../../support/bundles.ts';
import { rulesOf, warningsOf } from './lint-bench.ts';

type Entry = {
  readonly url?: string;
  readonly type?: string;
  readonly subject?: string;
  readonly audience?: string;
  readonly more?: string;
};

const entry = ({
  url = 'https://id.acme.example',
  type = 'User',
  subject = 'sub',
  audience = 'valetkey',
  more = '',
}: Entry) => ({
  'issuers.yaml': `${ISSUERS}  - { id: other, type: ${type}, url: '${url}', audience: ${audience}, subject: [${subject}], name: email${more} }\n`,
});
const GITHUB = 'https://token.actions.githubusercontent.com';

describe('a subject is a name', () => {
  test.each<[string, Entry]>([
    ['an e-mail address', { subject: 'email' }],
    ['a login', { subject: 'preferred_username' }],
    ['a nested e-mail address', { subject: 'who', more: ', claims: { who: [profile, email] }' }],
    ['an e-mail address of a directory', { subject: 'mail' }],
    ['a user name of Cognito', { subject: "'cognito:username'" }],
    [
      "HCP Terraform's sub in Europe",
      { url: 'https://app.eu.terraform.io', type: 'Workload', subject: 'sub' },
    ],
    ["GitHub's sub", { url: GITHUB, type: 'Workload', subject: 'sub' }],
    ["GitHub's sub, of an enterprise", { url: `${GITHUB}/acme`, type: 'Workload', subject: 'sub' }],
    ['a repository', { url: GITHUB, type: 'Workload', subject: 'repository' }],
    [
      'a repository beside its id',
      { url: GITHUB, type: 'Workload', subject: 'repository_id, repository' },
    ],
    ["GitLab's project", { url: 'https://gitlab.com', type: 'Workload', subject: 'project_path' }],
    [
      'a project of a GitLab server',
      { url: 'https://gitlab.acme.example', type: 'Workload', subject: 'project_path' },
    ],
    ["HCP Terraform's sub", { url: 'https://app.terraform.io', type: 'Workload', subject: 'sub' }],
  ])('%s', (_, changes) => {
    expect(rulesOf(entry(changes))).toEqual(['name-as-subject']);
  });

  test.each<[string, Entry]>([
    ["a person's sub", {}],
    ["a person's sub at GitLab.com", { url: 'https://gitlab.com' }],
    ['Entra ids', { subject: 'tid, oid' }],
    [
      'the ids of GitHub',
      { url: GITHUB, type: 'Workload', subject: 'repository_owner_id, repository_id' },
    ],
    ['the sub of another system', { url: 'https://ci.acme.example/ci', type: 'Workload' }],
  ])('unlike %s', (_, changes) => {
    expect(rulesOf(entry(changes))).toEqual([]);
  });

  test('or chooses whose tokens are accepted', () => {
    const changes = { url: GITHUB, type: 'Workload', subject: 'repository_id' };
    const when = (claim: string) => rulesOf(entry({ ...changes, more: `, when: { ${claim} }` }));
    expect(when('repository_owner: acme')).toEqual(['name-as-subject']);
    expect(when("repository_owner_id: '1001'")).toEqual([]);
    expect(when('event_name: push')).toEqual([]);
  });

  test('or in which claim it chooses them, and the message says so', () => {
    const changes = { url: GITHUB, type: 'Workload', subject: 'repository_id' };
    expect(warningsOf(entry({ ...changes, more: ', when: { repository_owner: acme }' }))).toEqual([
      {
        rule: 'name-as-subject',
        file: 'issuers.yaml',
        line: 4,
        message:
          "issuers.2.when: 'repository_owner' is a name that can change and be given to somebody else, whose tokens are then accepted; use repository_owner_id, or add acknowledged: { name-as-subject: <why> }",
      },
    ]);
  });

  test('and the message says where, why and what to write', () => {
    expect(
      warningsOf(entry({ url: GITHUB, type: 'Workload', subject: 'repository_owner' })),
    ).toEqual([
      {
        rule: 'name-as-subject',
        file: 'issuers.yaml',
        line: 4,
        message:
          "issuers.2.subject.0: 'repository_owner' is a name that can change and be given to somebody else, who is then the same principal; use repository_owner_id, or add acknowledged: { name-as-subject: <why> }",
      },
    ]);
  });
});

describe('an audience is for others', () => {
  test.each([
    'sts.amazonaws.com',
    'https://sts.amazonaws.com',
    'sts.eu-central-1.amazonaws.com',
    'sts.cn-north-1.amazonaws.com.cn',
    'api://AzureADTokenExchange',
    '//iam.googleapis.com/projects/1/x',
    'https://github.com/acme',
    'sigstore',
    'aws.workload.identity',
    'vault.workload.identity',
  ])('%s', (audience) => {
    expect(rulesOf(entry({ audience: `'${audience}'` }))).toEqual(['foreign-audience']);
    expect(rulesOf(entry({ audience: `[valetkey, '${audience}']` }))).toEqual(['foreign-audience']);
    const message = (given: string) => warningsOf(entry({ audience: given }))[0]?.message;
    expect(message(`'${audience}'`)).toMatch(/^issuers\.\d\.audience: '/);
    expect(message(`[valetkey, '${audience}']`)).toMatch(/^issuers\.\d\.audience\.1: '/);
  });

  test.each([
    'valetkey',
    'api://valetkey',
    'https://valetkey.acme.example',
    'sts.amazonaws.com.acme.example',
  ])('unlike %s', (audience) => {
    expect(rulesOf(entry({ audience: `'${audience}'` }))).toEqual([]);
  });
});

test('an audience that the issuer puts into every token is no choice of the author', () => {
  const url = 'https://vstoken.dev.azure.com/00000000-0000-0000-0000-000000000000';
  const audience = 'api://AzureADTokenExchange';
  expect(rulesOf(entry({ url, type: 'Workload', subject: 'prj_id', audience }))).toEqual([]);
});

test("Entra's URL for every tenant is no issuer", () => {
  const url = 'https://login.microsoftonline.com/common/v2.0';
  expect(warningsOf(entry({ url }))).toEqual([
    {
      ...{ rule: 'never-applies', file: 'issuers.yaml', line: 4 },
      message: expect.stringMatching(/^issuers\.2\.url: is Entra's URL .*write your tenant's id/),
    },
  ]);
  expect(rulesOf(entry({ url: `https://proxy.acme.example/?to=${url}` }))).toEqual([]);
});

describe('the author of an entry', () => {
  const accepting = (rules: string) =>
    entry({ subject: 'email', audience: 'sts.amazonaws.com', more: `, acknowledged: ${rules}` });

  test('accepts the warnings that it names, and no others', () => {
    expect(rulesOf(accepting('{ name-as-subject: never reassigned here }'))).toEqual([
      'foreign-audience',
    ]);
    expect(rulesOf(accepting('{ foreign-audience: moving }'))).toEqual(['name-as-subject']);
    expect(rulesOf(accepting('{ foreign-audience: moving, name-as-subject: ok }'))).toEqual([]);
  });

  test.each([
    ['{ wildcard: x }'],
    ['known'],
    ['{}'],
    ["{ foreign-audience: '' }"],
    ["{ foreign-audience: ' ' }"],
  ])('but not with %s', (rules) => {
    expect(compileBundle(files(accepting(rules)), language)).toMatchObject({
      ok: false,
      error: [{ file: 'issuers.yaml', line: 4 }],
    });
  });
});

describe('people and workloads of one issuer', () => {
  const both = (people: string) => ({
    'issuers.yaml': `${ISSUERS}  - { id: staff, type: User, url: 'https://one.example', audience: a, subject: [sub], name: email${people} }
  - { id: apps, type: Workload, url: 'https://one.example', audience: a, subject: [sub], name: sub, when: { kind: app } }
`,
  });

  test('do not warn of workloads, which are nobody', () => {
    const [apps = '', staff = '', ...others] = both('')
      ['issuers.yaml'].trimEnd()
      .split('\n')
      .reverse();
    const jobs = staff.replace('type: User', 'type: Workload');
    expect(rulesOf({ 'issuers.yaml': [...others.reverse(), apps, jobs].join('\n') })).toEqual([]);
  });

  test('warn where people are whoever has no claim', () => {
    const [warning, ...others] = warningsOf(both(''));
    expect(warning).toMatchObject({ rule: 'people-by-default' });
    expect(warning?.message).toMatch(
      /^issuers\.2: takes for a person whoever's token lacks 'kind', which tells the tokens of 'apps' apart;/,
    );
    expect(others).toEqual([]);
  });

  test.each([
    ', when: { kind: person }',
    ', acknowledged: { people-by-default: machines there have no tokens without kind }',
  ])('do not with%s', (people) => {
    expect(rulesOf(both(people))).toEqual([]);
  });
});
