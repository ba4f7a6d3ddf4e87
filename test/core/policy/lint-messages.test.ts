import { describe, expect, test } from '@jest/globals';
import { ISSUERS, READ } from '../../support/bundles.ts';
import { PUBLIC, request, rulesOf, warningsOf } from './lint-bench.ts';

/** What warnings say to the letter, on which line, and how many there are of one bundle. */

type Changes = Parameters<typeof warningsOf>[0];
const said = (changes: Changes) =>
  warningsOf(changes).map(({ line, message }) => `${line} ${message}`);
const statements = (text: string, risk = 'low', more = '') => ({
  'entitlements/read.yaml': `${READ.replace(/parameters:[\s\S]*/, `statements:\n${text}`).replace('low', risk)}${more}`,
});
const WORKLOAD = 'principal is ValetKey::Workload';
const USER = 'principal is ValetKey::User';
const tag = (name: string, operator: string, value: string) =>
  `principal.hasTag("${name}") && principal.getTag("${name}") ${operator} "${value}"`;
const NO_JOB = 'acknowledged: { no-job: tested elsewhere }\n';

describe('statements', () => {
  test('each wildcard is named where it is', () => {
    const text = `  - { Effect: Allow, Action: ['s3:Get*', 's3:A', 's3:B?'], Resource: ['arn:aws:s3:::a', 'arn:aws:s3:::b*'] }
  - { Effect: Deny, Action: 's3:*', Resource: '*' }
  - { Effect: Allow, NotAction: ['sts:*', 'iam:*', 'sso:*'], NotResource: 'arn:aws:s3:::c' }
`;
    const found = warningsOf(
      statements(
        text,
        'critical',
        'acknowledged: { climbs-out: a, borrows-role: a, lasting-share: a, outlives-session: a }\n',
      ),
    );
    const end =
      'in an entitlement of critical risk; list what is needed, or add acknowledged: { wildcard: <why> }';
    expect(found.map(({ rule, line, message }) => [rule, line, message])).toEqual([
      ['wildcard', 8, `statements.0.Action: 's3:Get*' has a wildcard ${end}`],
      ['wildcard', 8, `statements.0.Action: 's3:B?' has a wildcard ${end}`],
      ['wildcard', 8, `statements.0.Resource: 'arn:aws:s3:::b*' has a wildcard ${end}`],
      [
        'wildcard',
        10,
        `statements.2.NotAction: NotAction allows everything that it does not list ${end}`,
      ],
      [
        'wildcard',
        10,
        `statements.2.NotResource: NotResource allows everything that it does not list ${end}`,
      ],
    ]);
  });

  test('a way out is named at the statement that begins it, and its field', () => {
    const text = `  - { Effect: Allow, Action: 's3:A', Resource: '*' }
  - { Effect: Allow, NotAction: ['sts:*', 'sso:*'], Resource: 'arn:aws:s3:::a' }
  - { Effect: Allow, Action: ['iam:CreateUser', 'iam:CreateAccessKey', 'iam:UpdateAccessKey'], Resource: '*' }
`;
    const found = said(
      statements(
        text,
        'low',
        'acknowledged: { climbs-out: a, borrows-role: a, lasting-share: a }\n',
      ),
    );
    expect(found).toEqual([
      expect.stringMatching(
        /^9 statements\.1\.NotAction: allows iam:CreateUser or .* \(and \d+ more such ways\); remove it, or add acknowledged: \{ outlives-session: <why> \}$/,
      ),
    ]);
  });

  test('of three ways, all are named, and of four, one is counted', () => {
    const ways = (...actions: readonly string[]) =>
      said(statements(`  - { Effect: Allow, Action: [${actions.join(', ')}], Resource: '*' }\n`));
    const three = ['iam:CreateUser', 'iam:CreateAccessKey', 'iam:UpdateAccessKey'];
    const named = `8 statements.0.Action: allows ${three.join(' or ')}, which makes or changes credentials that outlive the session`;
    const end = '; remove it, or add acknowledged: { outlives-session: <why> }';
    expect(ways(...three)).toEqual([`${named}${end}`]);
    expect(ways(...three, 'iam:CreateLoginProfile')).toEqual([
      `${named} (and 1 more such ways)${end}`,
    ]);
  });

  test('each statement has its own warning of one kind', () => {
    const text = `  - { Effect: Allow, Action: 'iam:CreateUser', Resource: '*' }
  - { Effect: Allow, Action: 'iam:CreateAccessKey', Resource: '*' }
`;
    const what = 'which makes or changes credentials that outlive the session';
    const end = 'remove it, or add acknowledged: { outlives-session: <why> }';
    expect(said(statements(text))).toEqual([
      `8 statements.0.Action: allows iam:CreateUser, ${what}; ${end}`,
      `9 statements.1.Action: allows iam:CreateAccessKey, ${what}; ${end}`,
    ]);
  });

  test('one that only denies says so at its statements', () => {
    const text = "  - { Effect: Deny, Action: 's3:*', Resource: '*' }\n";
    expect(said(statements(text))).toEqual([
      "7 statements: 'read' only denies, and a session can do no more than its statements allow: nothing; add an Allow",
    ]);
  });

  test('each key without which an Allow holds is named at its condition', () => {
    const text = `  - { Effect: Allow, Action: 's3:A', Resource: 'arn:aws:s3:::a', Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': a, 'dynamodb:LeadingKeys': b }, 'ForAllValues:StringLike': { 'aws:TagKeys': c } } }\n`;
    const says = (key: string) =>
      `8 statements.0.Condition: ForAllValues holds for requests without '${key}' too, so this allows them all; add Null: { '${key}': 'false' }, or add acknowledged: { allows-without-key: <why> }`;
    expect(said(statements(text))).toEqual([says('aws:TagKeys'), says('dynamodb:LeadingKeys')]);
    expect(said(statements(text.replace('Allow', 'Deny')))).not.toContain(says('aws:TagKeys'));
  });

  test('each variable and key that a session lacks is named at its field', () => {
    const text = `  - { Effect: Deny, Action: 's3:B', NotResource: 'arn:aws:s3:::a/\${aws:username}/\${aws:username}/\${aws:userid}', Condition: { StringNotEquals: { 'aws:PrincipalTag/team': a, 'saml:sub': b } } }
  - { Effect: Allow, Action: 's3:A', Resource: 'arn:aws:s3:::a/*' }
`;
    const known = 'or add acknowledged: { session-lacks-key: <why> }';
    const nothing = 'so this statement denies nothing';
    const all = 'so this statement denies all that it lists, as if it had no such condition';
    const found = new Set(said(statements(text)));
    expect(found).toEqual(
      new Set([
        `8 statements.0.NotResource: '\${aws:username}' is for IAM users, and a vended session is one of a role, ${nothing}; use a parameter, ${known}`,
        `8 statements.0.NotResource: '\${aws:userid}' is another text in every session, ${nothing}; use a parameter, ${known}`,
        `8 statements.0.Condition: 'aws:PrincipalTag/team' is there only if the target role itself has the tag 'team', as the broker sets no session tags, ${all}; use a parameter, ${known}`,
        `8 statements.0.Condition: 'saml:sub' is only in sessions that an identity provider opened at AWS, ${all}; compare the token's claim in a policy, ${known}`,
      ]),
    );
  });
});

