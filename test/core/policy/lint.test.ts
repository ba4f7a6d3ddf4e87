import { describe, expect, test } from '@jest/globals';
import { compileBundle } from '../../../core/policy/compile-bundle.ts';
import { files, ISSUERS, language, READ } from '../../support/bundles.ts';
import { LIMITED, rulesOf, warningsOf } from './lint-bench.ts';

const policy = (text: string) => ({ 'policies/more.cedar': text });
const permit = (head: string, clauses = 'when { context.durationSeconds < 9 }') =>
  policy(`@id("more") permit (${head}) ${clauses};`);
const statements = (text: string, risk = 'low') => ({
  'entitlements/read.yaml': READ.replace(/parameters:[\s\S]*/, `statements:\n${text}`).replace(
    'low',
    risk,
  ),
});
const allow = (...actions: readonly string[]) =>
  `  - { Effect: Allow, Action: [${actions.join(', ')}], Resource: 'arn:aws:s3:::acme' }\n`;
const DENY = `  - { Effect: Deny, Action: ['iam:*', 'sts:*', 'sso:*'], Resource: '*' }\n`;

test('a sound bundle gives no warning', () => {
  expect(warningsOf({})).toEqual([]);
});

describe('a policy can never apply', () => {
  test.each([
    [
      'if its clause is false',
      permit(
        'principal, action == ValetKey::Action::"request", resource',
        'when { context.durationSeconds < 9 && false }',
      ),
    ],
    [
      'if its head and its clause need different types',
      permit(
        'principal is ValetKey::User, action, resource',
        'when { principal is ValetKey::Workload && context.durationSeconds < 9 }',
      ),
    ],
    [
      'if no entitlement has the risk that it needs',
      permit(
        'principal, action == ValetKey::Action::"request", resource',
        'when { resource.risk == "critical" && context.durationSeconds < 9 }',
      ),
    ],
    [
      'if no entitlement has the label that it needs',
      permit(
        'principal, action == ValetKey::Action::"request", resource',
        'when { resource.labels.contains("gone") && context.durationSeconds < 9 }',
      ),
    ],
    [
      'if its action does not exist on its resource',
      permit(
        'principal, action == ValetKey::Action::"audit", resource == ValetKey::Entitlement::"read"',
      ),
    ],
    [
      'if it names a group of an issuer without groups',
      permit(
        'principal in ValetKey::Group::"github:x", action == ValetKey::Action::"request", resource',
      ),
    ],
    [
      'if it names a user of an issuer of workloads',
      permit(
        'principal == ValetKey::User::"github:x/y", action == ValetKey::Action::"request", resource',
      ),
    ],
    [
      'if it needs the type of one issuer and the id of another',
      permit(
        'principal is ValetKey::Workload, action == ValetKey::Action::"request", resource',
        'when { context.durationSeconds < 9 && principal.issuer == "people" }',
      ),
    ],
    [
      'if it reads a tag that no issuer lists',
      permit(
        'principal, action == ValetKey::Action::"request", resource',
        'when { context.durationSeconds < 9 && principal.hasTag("branch") }',
      ),
    ],
  ])('%s', (_, changes) => {
    const found = warningsOf(changes);
    expect(found.map(({ rule }) => rule)).toEqual(['never-applies']);
    expect(found[0]).toMatchObject({ file: 'policies/more.cedar', line: 1 });
  });

  test.each([
    [
      'if an issuer lists the tag that it reads',
      permit(
        'principal, action == ValetKey::Action::"request", resource',
        'when { context.durationSeconds < 9 && principal.hasTag("ref") }',
      ),
    ],
    [
      'if it needs an optional attribute to be missing',
      permit(
        'principal, action == ValetKey::Action::"request", resource',
        'when { context.durationSeconds < 9 } unless { context has ticket || context has mfaAgeSeconds }',
      ),
    ],
    [
      'if it forbids requests without a ticket',
      policy(
        '@id("more") @advice("Name one.") forbid (principal, action == ValetKey::Action::"request", resource) unless { context has ticket };',
      ),
    ],
    [
      'if its unless may be false',
      permit(
        'principal, action == ValetKey::Action::"request", resource',
        'when { context.durationSeconds < 9 } unless { context.mfa }',
      ),
    ],
    [
      'if one of two alternatives may be true',
      permit(
        'principal, action == ValetKey::Action::"request", resource',
        'when { context.durationSeconds < 9 && (resource.risk == "critical" || resource.risk == "low") }',
      ),
    ],
    [
      'if it is about auditing',
      policy('@id("more") permit (principal, action == ValetKey::Action::"audit", resource);'),
    ],
  ])('but may apply %s', (_, changes) => {
    expect(rulesOf(changes)).not.toContain('never-applies');
  });
});

