import { describe, expect, test } from '@jest/globals';
import { lint } from '../../../core/policy/lint.ts';
import { files, ISSUERS, language, READ } from '../../support/bundles.ts';
import { analyst, sourcesOf } from './test-bench.ts';

const LIMITED = `@id("read-is-fine")
permit (
  principal in ValetKey::Group::"people:readers",
  action in [ValetKey::Action::"request", ValetKey::Action::"autoApprove"],
  resource == ValetKey::Entitlement::"read"
) when { context.durationSeconds <= 3600 };
`;

const warningsOf = (changes: Readonly<Record<string, string | null>>) =>
  lint(sourcesOf(files({ 'policies/read.cedar': LIMITED, ...changes })), language, analyst);
const rulesOf = (changes: Readonly<Record<string, string | null>>) =>
  warningsOf(changes).map(({ rule }) => rule);
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
      'when its clause is false',
      permit(
        'principal, action == ValetKey::Action::"request", resource',
        'when { context.durationSeconds < 9 && false }',
      ),
    ],
    [
      'when it asks for one type in two places',
      permit(
        'principal is ValetKey::User, action, resource',
        'when { principal is ValetKey::Workload && context.durationSeconds < 9 }',
      ),
    ],
    [
      'when no entitlement is like that',
      permit(
        'principal, action == ValetKey::Action::"request", resource',
        'when { resource.risk == "critical" && context.durationSeconds < 9 }',
      ),
    ],
    [
      'when the label is nowhere',
      permit(
        'principal, action == ValetKey::Action::"request", resource',
        'when { resource.labels.contains("gone") && context.durationSeconds < 9 }',
      ),
    ],
    [
      'when its action is not for that resource',
      permit(
        'principal, action == ValetKey::Action::"audit", resource == ValetKey::Entitlement::"read"',
      ),
    ],
    [
      'when the issuer gives no groups',
      permit(
        'principal in ValetKey::Group::"github:x", action == ValetKey::Action::"request", resource',
      ),
    ],
    [
      'when the issuer makes others',
      permit(
        'principal == ValetKey::User::"github:x/y", action == ValetKey::Action::"request", resource',
      ),
    ],
    [
      'when no issuer lists the tag',
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
      'for a tag that an issuer lists',
      permit(
        'principal, action == ValetKey::Action::"request", resource',
        'when { context.durationSeconds < 9 && principal.hasTag("ref") }',
      ),
    ],
    [
      'for an optional attribute that may be missing',
      permit(
        'principal, action == ValetKey::Action::"request", resource',
        'when { context.durationSeconds < 9 } unless { context has ticket || context has mfaAgeSeconds }',
      ),
    ],
    [
      'for a forbid of everything without a ticket',
      policy(
        '@id("more") @advice("Name one.") forbid (principal, action == ValetKey::Action::"request", resource) unless { context has ticket };',
      ),
    ],
    [
      'for an unless that may be false',
      permit(
        'principal, action == ValetKey::Action::"request", resource',
        'when { context.durationSeconds < 9 } unless { context.mfa }',
      ),
    ],
    [
      'for one of two alternatives',
      permit(
        'principal, action == ValetKey::Action::"request", resource',
        'when { context.durationSeconds < 9 && (resource.risk == "critical" || resource.risk == "low") }',
      ),
    ],
    [
      'for a policy about auditing',
      policy('@id("more") permit (principal, action == ValetKey::Action::"audit", resource);'),
    ],
  ])('but not %s', (_, changes) => {
    expect(warningsOf(changes)).toEqual([]);
  });
});