describe('names', () => {
  const bound = (head: string, when: string) => ({
    'issuers.yaml': PUBLIC,
    'entitlements/read.yaml': READ + NO_JOB,
    ...request(head, when),
  });
  const OURS = tag('repository_owner_id', '==', '1');
  const known = (rule: string) => `or add @acknowledged("${rule}: <why>")`;

  test('a display name', () => {
    expect(said(bound(USER, 'principal.issuer == "people" && principal.name == "ana"'))).toEqual([
      `1 policy 'more' reads a principal's name, which is for display: it can change, and be given to somebody else; name principals by their ids, or use groups or tags, ${known('name-decides')}`,
    ]);
  });

  test('a person and a job are named by their ids instead', () => {
    const text = (name: string, whose: string, instead: string) =>
      `1 policy 'more' decides by '${name}' of issuer '${whose}', a name that can change and be given to somebody else; name the principal instead: ${instead}, or use a group, ${known('name-decides')}`;
    expect(said(bound(USER, tag('email', '==', 'ana@acme.example')))).toEqual([
      text('email', 'people', 'ValetKey::User::"people:<sub>"'),
    ]);
    const server = `principal.issuer == "server" && ${tag('project_path', '==', 'acme/shop')}`;
    expect(said(bound(WORKLOAD, server))).toEqual([
      text('project_path', 'server', 'ValetKey::Workload::"server:<project_id>"'),
    ]);
  });

  test('issuers with different remedies have a warning each', () => {
    const found = said(bound(WORKLOAD, tag('project_path', '==', 'acme/shop')));
    expect(found).toEqual([
      expect.stringMatching(/of issuer 'gitlab', .* compare (project_id|namespace_id) instead, or/),
      expect.stringMatching(/of issuer 'server', .* name the principal instead: /),
    ]);
  });

  test('a tag that a policy compares twice has one warning, and two tags have two', () => {
    const email = (value: string) => `(${tag('email', '==', value)})`;
    const twice = `${email('a@acme.example')} || ${email('b@acme.example')}`;
    expect(rulesOf(bound(USER, twice))).toEqual(['name-decides']);
    const repository = `(${tag('repository', '==', 'acme/a')}) && (${tag('actor', '==', 'ana')})`;
    expect(said(bound(WORKLOAD, repository))).toEqual([
      expect.stringContaining("decides by 'repository' of"),
      expect.stringContaining("decides by 'actor' of"),
    ]);
  });

  test('a tag that is only there decides nothing', () => {
    const only = 'principal.issuer == "server" && principal.hasTag("project_path")';
    expect(rulesOf(bound(WORKLOAD, only))).toEqual([]);
  });

  test('a comparison without a warning does not hide the next one', () => {
    const refs = `(${tag('ref', '==', 'refs/heads/main')}) || (${tag('ref', 'like', '*main')})`;
    expect(rulesOf(bound(WORKLOAD, `${OURS} && (${refs})`))).toEqual(['unanchored-pattern']);
  });

  const BEGINS =
    'begins with a wildcard: anybody can make a value that ends like this; write the beginning out';
  const OPEN = 'every branch, with whatever somebody pushed to it; write …@<commit> in full';

  test.each([
    ['job_workflow_ref', '*/deploy.yml@refs/heads/main', `, which ${BEGINS}`],
    ['ref', '*main', `, which ${BEGINS}`],
    ['ref', '*a*b', `, which ${BEGINS}`],
    ['job_workflow_ref', 'acme*', ', which does not write the owner out; write owner/…@<ref>'],
    ['job_workflow_ref', 'acme/*', `, which leaves the file or its ref open: ${OPEN}`],
    [
      'job_workflow_ref',
      'acme/w/.github/workflows/d.yml@*',
      ', which leaves the ref open: every branch or tag, with whatever somebody pushed to it; write …@<commit> in full',
    ],
    [
      'job_workflow_ref',
      'acme/w/.github/workflows/d.yml@refs/heads/main*',
      ", and so every branch that begins with 'main', such as main-x; write the branch in full, or the separator after it: main/*",
    ],
    [
      'ref',
      'refs/heads/a/b*c',
      ", and so every branch that begins with 'a/b', such as a/b-x; write the branch in full, or the separator after it: a/b/*",
    ],
  ])('a pattern of %s: %s', (claim, pattern, says) => {
    expect(said(bound(WORKLOAD, `${OURS} && ${tag(claim, 'like', pattern)}`))).toEqual([
      `1 policy 'more' matches '${claim}' with "${pattern}"${says}, ${known('unanchored-pattern')}`,
    ]);
  });

  test.each([
    ['job_workflow_ref', 'acme/w/.github/workflows/d.yml@refs/tags/*', 1],
    ['job_workflow_ref', 'acme/w/.github/workflows/d.yml@refs/*', 1],
    ['job_workflow_ref', 'acme/w/.github/workflows/d.yml@refs*', 1],
    ['job_workflow_ref', 'acme/w/.github/workflows/d.yml@xrefs/heads/*', 0],
    ['job_workflow_ref', 'acme/w/.github/workflows/d.yml@v1*', 0],
    ['job_workflow_ref', 'acme/w/.github/workflows/d.yml@1', 0],
    ['ref', 'refs/heads/release/v*', 0],
    ['ref', 'refs/heads/release/v12*', 0],
    ['ref', 'refs/heads/dev*', 1],
    ['ref', 'refs/heads/v1a*', 1],
    ['ref', 'refs/heads/MAIN*', 1],
    ['ref', 'refs/heads/release-1*', 1],
    ['ref', 'refs/pull*', 0],
    ['environment', 'production*', 0],
    ['environment', '**', 0],
    ['environment', '*|a|*', 0],
    ['environment', '*|a*', 1],
    ['environment', '*a|*', 1],
    ['environment', '*||*', 1],
  ])('%s like %s has %i', (claim, pattern, count) => {
    const found = rulesOf(bound(WORKLOAD, `${OURS} && ${tag(claim, 'like', pattern)}`));
    expect(found).toEqual(Array.from({ length: count }, () => 'unanchored-pattern'));
  });
});

