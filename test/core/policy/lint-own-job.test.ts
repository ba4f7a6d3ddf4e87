import { describe, expect, test } from '@jest/globals';
import { READ } from '../../support/bundles.ts';
import { PUBLIC, rulesOf, warningsOf } from './lint-bench.ts';

const JOBS = 'principal == ValetKey::Workload::"github:1/2"';
const tied = (tags: string) =>
  PUBLIC.replace('tags: [department, email]', `claims: { actor_id: [github_id] }, tags: [${tags}]`);
const bundle = (approval: string, actions: string, head = JOBS, issuers = PUBLIC) => ({
  'issuers.yaml': issuers.replace(/ {2}- \{ id: google.*\n/, ''),
  'entitlements/read.yaml': READ + approval,
  'policies/more.cedar': `@id("more") permit (${head}, action ${actions}, resource == ValetKey::Entitlement::"read") when { context.durationSeconds <= 3600 };`,
});
const APPROVAL = "approval: { approvers: ['people:boss'] }\n";
const REQUEST = '== ValetKey::Action::"request"';
const BOTH = 'in [ValetKey::Action::"request", ValetKey::Action::"autoApprove"]';

describe('whoever starts a job could approve its request', () => {
  test('if people vote on it, and no claim says who started it', () => {
    expect(warningsOf(bundle(APPROVAL, REQUEST))).toMatchObject([
      {
        rule: 'own-job',
        file: 'entitlements/read.yaml',
        line: 11,
        message: expect.stringMatching(
          /jobs of 'github' can request 'read', and whoever started one can approve it; .*samePerson: \[actor_id\]/,
        ),
      },
    ]);
  });

  test('and the message names the claim that says who started it, where the issuer lists one', () => {
    const says = (issuer: string, claim: string) =>
      `approval: jobs of '${issuer}' can request 'read', and whoever started one can approve it; name a claim that says who started it, and list it under tags for people too, with the same name by claims: samePerson: [${claim}], or add acknowledged: { own-job: <why> }`;
    const found = (issuer: string, subject: string) =>
      warningsOf(
        bundle(APPROVAL, REQUEST, `principal == ValetKey::Workload::"${issuer}:${subject}"`),
      )
        .filter(({ rule }) => rule === 'own-job')
        .map(({ message }) => message);
    expect(found('github', '1/2')).toEqual([says('github', 'actor_id')]);
    expect(found('gitlab', '1/2')).toEqual([says('gitlab', 'user_id')]);
    expect(found('server', '1')).toEqual([says('server', '<claim>')]);
  });

  test('or if one of two groups that vote is of an issuer without the claim', () => {
    const two = "approval: { approvers: ['people:boss', 'staff:boss'], samePerson: [actor_id] }\n";
    const staff = (tags: string) =>
      `${tied('actor_id')}  - { id: staff, type: User, url: https://staff.acme.example, audience: valetkey, subject: [sub], name: sub, groups: groups, tags: [${tags}] }\n`;
    expect(rulesOf(bundle(two, REQUEST, JOBS, staff('other')))).toContain('own-job');
    expect(rulesOf(bundle(two, REQUEST, JOBS, staff('actor_id')))).not.toContain('own-job');
  });

  test('but not if only jobs vote, or what they can request is something else', () => {
    const robots = "approval: { approvers: ['github:bots'] }\n";
    expect(rulesOf(bundle(robots, REQUEST))).not.toContain('own-job');
    const elsewhere = bundle(APPROVAL, REQUEST);
    const { 'policies/more.cedar': more } = elsewhere;
    const other = {
      ...elsewhere,
      'entitlements/other.yaml': READ.replace('id: read', 'id: other'),
      'policies/more.cedar': more.replace('Entitlement::"read"', 'Entitlement::"other"'),
    };
    expect(rulesOf(other)).not.toContain('own-job');
  });

  test('or if only those can vote to whom it escalates', () => {
    const robots =
      "approval: { approvers: ['github:bots'], escalateAfter: 5m, escalateTo: ['people:boss'] }\n";
    expect(rulesOf(bundle(robots, REQUEST))).toContain('own-job');
  });

  test('or if the claim is only in one of the two tokens', () => {
    const same = "approval: { approvers: ['people:boss'], samePerson: [actor_id] }\n";
    expect(rulesOf(bundle(same, REQUEST))).toContain('own-job');
    expect(rulesOf(bundle(same, REQUEST, JOBS, tied('actor_id')))).toEqual([]);
  });

  test('but not if the permit lets the job have it without an approval, or is for people', () => {
    expect(rulesOf(bundle(APPROVAL, BOTH))).toEqual([]);
    expect(rulesOf(bundle(APPROVAL, REQUEST, 'principal in ValetKey::Group::"people:x"'))).toEqual(
      [],
    );
    expect(rulesOf(bundle('', BOTH))).toEqual([]);
  });

  const forbidding = (action: string, when: string, head = JOBS, actions = BOTH) => {
    const { 'policies/more.cedar': more, ...rest } = bundle(APPROVAL, actions, head);
    const forbid = `@id("no") @advice("No.") forbid (principal, action ${action}, resource) when { ${when} };`;
    return rulesOf({ ...rest, 'policies/more.cedar': `${more}\n${forbid}` });
  };
  const AUTO = '== ValetKey::Action::"autoApprove"';

  test.each([
    ['sends all requests to people', 'resource.risk != "critical"', BOTH],
    ['sends some requests to people', 'context.durationSeconds > 600', BOTH],
    [
      'stands beside a permit of every action',
      'context.durationSeconds > 600',
      'in [ValetKey::Action::"request", ValetKey::Action::"autoApprove", ValetKey::Action::"vote"]',
    ],
  ])('also if a forbid on automatic approval %s', (_, when, actions) => {
    expect(forbidding(AUTO, when, JOBS, actions)).toContain('own-job');
  });

  test('but not if such a forbid is for others, or forbids the request as well', () => {
    expect(forbidding(AUTO, 'principal.issuer == "gitlab"')).toEqual([]);
    expect(forbidding(AUTO, 'principal is ValetKey::User && !context.mfa')).toEqual([]);
    expect(forbidding(BOTH, 'context.durationSeconds > 600')).toEqual([]);
  });

  test('but not if a second permit is for automatic approval alone, or a forbid is all that there is', () => {
    const { 'policies/more.cedar': more, ...rest } = bundle(APPROVAL, BOTH);
    const also = more?.replace('"more"', '"also"').replace(BOTH, AUTO);
    expect(rulesOf({ ...rest, 'policies/more.cedar': `${more}\n${also}` })).toEqual([]);
    const forbid = more
      ?.replace(BOTH, REQUEST)
      .replace('"more") permit', '"more") @advice("No.") forbid');
    expect(rulesOf({ ...rest, 'policies/more.cedar': forbid ?? '' })).toEqual([]);
  });

  test('also if a clause of the permit leaves automatic approval out', () => {
    const { 'policies/more.cedar': more, ...rest } = bundle(APPROVAL, BOTH);
    const when = 'when { action == ValetKey::Action::"request" && context';
    expect(
      rulesOf({ ...rest, 'policies/more.cedar': `${more?.replace('when { context', when)}` }),
    ).toContain('own-job');
  });

  test('nor if the author says why', () => {
    const known = `${APPROVAL}acknowledged: { own-job: two people merge before a job runs }\n`;
    expect(rulesOf(bundle(known, REQUEST))).toEqual([]);
  });
});
