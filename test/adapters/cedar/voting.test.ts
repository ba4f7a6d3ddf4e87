import { describe, expect, test } from '@jest/globals';
import type { Bundle } from '../../../core/bundle/bundle.ts';
import { question } from '../../../core/decision.ts';
import type { Caller } from '../../../core/principal.ts';
import { compiled, engineOf, files, READ } from '../../support/bundles.ts';
import { ANA, NOW, person } from '../../support/memory-ports.ts';

/** `approvers` and `escalateTo` are permits like any other: forbids apply to them, and errors deny. */

const APPROVAL = `approval: { approvers: ['people:first'], escalateTo: ['people:second'] }\n`;
const FORBID = `@id("no-votes-without-mfa") @advice("Sign in with a second factor.")
forbid (principal, action == ValetKey::Action::"vote", resource) when { !context.mfa };
`;
const SAME_TEAM = `@id("not-the-same-team") @advice("Ask another team.")
forbid (principal, action == ValetKey::Action::"vote", resource)
when { context.requester in ValetKey::Group::"people:first" };
`;

const bundle = (more = ''): Bundle =>
  compiled(
    files({
      'entitlements/read.yaml': READ + APPROVAL,
      ...(more !== '' && { 'policies/votes.cedar': more }),
    }),
  );

function mayVote(
  by: Caller,
  { more = '', escalated = false, requester = ANA.principal, mfa = true } = {},
) {
  const judged = bundle(more);
  const entitlement = judged.entitlements['read'];
  if (entitlement === undefined) throw new Error('no entitlement');
  const caller = { ...by, authentication: { mfa, signedInAt: NOW } };
  const asked = question(
    caller,
    entitlement,
    { account: '111122223333', region: 'r' },
    {
      now: NOW,
      durationSeconds: 900,
      startsInSeconds: 0,
      sourceIp: '10.0.0.1',
      ticket: null,
      justification: '',
      parameters: { prefix: 'a' },
      scope: null,
      history: { recentDenials: 0, firstUse: true },
    },
  );
  return engineOf(judged).mayVote({ ...asked, requester, escalated });
}

const allows = (answer: ReturnType<typeof mayVote>) => answer.ok && answer.value.permitted;

describe('a vote', () => {
  const [first, second, other] = [
    person('kim', ['first']),
    person('lee', ['second']),
    person('eve', ['x']),
  ];

  test.each([
    ['the first tier is accepted', first, false, true],
    ['the second tier is refused before the escalation', second, false, false],
    ['the second tier is accepted after the escalation', second, true, true],
    ['the first tier is accepted after the escalation', first, true, true],
    ['anyone else is refused', other, true, false],
  ])('of %s', (_, voter, escalated, expected) => {
    expect(allows(mayVote(voter, { escalated }))).toBe(expected);
  });

  test('is refused if a forbid applies', () => {
    expect(allows(mayVote(first, { more: FORBID, mfa: false }))).toBe(false);
    expect(allows(mayVote(first, { more: FORBID, mfa: true }))).toBe(true);
  });

  test('may depend on the requester, who may be a workload', () => {
    const colleague = person('ann', ['first']).principal;
    expect(allows(mayVote(first, { more: SAME_TEAM, requester: colleague }))).toBe(false);
    const job = { ...colleague, type: 'Workload' as const, id: 'github:1/2', groups: [] };
    expect(allows(mayVote(first, { more: SAME_TEAM, requester: job }))).toBe(true);
  });

  test('of the requester has an answer, even with other groups than in the request', () => {
    const answer = mayVote({ ...first, principal: { ...ANA.principal, groups: ['people:first'] } });
    expect(answer.ok).toBe(true);
  });

  test('has no answer if a policy fails', () => {
    const fails = `@id("broken") @advice("x") forbid (principal, action == ValetKey::Action::"vote", resource)
when { context.durationSeconds * 9223372036854775807 > 0 };`;
    expect(mayVote(first, { more: fails })).toEqual({
      ok: false,
      error: { code: 'unavailable', what: 'policy' },
    });
  });
});