describe('strangers', () => {
  const PERMITS = "1 policy 'more' permits request on read to ";
  const KNOWN = 'or add @acknowledged("open-to-strangers: <why>")';

  test('the message says to list the claim of the owner, where nobody does', () => {
    const issuers = PUBLIC.replace(', tags: [hd]', '');
    const google = request(USER, 'principal.issuer == "google"');
    const name = 'name them: principal == ValetKey::User::"google:<sub>"';
    const whose = 'say whose: principal.hasTag("hd") && principal.getTag("hd") == "<hd>"';
    const end = (list: string) =>
      expect.stringMatching(
        new RegExp(
          `^1 policy 'more' permits request on read to .*: all of them get tokens from issuer 'google'; .*${list}`,
        ),
      );
    const listed = said({ 'issuers.yaml': PUBLIC, ...google });
    const unlisted = said({ 'issuers.yaml': issuers, ...google });
    expect(listed).toEqual([end('')]);
    expect(listed[0]?.endsWith(`; ${whose}, or ${name}, ${KNOWN}`)).toBe(true);
    expect(unlisted).toEqual([end('')]);
    expect(
      unlisted[0]?.endsWith(`; ${whose}, with hd under tags in issuers.yaml, or ${name}, ${KNOWN}`),
    ).toBe(true);
  });

  test('or to name principals, where no claim says whose they are', () => {
    const issuers = `${PUBLIC}  - { id: pool, type: User, url: 'https://cognito-identity.amazonaws.com', audience: valetkey, subject: [sub], name: sub }\n`;
    const [found] = said({
      'issuers.yaml': issuers,
      ...request(USER, 'principal.issuer == "pool"'),
    });
    expect(found?.startsWith(PERMITS)).toBe(true);
    expect(
      found?.endsWith(
        `: all of them get tokens from issuer 'pool'; name them: principal == ValetKey::User::"pool:<sub>", ${KNOWN}`,
      ),
    ).toBe(true);
  });
});