describe('a grant is not bound to the job that requested it', () => {
  const byBranch = (head: string, tag = 'ref') =>
    permit(head, `when { context.durationSeconds < 9 && principal.hasTag("${tag}") }`);
  const ANY = 'principal, action == ValetKey::Action::"request", resource';
  const AUTO =
    'principal is ValetKey::Workload, action == ValetKey::Action::"autoApprove", resource';

  test('if policy decides by what its token says of the job', () => {
    const found = warningsOf(byBranch(ANY));
    expect(found).toMatchObject([{ rule: 'no-job', file: 'entitlements/read.yaml', line: 1 }]);
    expect(found[0]?.message).toBe(
      "policy 'more' decides on 'read' by the tag 'ref', but a grant is not bound to the job that requested it; list the claim that identifies a run, such as run_id, under tags in issuers.yaml, and add job: [run_id]",
    );
  });

  test('which the warning names where the issuer has it', () => {
    const issuers = ISSUERS.replace('tags: [ref,', 'tags: [ref, run_id,');
    const found = warningsOf({ ...byBranch(ANY), 'issuers.yaml': issuers });
    expect(found[0]?.message).toMatch(/; add job: \[run_id\]$/);
  });

  test.each([
    [
      'for its repository',
      'principal == ValetKey::Workload::"github:1/2", action == ValetKey::Action::"request", resource',
    ],
    [
      'for all workloads',
      'principal is ValetKey::Workload, action == ValetKey::Action::"request", resource',
    ],
  ])('by a permit %s', (_, head) => {
    expect(rulesOf(byBranch(head))).toEqual(['no-job']);
  });

  test('by a forbid, or only about automatic approval', () => {
    const open = permit(ANY)['policies/more.cedar'];
    const forbid =
      '@id("no") @advice("No.") forbid (principal, action, resource) when { principal.hasTag("ref") };';
    const auto = byBranch(AUTO)['policies/more.cedar']?.replace('"more"', '"auto"');
    expect(rulesOf(policy(`${open}\n${forbid}`))).toEqual(['no-job']);
    expect(rulesOf(policy(`${open}\n${auto}`))).toEqual(['no-job']);
    expect(rulesOf(policy(forbid))).toEqual([]);
  });

  test.each([
    ['people', 'principal is ValetKey::User, action == ValetKey::Action::"request", resource'],
    [
      'a group of people',
      'principal in ValetKey::Group::"people:readers", action == ValetKey::Action::"request", resource',
    ],
    [
      'a person',
      'principal == ValetKey::User::"people:ana", action == ValetKey::Action::"request", resource',
    ],
  ])('but never by a policy for %s', (_, head) => {
    const issuers = ISSUERS.replace('groups: groups', 'groups: groups, tags: [ref]');
    expect(rulesOf({ ...byBranch(head), 'issuers.yaml': issuers })).toEqual([]);
  });

  test('nor by a claim that only people have', () => {
    const issuers = ISSUERS.replace('groups: groups', 'groups: groups, tags: [team]');
    expect(rulesOf({ ...byBranch(ANY, 'team'), 'issuers.yaml': issuers })).toEqual([]);
  });

  test('nor if the entitlement names the job', () => {
    expect(rulesOf({ ...byBranch(ANY), 'entitlements/read.yaml': `${READ}job: [ref]\n` })).toEqual(
      [],
    );
  });
});