describe('nobody can get an entitlement', () => {
  const OTHER = { 'entitlements/other.yaml': READ.replace('id: read', 'id: other') };
  const onOther = (action: string) =>
    permit(
      `principal, action == ValetKey::Action::"${action}", resource == ValetKey::Entitlement::"other"`,
    );

  test.each([
    ['that no policy permits', OTHER, /no policy permits to request it/],
    [
      'that may be asked for, but neither approved nor allowed',
      { ...OTHER, ...onOther('request') },
      /has no approval/,
    ],
    [
      'that may be allowed, but not asked for',
      { ...OTHER, ...onOther('autoApprove') },
      /no policy permits to request it/,
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

  test('but it can be asked for where somebody approves', () => {
    const approved = READ.replace('id: read', 'id: other').concat(
      "approval: { approvers: ['people:boss'] }\n",
    );
    const found = rulesOf({ 'entitlements/other.yaml': approved, ...onOther('request') });
    expect(found).toEqual([]);
  });
});

describe('a permit has no limit on duration', () => {
  const unlimited = permit('principal, action == ValetKey::Action::"autoApprove", resource', '');

  test('unless it has its own', () => {
    expect(rulesOf(unlimited)).toEqual(['no-duration-limit']);
  });

  test('or a forbid sets one', () => {
    const { 'policies/more.cedar': text } = unlimited;
    const limit =
      '@id("limit") @advice("Shorter.") forbid (principal, action == ValetKey::Action::"autoApprove", resource) when { context.durationSeconds > 9 };';
    expect(rulesOf(policy(`${text}\n${limit}`))).toEqual([]);
  });

  test('or it permits nothing that lasts', () => {
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

  test('or allows all but a few', () => {
    const text = "  - { Effect: Allow, Action: 's3:GetObject', NotResource: 'arn:aws:s3:::a' }\n";
    expect(rulesOf(statements(text, 'high'))).toEqual(['wildcard']);
  });

  test('while a Deny may be as wide as it likes', () => {
    expect(rulesOf(statements(allow('s3:GetObject') + DENY, 'critical'))).toEqual([]);
  });
});

describe('a statement lets somebody leave the session behind', () => {
  test.each([
    ['outlives-session', ['iam:CreateUser']],
    ['outlives-session', ['iam:*AccessKey*']],
    ['climbs-out', ['iam:UpdateAssumeRolePolicy']],
    ['climbs-out', ['iam:putrolepolicy']],
    ['climbs-out', ['iam:PassRole', 'lambda:CreateFunction']],
    ['climbs-out', ['iam:PassRole', 'ec2:Run*']],
    ['climbs-out', ['sts:AssumeRoleWithWebIdentity']],
  ])('%s: %j', (rule, actions) => {
    expect(rulesOf(statements(allow(...actions)))).toEqual([rule]);
  });

  test('PassRole and compute count together from two statements', () => {
    expect(rulesOf(statements(allow('iam:PassRole') + allow('glue:CreateJob')))).toEqual([
      'climbs-out',
    ]);
  });

  test.each([
    [['iam:PassRole']],
    [['lambda:CreateFunction']],
    [['iam:GetUser', 'sts:GetCallerIdentity']],
  ])('but not with %j alone', (actions) => {
    expect(warningsOf(statements(allow(...actions)))).toEqual([]);
  });

  test('by NotAction as well', () => {
    const text = "  - { Effect: Allow, NotAction: 'sts:*', Resource: '*' }\n";
    expect(new Set(rulesOf(statements(text)))).toEqual(new Set(['outlives-session', 'climbs-out']));
  });

  test('unless another statement denies it everywhere', () => {
    expect(rulesOf(statements(allow('iam:CreateUser') + DENY))).toEqual([]);
    const somewhere = DENY.replace("'*' }", "'arn:aws:iam::111122223333:user/a' }");
    expect(rulesOf(statements(allow('iam:CreateUser') + somewhere))).toEqual(['outlives-session']);
  });
});

test('an entitlement that says why is left alone', () => {
  const changes = statements(allow('iam:CreateUser', 's3:*'), 'high');
  const text = `${changes['entitlements/read.yaml']}acknowledged: the identity team makes users\n`;
  expect(rulesOf(changes).length).toBeGreaterThan(1);
  const unlimited = { 'policies/read.cedar': LIMITED.replace(/ when .*;/, ';') };
  expect(warningsOf({ 'entitlements/read.yaml': text, ...unlimited })).toEqual([]);
});

test('an issuer that lists no tags makes policies about tags impossible', () => {
  const issuers = ISSUERS.replace(', tags: [ref, protected]', '');
  const changes = permit(
    'principal, action == ValetKey::Action::"request", resource',
    'when { context.durationSeconds < 9 && principal.hasTag("ref") }',
  );
  expect(rulesOf({ ...changes, 'issuers.yaml': issuers })).toEqual(['never-applies']);
});
