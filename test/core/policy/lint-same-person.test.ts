import { describe, expect, test } from '@jest/globals';
import { ISSUERS, READ } from '../../support/bundles.ts';
import { warningsOf } from './lint-bench.ts';

const OTHER = READ.replace('id: read', 'id: other');
const issuers = (people: string, corp: string) =>
  `${ISSUERS.replace('groups: groups', `groups: groups, tags: [${people}]`)}  - { id: corp, type: User, url: https://sso.acme.example, audience: valetkey, subject: [sub], name: email, groups: groups, tags: [${corp}] }\n`;
const permit = (group: string, on = 'read', action = 'request') =>
  `@id("more") permit (principal in ValetKey::Group::"${group}", action == ValetKey::Action::"${action}", resource == ValetKey::Entitlement::"${on}") when { context.durationSeconds < 9 };`;

function said(changes: Parameters<typeof warningsOf>[0]): readonly string[] {
  return warningsOf(changes)
    .filter(({ rule }) => rule === 'no-same-person')
    .map(({ file, line, message }) => `${file}:${line}: ${message}`);
}
const read = (approval: string) => ({
  'entitlements/read.yaml': `${READ}approval:\n  approvers: ['people:boss']\n${approval}`,
});
const says = (index: number, whose: string, claim: string) =>
  `entitlements/read.yaml:13: approval.samePerson.${index}: those who sign in with ${whose} can neither request nor approve 'read': the claim '${claim}' of their tokens is not read; list it under tags of ${whose} in issuers.yaml, or add acknowledged: { no-same-person: <why> }`;

describe('people with two accounts', () => {
  test('could approve for themselves', () => {
    expect(said({ 'issuers.yaml': issuers('mail', 'mail'), ...read('') })).toEqual([
      "entitlements/read.yaml:11: approval: people sign in with people and corp, and could approve 'read' for themselves with a second account; name a claim that all of them list under tags: samePerson: [<claim>]",
    ]);
  });
});

describe('a claim that is to say who they are is not read', () => {
  const SAME = '  samePerson: [mail, staff]\n';

  test('of those who vote, each claim by itself', () => {
    const found = (people: string) => said({ 'issuers.yaml': issuers(people, 'x'), ...read(SAME) });
    expect(found('mail, staff')).toEqual([]);
    expect(found('mail')).toEqual([says(1, 'people', 'staff')]);
    expect(found('x')).toEqual([says(0, 'people', 'mail'), says(1, 'people', 'staff')]);
  });

  test('of those who vote later', () => {
    const later = `${SAME}  escalateAfter: 5m\n  escalateTo: ['corp:boss']\n`;
    const found = said({ 'issuers.yaml': issuers('mail, staff', 'staff'), ...read(later) });
    expect(found).toEqual([says(0, 'corp', 'mail')]);
  });

  test('of several issuers', () => {
    const found = said({
      'issuers.yaml': issuers('staff', 'staff'),
      ...read(SAME),
      'policies/more.cedar': permit('corp:a'),
    });
    expect(found).toEqual([says(0, 'people and corp', 'mail')]);
  });

  test.each([
    ['may request something else', permit('corp:a', 'other')],
    ['may only have it approved', permit('corp:a', 'read', 'autoApprove')],
    ['may request, of another issuer', permit('people:a')],
    ['may not request it', permit('corp:a').replace('permit', '@advice("No.") forbid')],
  ])('and that is no matter for those who %s', (_, policy) => {
    const found = said({
      'issuers.yaml': issuers('mail, staff', 'x'),
      'entitlements/other.yaml': OTHER,
      ...read(SAME),
      'policies/more.cedar': policy,
    });
    expect(found).toEqual([]);
  });
});