describe('people could approve for themselves with a second account', () => {
  const second = (type: string) => ({
    'issuers.yaml': `${ISSUERS}  - { id: corp, type: ${type}, url: https://sso.acme.example, audience: valetkey, subject: [sub], name: email, tags: [mail] }\n`,
  });
  const approval = (more = '') => ({
    'entitlements/read.yaml': `${READ}approval: { approvers: ['people:boss']${more} }\n`,
  });

  test('if two issuers have people and no claim identifies them', () => {
    expect(warningsOf({ ...second('User'), ...approval() })).toMatchObject([
      {
        rule: 'no-same-person',
        file: 'entitlements/read.yaml',
        message: expect.stringContaining(
          "people sign in with people and corp, and could approve 'read'",
        ),
      },
    ]);
  });

  test('but not with one issuer of people, without an approval, or where a claim is named', () => {
    expect(rulesOf({ ...second('Workload'), ...approval() })).toEqual([]);
    expect(rulesOf(second('User'))).toEqual([]);
    const { 'issuers.yaml': both } = second('User');
    const listed = both.replace('groups: groups', 'groups: groups, tags: [mail]');
    const named = approval(', samePerson: [mail]');
    expect(rulesOf({ 'issuers.yaml': listed, ...named })).toEqual([]);
  });

  test('and nobody could vote whose issuer does not list the claim that is named', () => {
    expect(warningsOf({ ...second('User'), ...approval(', samePerson: [mail]') })).toMatchObject([
      {
        rule: 'no-same-person',
        message: expect.stringContaining(
          "those who sign in with people can neither request nor approve 'read': the claim 'mail' of their tokens is not read",
        ),
      },
    ]);
    expect(rulesOf(approval(', samePerson: [mail]'))).toEqual(['no-same-person']);
  });

  test('and nobody could request whose issuer does not list it', () => {
    const { 'issuers.yaml': issuers } = second('User');
    const voters = issuers.replace('groups: groups', 'groups: groups, tags: [mail]');
    const bundle = (to: string) => ({
      ...{ 'issuers.yaml': voters.replace(', tags: [mail] }\n', ' }\n') },
      ...approval(', samePerson: [mail]'),
      ...permit(
        `principal in ValetKey::Group::"${to}:a", action == ValetKey::Action::"request", resource`,
      ),
    });
    expect(bundle('corp')['issuers.yaml']).toMatch(/tags: \[mail\].*\n.*\n.*name: email }\n$/);
    expect(warningsOf(bundle('corp')).map(({ message }) => message)).toContainEqual(
      expect.stringContaining('those who sign in with corp can neither request nor approve'),
    );
    expect(rulesOf(bundle('people'))).not.toContain('no-same-person');
  });
});

describe('nobody can get an entitlement', () => {
  const OTHER = { 'entitlements/other.yaml': READ.replace('id: read', 'id: other') };
  const onOther = (action: string) =>
    permit(
      `principal, action == ValetKey::Action::"${action}", resource == ValetKey::Entitlement::"other"`,
    );

  test.each([
    ['that no policy permits', OTHER, /no policy permits request on it/],
    [
      'that may be requested, but neither approved nor allowed at once',
      { ...OTHER, ...onOther('request') },
      /has no approval/,
    ],
    [
      'that may be allowed at once, but not requested',
      { ...OTHER, ...onOther('autoApprove') },
      /no policy permits request on it/,
    ],
    [
      'that a policy only forbids',
      {
        ...OTHER,
        ...policy(
          '@id("no") @advice("No.") forbid (principal, action == ValetKey::Action::"request", resource == ValetKey::Entitlement::"other") when { context.mfa };',
        ),
      },
      /no policy permits request on it/,
    ],
    [
      'that is never allowed at once, and has no approval',
      policy(
        '@id("never") @advice("No.") forbid (principal, action == ValetKey::Action::"autoApprove", resource == ValetKey::Entitlement::"read");',
      ),
      /it has no approval, and no policy permits autoApprove on it/,
    ],
    [
      'that is always forbidden',
      policy(
        '@id("never") @advice("No.") forbid (principal, action, resource == ValetKey::Entitlement::"read");',
      ),
      /'never' forbids every request/,
    ],
  ])('%s', (_, changes, says) => {
    const found = warningsOf(changes).filter(({ rule }) => rule === 'nobody-can-get');
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toMatch(says);
  });

  test('except one that may be requested and has an approval', () => {
    const approved = READ.replace('id: read', 'id: other').concat(
      "approval: { approvers: ['people:boss'] }\n",
    );
    const found = rulesOf({ 'entitlements/other.yaml': approved, ...onOther('request') });
    expect(found).not.toContain('nobody-can-get');
  });
});

describe('a permit has no limit on the duration', () => {
  const unlimited = permit('principal, action == ValetKey::Action::"autoApprove", resource', '');

  test('if neither it nor a forbid sets one', () => {
    expect(rulesOf(unlimited)).toEqual(['no-duration-limit']);
  });

  test('unless a forbid sets one', () => {
    const { 'policies/more.cedar': text } = unlimited;
    const limit =
      '@id("limit") @advice("Shorter.") forbid (principal, action == ValetKey::Action::"autoApprove", resource) when { context.durationSeconds > 9 };';
    expect(rulesOf(policy(`${text}\n${limit}`))).toEqual([]);
  });

  test('unless its action has no duration', () => {
    expect(
      rulesOf(
        policy('@id("more") permit (principal, action == ValetKey::Action::"audit", resource);'),
      ),
    ).toEqual([]);
  });
});

