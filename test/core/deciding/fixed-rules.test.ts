import { describe, expect, test } from '@jest/globals';
import {
  FIXED_RULES,
  isFixedRule,
  knownCaller,
  knownJob,
  knownPerson,
  OVERDUE_REVIEW,
  overdueReview,
  SAME_PERSON,
  UNKNOWN_JOB,
  unknownPerson,
} from '../../../core/deciding/fixed-rules.ts';
import { type Decision, NO_APPROVAL, type Outcome } from '../../../core/decision.ts';
import { entitlement } from '../../support/entitlements.ts';
import { ANA } from '../../support/memory-ports.ts';

const decided = (outcome: Outcome): Decision => ({
  outcome,
  policies: ['p'],
  advice: ['Sign in.'],
  bundle: 'sha256:b',
});

test('the fixed rules are known by their ids, which no bundle can use', () => {
  expect(FIXED_RULES).toEqual([OVERDUE_REVIEW, SAME_PERSON, UNKNOWN_JOB, NO_APPROVAL]);
  expect([...FIXED_RULES, 'p', 'valetkey.other'].map(isFixedRule)).toEqual([
    ...[true, true, true, false, false, false],
  ]);
});

describe('an overdue review', () => {
  test('denies whatever policy said, and names the grant', () => {
    for (const outcome of ['allow', 'approve', 'deny'] as const) {
      expect(overdueReview(decided(outcome), 'gr_old')).toEqual({
        outcome: 'deny',
        policies: ['valetkey.overdue-review'],
        advice: ['The review of gr_old is overdue. Ask somebody who may review it to close it.'],
        bundle: 'sha256:b',
      });
    }
  });

  test('that nobody owes leaves the decision as it is', () => {
    expect(overdueReview(decided('allow'), null)).toEqual(decided('allow'));
  });
});

describe('a requester who is not known as a person', () => {
  const terms = { required: 1, refusals: 1, approvers: [], escalateTo: [], lapseAfterSeconds: 60 };
  const by = (samePerson: readonly string[], breakGlass = false) =>
    entitlement({ approval: { ...terms, samePerson }, breakGlass });
  const known = { ...ANA.principal, tags: { employee: '7', team: 'x' } };
  const DENIED: Decision = {
    outcome: 'deny',
    policies: ['valetkey.same-person'],
    advice: [
      'Sign in with a token that contains employee, team, so that approvers can be told apart from you.',
    ],
    bundle: 'sha256:b',
  };

  test.each([
    ['approve', false],
    ['approve', true],
    ['allow', true],
  ] as const)('is denied where people decide or review: %s, break-glass %s', (outcome, glass) => {
    const entitled = by(['employee', 'team'], glass);
    expect(knownPerson(decided(outcome), ANA.principal, entitled)).toEqual(DENIED);
    expect(knownPerson(decided(outcome), known, entitled)).toEqual(decided(outcome));
  });

  test.each([
    ['allow', false],
    ['deny', false],
    ['deny', true],
  ] as const)(
    'changes nothing where nobody votes or reviews: %s, break-glass %s',
    (outcome, glass) => {
      const entitled = by(['employee', 'team'], glass);
      expect(knownPerson(decided(outcome), ANA.principal, entitled)).toEqual(decided(outcome));
    },
  );

  test('changes nothing where the entitlement names no claims', () => {
    expect(knownPerson(decided('approve'), ANA.principal, by([]))).toEqual(decided('approve'));
    expect(knownPerson(decided('approve'), ANA.principal, entitlement())).toEqual(
      decided('approve'),
    );
  });
});

test('a voter who is not known as a person learns which claims are missing', () => {
  expect(unknownPerson(['employee', 'team'])).toBe(
    'To vote or review here, sign in with a token that contains employee, team. Without it, one person could vote twice or for themselves.',
  );
});

describe('a workload that is of no job', () => {
  const bound = entitlement({ job: ['run_id', 'run_attempt'] });
  const worker = (tags: Readonly<Record<string, string>>) =>
    ({ ...ANA.principal, type: 'Workload', tags }) as const;

  test.each(['allow', 'approve'] as const)('is denied what policy answers with %s', (outcome) => {
    const denied = knownJob(decided(outcome), worker({ run_id: '1', run_attempt: '' }), bound);
    expect(denied).toEqual({
      outcome: 'deny',
      policies: ['valetkey.unknown-job'],
      advice: [
        'Request it with a token that contains run_attempt: the grant is bound to the job that its claims name.',
      ],
      bundle: 'sha256:b',
    });
    expect(knownCaller(decided(outcome), worker({}), bound)).toMatchObject({
      policies: [UNKNOWN_JOB],
      advice: [expect.stringContaining('contains run_id, run_attempt: ')],
    });
  });

  test('is denied by policy where policy denies it', () => {
    expect(knownJob(decided('deny'), worker({}), bound)).toEqual(decided('deny'));
  });

  test('does not concern jobs that are known, people, and what is bound to no job', () => {
    const known = worker({ run_id: '1', run_attempt: '2' });
    expect(knownJob(decided('allow'), known, bound)).toEqual(decided('allow'));
    expect(knownJob(decided('allow'), ANA.principal, bound)).toEqual(decided('allow'));
    expect(knownJob(decided('allow'), worker({}), entitlement({}))).toEqual(decided('allow'));
  });
});