describe('issuers', () => {
  test('each id that is no issuer is named once', () => {
    const when =
      '["corp", "people", "other"].contains(principal.issuer) || principal.issuer == "corp"';
    const says = (id: string) =>
      `1 policy 'more' compares principal.issuer with '${id}', which is no issuer; the issuers are: people, github`;
    const found = said(request(USER, when));
    expect(found).toEqual([says('corp'), says('other')]);
    expect(said(request(USER, 'principal.issuer == "peple"'))).toContainEqual(
      "1 policy 'more' compares principal.issuer with 'peple', which is no issuer; did you mean 'people'?",
    );
  });

  test('MFA that no token of several issuers can show', () => {
    const issuers = ISSUERS.replace(', mfa: { amr: [mfa] }', '');
    const says = (name: string) =>
      `1 policy 'more' reads context.${name}, but no token of 'people', 'github' can show MFA; say how it does: mfa: { amr: [mfa] } in issuers.yaml, or narrow the policy to principals that can`;
    const found = (when: string) =>
      said({
        'issuers.yaml': issuers,
        'entitlements/read.yaml': READ + NO_JOB,
        ...request('principal', when),
      });
    expect(found('context.mfa')).toEqual([says('mfa')]);
    expect(found('context has mfaAgeSeconds && context.mfaAgeSeconds < 9')).toEqual([
      says('mfaAgeSeconds'),
    ]);
    expect(found('context has ticket')).toEqual([]);
  });
});

test('a policy that fits no issuer is not told that no token of it shows MFA', () => {
  const when = `${WORKLOAD} && ${USER} && context.mfa`;
  expect(rulesOf(request('principal', when))).toEqual(['never-applies']);
});