describe('a statement of high risk has a wildcard', () => {
  test.each(['high', 'critical'])('in its actions or resources, at %s risk', (risk) => {
    const text = "  - { Effect: Allow, Action: 's3:Get*', Resource: 'arn:aws:s3:::a?' }\n";
    expect(rulesOf(statements(text, risk))).toEqual(['wildcard', 'wildcard']);
    expect(rulesOf(statements(text, 'medium'))).toEqual([]);
  });

  test('or an inverse, which allows everything that it does not list', () => {
    const text = "  - { Effect: Allow, Action: 's3:GetObject', NotResource: 'arn:aws:s3:::a' }\n";
    expect(rulesOf(statements(text, 'high'))).toEqual(['wildcard']);
  });

  test('unless it is a Deny', () => {
    expect(rulesOf(statements(allow('s3:GetObject') + DENY, 'critical'))).toEqual([]);
  });
});

describe('a statement leads out of the session', () => {
  test.each([
    ['outlives-session', ['iam:CreateUser']],
    ['outlives-session', ['iam:*AccessKey*']],
    ['climbs-out', ['iam:UpdateAssumeRolePolicy']],
    ['climbs-out', ['iam:putrolepolicy']],
    ['climbs-out', ['iam:PassRole', 'lambda:CreateFunction']],
    ['climbs-out', ['iam:PassRole', 'ec2:Run*']],
    ['climbs-out', ['sts:AssumeRoleWithWebIdentity']],
    ['borrows-role', ['lambda:UpdateFunctionCode']],
    ['lasting-share', ['kms:PutKeyPolicy']],
  ])('%s: %j', (rule, actions) => {
    expect(rulesOf(statements(allow(...actions)))).toEqual([rule]);
  });

  test('PassRole and compute count together even in two statements', () => {
    expect(rulesOf(statements(allow('iam:PassRole') + allow('glue:CreateJob')))).toEqual([
      'climbs-out',
    ]);
  });

  test.each([
    [['iam:PassRole']],
    [['lambda:CreateFunction']],
    [['iam:GetUser', 'sts:GetCallerIdentity']],
  ])('but not by %j alone', (actions) => {
    expect(warningsOf(statements(allow(...actions)))).toEqual([]);
  });

  test('by NotAction as well', () => {
    const text = "  - { Effect: Allow, NotAction: 'sts:*', Resource: '*' }\n";
    expect(new Set(rulesOf(statements(text)))).toEqual(
      new Set(['outlives-session', 'climbs-out', 'borrows-role', 'lasting-share']),
    );
  });

  test('which the warning names in words, by the first three', () => {
    const messages = (...actions: readonly string[]) =>
      warningsOf(statements(allow(...actions))).map(({ message }) => message);
    expect(messages('iam:PassRole', 'lambda:CreateFunction')).toEqual([
      'statements.0.Action: allows iam:PassRole with lambda:CreateFunction, which runs what the caller chooses as another role; remove it, or add acknowledged: { climbs-out: <why> }',
    ]);
    expect(messages('ssm:SendCommand', 'ssm:StartSession', 'ecs:ExecuteCommand')).toEqual([
      'statements.0.Action: allows ssm:SendCommand, which runs what the caller chooses as the role of something that exists; and ecs:ExecuteCommand or ssm:StartSession, which opens a session in a machine or container, with the role that it has; remove it, or add acknowledged: { borrows-role: <why> }',
    ]);
    expect(messages('iam:*')).toEqual([
      expect.stringMatching(
        /allows iam:CreateUser or iam:CreateAccessKey or iam:UpdateAccessKey, which makes or changes credentials that outlive the session \(and \d+ more such ways\)/,
      ),
      expect.stringMatching(/climbs-out/),
    ]);
  });

  test('but not to the roles under chainedRoles, which the kill switch reaches', () => {
    const role = 'arn:aws:iam::{{account}}:role/valetkey/next';
    const chained = (actions: string, more = '') => {
      const text = `  - { Effect: Allow, Action: [${actions}], Resource: '${role}' }\n${more}`;
      const { 'entitlements/read.yaml': read } = statements(text);
      return warningsOf({ 'entitlements/read.yaml': `${read}chainedRoles: ['${role}']\n` });
    };
    expect(chained('sts:AssumeRole')).toEqual([]);
    expect(chained("'sts:AssumeRole*'")).toMatchObject([
      { rule: 'climbs-out', message: expect.stringContaining('allows sts:AssumeRoleWithSAML or') },
    ]);
    expect(chained('sts:AssumeRole', allow('iam:PutRolePolicy'))).toMatchObject([
      { rule: 'climbs-out', message: expect.stringContaining('allows iam:PutRolePolicy, which') },
    ]);
  });

  test('unless another statement denies it everywhere', () => {
    expect(rulesOf(statements(allow('iam:CreateUser') + DENY))).toEqual([]);
    const somewhere = DENY.replace("'*' }", "'arn:aws:iam::111122223333:user/a' }");
    expect(rulesOf(statements(allow('iam:CreateUser') + somewhere))).toEqual(['outlives-session']);
  });
});

