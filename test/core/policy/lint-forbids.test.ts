import { describe, expect, test } from '@jest/globals';
import { READ } from '../../support/bundles.ts';
import { rulesOf, warningsOf } from './lint-bench.ts';

const issuers = (contractors: string) => `issuers:
  - { id: people, type: User, url: https://login.acme.example, audience: valetkey, subject: [sub], name: email, groups: groups, tags: [department, site], mfa: { amr: [mfa] } }
  - { id: contractors, type: User, url: https://login.ext.example, audience: valetkey, subject: [sub], name: email, groups: groups${contractors} }
  - { id: github, type: Workload, url: https://token.actions.githubusercontent.com, audience: valetkey, subject: [repository_owner_id, repository_id], name: repository, tags: [ref] }
`;
const BOTH = 'action in [ValetKey::Action::"request", ValetKey::Action::"autoApprove"]';
const PERMIT = `@id("contractors-too") permit (principal in ValetKey::Group::"contractors:x", ${BOTH}, resource == ValetKey::Entitlement::"read") when { context.durationSeconds <= 3600 };\n`;
const is = (tag: string, value: string) =>
  `(principal.hasTag("${tag}") && principal.getTag("${tag}") == "${value}")`;
const SALES = is('department', 'sales');

const forbid = (
  when: string,
  { head = 'principal is ValetKey::User', listed = '', annotations = '', permit = PERMIT } = {},
) => ({
  'issuers.yaml': issuers(listed),
  'policies/more.cedar': `${permit}@id("no") @advice("No.") ${annotations} forbid (${head}, action == ValetKey::Action::"request", resource) ${when};`,
});
const when = (condition: string) => `when { ${condition} }`;

describe('a forbid does not reach principals of an issuer that lacks its tag', () => {
  test('and the message says which, and what to write', () => {
    expect(warningsOf(forbid(when(SALES)))).toEqual([
      {
        rule: 'not-for-issuer',
        file: 'policies/more.cedar',
        line: 2,
        message: `policy 'no' forbids by the tag 'department', which issuer 'contractors' does not list, so it does not stop those who sign in with it; list it under tags in issuers.yaml, or say whom the policy is for, such as principal.issuer == "people", or add @acknowledged("not-for-issuer: <why>")`,
      },
    ]);
  });

  test.each([
    ['beside another condition', when(`${SALES} && context.durationSeconds > 60`)],
    ['negated', when(`principal.hasTag("department") && !${SALES}`)],
    ['in unless', `unless { !principal.hasTag("department") || !${SALES} }`],
    [
      'by a pattern',
      when('principal.hasTag("department") && principal.getTag("department") like "s*"'),
    ],
    [
      'by a choice',
      when(
        'if principal.hasTag("department") then principal.getTag("department") == "sales" else false',
      ),
    ],
    [
      'beside an alternative that is not about principals',
      when(`${SALES} || context.durationSeconds > 1800`),
    ],
    [
      'beside an alternative about people of any issuer',
      when(`${SALES} || (principal is ValetKey::User && context.durationSeconds > 1800)`),
    ],
    [
      'in a branch for the issuer',
      when(
        `(principal.issuer == "contractors" && ${SALES}) || (principal.issuer == "people" && context.durationSeconds > 600)`,
      ),
    ],
    [
      'beside alternatives that are not about principals',
      when(`${SALES} && (context.mfa || context.durationSeconds > 60)`),
    ],
    ['with a second tag, which it lacks too', when(`${SALES} && ${is('site', 'berlin')}`)],
  ])('%s', (_, clause) => {
    expect(rulesOf(forbid(clause))).toEqual(['not-for-issuer']);
  });

  test('unless it lists the tag', () => {
    expect(rulesOf(forbid(when(SALES), { listed: ', tags: [department]' }))).toEqual([]);
  });

  test.each([
    ['it is for another issuer', when(`principal.issuer == "people" && ${SALES}`), {}],
    ['it is for all but that issuer', when(`principal.issuer != "contractors" && ${SALES}`), {}],
    [
      'it is for a group of another',
      when(SALES),
      { head: 'principal in ValetKey::Group::"people:x"' },
    ],
    [
      'it is for a group of another in its clause',
      when(`principal in ValetKey::Group::"people:x" && ${SALES}`),
      {},
    ],
    ['it stops whoever lacks the tag', when(`!${SALES}`), {}],
    ['it stops whoever lacks the tag, in other words', `unless { ${SALES} }`, {}],
    ['it says so of the missing tag', when(`!principal.hasTag("department") || ${SALES}`), {}],
    [
      'each issuer has an alternative of its own',
      when(`${SALES} || ${is('company', 'ext')}`),
      { listed: ', tags: [company]' },
    ],
    [
      'each issuer has an alternative by its id',
      when(`${SALES} || (principal.issuer == "contractors" && context.durationSeconds > 60)`),
      {},
    ],
    [
      'each issuer has a part of an alternative',
      when(
        `${SALES} || (context.durationSeconds > 60 && (principal.issuer == "contractors" || principal.issuer == "people"))`,
      ),
      {},
    ],
    [
      'no part of an alternative is for them',
      when(
        `((principal.issuer == "people" && context.mfa) || (principal.issuer == "people" && context.durationSeconds > 60)) && ${SALES}`,
      ),
      {},
    ],
    [
      'the tag is a claim of jobs, and they are people',
      when(is('ref', 'main')),
      { head: 'principal' },
    ],
    ['no permit lets them in', when(SALES), { permit: '' }],
    [
      'the author says why',
      when(SALES),
      { annotations: '@acknowledged("not-for-issuer: contractors sell nothing")' },
    ],
  ])('but not if %s', (_, clause, more) => {
    expect(rulesOf(forbid(clause, more))).toEqual([]);
  });
});

test('a permit may be for the principals of one issuer only', () => {
  const byTag = `@id("more") permit (principal is ValetKey::User, ${BOTH}, resource == ValetKey::Entitlement::"read") when { context.durationSeconds <= 3600 && ${SALES} };`;
  const changes = { 'issuers.yaml': issuers(''), 'policies/more.cedar': `${PERMIT}${byTag}` };
  expect(rulesOf(changes)).toEqual([]);
});

describe('a forbid that does not reach an issuer counts where a permit lets the issuer in', () => {
  const OTHER = READ.replace('id: read', 'id: other');
  const bundle = (...policies: readonly string[]) => ({
    ...forbid(''),
    'entitlements/other.yaml': `${OTHER}acknowledged: { nobody-can-get: tested elsewhere }\n`,
    'policies/more.cedar': policies.join('\n'),
  });
  const no = (on: string, action = 'action == ValetKey::Action::"request"') =>
    `@id("no") @advice("No.") forbid (principal is ValetKey::User, ${action}, ${on}) when { ${SALES} };`;

  test('and not where it lets it into another entitlement, or only another forbid is for it', () => {
    const onOther = no('resource == ValetKey::Entitlement::"other"');
    const long =
      '@id("long") @advice("No.") forbid (principal, action, resource) when { context has ticket && context.durationSeconds > 9999 };';
    expect(rulesOf(bundle(PERMIT, onOther))).toEqual([]);
    expect(rulesOf(bundle(long, no('resource')))).toEqual([]);
  });

  test('be it on one of many entitlements and actions', () => {
    expect(rulesOf(bundle(PERMIT, no('resource', 'action')))).toEqual(['not-for-issuer']);
  });
});

test('a forbid that stops nobody at all has one warning', () => {
  const named = forbid(when(`principal.issuer == "contractors" && ${SALES}`));
  expect(rulesOf(named)).toEqual(['never-applies']);
});

test('a tag that no issuer lists has one warning', () => {
  expect(rulesOf(forbid(when(is('team', 'x'))))).toEqual(['never-applies']);
});