describe('an acknowledgement', () => {
  const changes = statements(allow('iam:CreateUser', 's3:Put*'), 'high');
  const unlimited = { 'policies/read.cedar': LIMITED.replace(/ when .*;/, ';') };
  const acknowledging = (rules: string) => ({
    'entitlements/read.yaml': `${changes['entitlements/read.yaml']}acknowledged: ${rules}\n`,
    ...unlimited,
  });
  const all = ['lasting-share', 'no-duration-limit', 'outlives-session', 'wildcard'];

  test.each(all)('silences the warning that it names, and no other: %s', (rule) => {
    expect(new Set(rulesOf({ ...changes, ...unlimited }))).toEqual(new Set(all));
    const others = all.filter((one) => one !== rule);
    expect(new Set(rulesOf(acknowledging(`{ ${rule}: known }`)))).toEqual(new Set(others));
  });

  test('that is only a reason silences nothing, and says so', () => {
    expect(new Set(rulesOf(acknowledging('known')))).toEqual(
      new Set([...all, 'acknowledges-nothing']),
    );
    expect(warningsOf(acknowledging('known'))).toContainEqual({
      ...{ rule: 'acknowledges-nothing', file: 'entitlements/read.yaml', line: 9 },
      message:
        'acknowledged: names no warning and silences none; write acknowledged: { <rule>: <reason> }',
    });
  });

  test('of every warning leaves none', () => {
    const rules = all.map((rule) => `${rule}: known`).join(', ');
    expect(warningsOf(acknowledging(`{ ${rules} }`))).toEqual([]);
  });

  test.each([
    ['{}', /acknowledged: is empty/],
    ["{ wildcard: '' }", /acknowledged.wildcard: is empty; give the reason/],
    ["{ wildcard: ' ' }", /acknowledged.wildcard: is empty; give the reason/],
    ['{ wildcard: "\\u200b…" }', /acknowledged.wildcard: is empty; give the reason/],
    ["' '", /acknowledged: is empty; give the reason/],
    ['{ wildcards: known }', /acknowledged.wildcards: is not a known field/],
    ['{ never-applies: known }', /acknowledged/],
  ])('that says %s is refused', (rules, says) => {
    const bundle = compileBundle(files(acknowledging(rules)), language);
    expect(bundle).toMatchObject({
      ok: false,
      error: [{ line: 9, message: expect.stringMatching(says) }],
    });
  });
});

test('a policy that reads a tag can never apply if no issuer has tags', () => {
  const issuers = ISSUERS.replace(', tags: [ref, protected]', '');
  const changes = permit(
    'principal, action == ValetKey::Action::"request", resource',
    'when { context.durationSeconds < 9 && principal.hasTag("ref") }',
  );
  expect(rulesOf({ ...changes, 'issuers.yaml': issuers })).toEqual(['never-applies']);
});

test.each([
  [
    'a tag that no issuer lists any more',
    ISSUERS.replace(', tags: [ref, protected]', ''),
    'when { principal.hasTag("ref") && principal.getTag("ref") == "x" }',
    /'no' can never apply: it reads the tag 'ref', which no issuer lists/,
  ],
  [
    'a group of an issuer without groups',
    ISSUERS,
    'when { principal in ValetKey::Group::"github:outside" }',
    /'no' can never apply: it names the group 'github:outside', and that issuer has no groups/,
  ],
])('a forbid by %s is not disarmed without a word', (_, issuers, clause, says) => {
  const more = policy(`@id("no") @advice("No.") forbid (principal, action, resource) ${clause};`);
  const warnings = warningsOf({ ...more, 'issuers.yaml': issuers });
  expect(warnings).toEqual([
    expect.objectContaining({ rule: 'never-applies', message: expect.stringMatching(says) }),
  ]);
});

test('a policy for a group of an issuer without groups says what to write, and where', () => {
  const more = policy(
    '@id("no") @advice("No.") forbid (principal in ValetKey::Group::"github:outside", action, resource);',
  );
  const message =
    "policy 'no' can never apply: issuer 'github' has no groups; name the claim that lists them under groups in issuers.yaml";
  expect(warningsOf(more)).toMatchObject([{ rule: 'never-applies', message }]);
});
