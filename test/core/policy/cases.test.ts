import { describe, expect, test } from '@jest/globals';
import { compileBundle } from '../../../core/policy/compile-bundle.ts';
import { answerCase } from '../../../core/policy/run-cases.ts';
import { files, language, PERMIT_READ } from '../../support/bundles.ts';
import { benchOf, sourcesOf } from './test-bench.ts';

const CASE = `- name: ana reads
  principal: { issuer: people, subject: ana, groups: [readers], claims: {} }
  request:
    entitlement: read
    parameters: { prefix: a }
    durationSeconds: 60
    justification: x
  context: { mfa: true, mfaAgeSeconds: 30, sourceIp: 10.0.0.1, now: '2026-11-23T10:00:00Z' }
  expect: { outcome: allow, policies: [read-is-fine] }
`;
const JOB = `- name: a job
  principal: { issuer: github, subject: a%2Fb/c, claims: { ref: main, protected: true } }
  request: { entitlement: read, parameters: { prefix: a }, durationSeconds: 60, justification: x }
  context: { mfa: false, sourceIp: '2001:db8::1', now: '2026-11-23T10:00:00Z' }
  expect: { outcome: deny }
`;

const mistakesOf = (text: string) => {
  const compiled = compileBundle(files({ 'cases/read.yaml': text }), language);
  return compiled.ok ? [] : compiled.error.map((it) => `${it.file}:${it.line}: ${it.message}`);
};
const asked = (text: string, policies = PERMIT_READ) => {
  const from = files({ 'cases/read.yaml': text, 'policies/read.cedar': policies });
  const [located] = sourcesOf(from).cases;
  if (located === undefined) throw new Error('no case');
  const answer = answerCase(benchOf(from), located.value);
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  return answer.value.question;
};

test('a bundle whose cases pass compiles', () => {
  expect(mistakesOf(`${CASE}${JOB}`)).toEqual([]);
});

test('cases are no part of what decides: the hash does not change with them', () => {
  const [without, withCase] = [sourcesOf(files()), sourcesOf(files({ 'cases/read.yaml': CASE }))];
  expect(withCase.bundle.hash).toBe(without.bundle.hash);
});

describe('a mistake in a case is found, with its line:', () => {
  test.each([
    [
      'an unknown field',
      CASE,
      ['  expect: {', '  expects: {'],
      ':9: case 1: expects: is not a field',
    ],
    [
      'an unknown field of a request',
      CASE,
      ['durationSeconds: 60', 'duration: 60'],
      /:\d: .*duration/,
    ],
    [
      'an unknown field of the context',
      CASE,
      ['mfa: true', 'otp: true, mfa: true'],
      ':8: case 1: context.otp: is not',
    ],
    [
      'an unknown issuer',
      CASE,
      ['issuer: people', 'issuer: martians'],
      ":2: case 'ana reads': principal.issuer: there is no issuer 'martians'",
    ],
    [
      'an unknown entitlement',
      CASE,
      ['entitlement: read', 'entitlement: write'],
      ":4: case 'ana reads': request.entitlement: there is no such entitlement; there are: read",
    ],
    [
      'an unknown policy',
      CASE,
      ['[read-is-fine]', '[read-was-fine]'],
      "9: case 'ana reads': expect.policies.0: there is no policy 'read-was-fine'",
    ],
    [
      'a bad parameter',
      CASE,
      ['prefix: a', "prefix: '*'"],
      ":5: case 'ana reads': request.parameters.prefix: may not hold",
    ],
    [
      'a scope that is not contained',
      CASE,
      ['durationSeconds: 60', "durationSeconds: 60\n    scope: { actions: ['s3:PutObject'] }"],
      /:7: .*s3:PutObject' is not contained/,
    ],
    ['too long a duration', CASE, ['durationSeconds: 60', 'durationSeconds: 86400'], ':6: '],
    [
      'a time without a zone',
      CASE,
      ['10:00:00Z', '10:00:00'],
      /:8: case 1: context\.now: write a time/,
    ],
    [
      'an age of MFA that was not used',
      CASE,
      ['mfa: true', 'mfa: false'],
      /:8: .*has no meaning without mfa/,
    ],
    ['an address that is none', CASE, ['10.0.0.1', '10.0.0.256'], /:8: .*write an IP address/],
    [
      'a claim that is not read',
      CASE,
      ['claims: {}', 'claims: { role: admin }'],
      ":2: case 'ana reads': principal.claims.role: issuer 'people' reads no such claim",
    ],
    ['a group with its prefix', CASE, ['[readers]', "['people:readers']"], "write 'readers'"],
    [
      'a wrong outcome',
      CASE,
      ['outcome: allow', 'outcome: deny'],
      ":9: case 'ana reads' fails: expected deny by read-is-fine, and it is allow by read-is-fine",
    ],
    [
      'other policies',
      CASE,
      ['[read-is-fine]', '[]'],
      'expected allow by no policy, and it is allow by read-is-fine',
    ],
    [
      'groups of an issuer without any',
      JOB,
      ['subject: a', 'groups: [x], subject: a'],
      "issuer 'github' gives no groups",
    ],
    [
      'MFA of an issuer without it',
      JOB,
      ['mfa: false', 'mfa: true'],
      "issuer 'github' cannot show MFA",
    ],
    ['a subject of too few parts', JOB, ['a%2Fb/c', 'a'], 'write <owner>/<repo>'],
    [
      'a claim that contradicts the subject',
      JOB,
      ['ref: main', 'ref: main, owner: z'],
      "contradicts the subject, which says 'a/b'",
    ],
  ])('%s', (_, text, [from, to], says) => {
    expect(text).toContain(from);
    const found = mistakesOf(text.replace(from as string, to as string)).join('\n');
    expect(found).toMatch(
      says instanceof RegExp ? says : new RegExp(says.replace(/[.()[\]{}*]/g, '\\$&')),
    );
  });

  test('a policy that cannot be evaluated', () => {
    const broken = `@id("broken") permit (principal, action == ValetKey::Action::"request", resource == ValetKey::Entitlement::"read")
      when { 9223372036854775807 + context.durationSeconds > 0 };`;
    const from = files({ 'cases/read.yaml': CASE, 'policies/broken.cedar': broken });
    const compiled = compileBundle(from, language);
    expect(compiled.ok ? '' : compiled.error[0]?.message).toMatch(
      /'broken' cannot be evaluated: .*overflow/,
    );
  });
});

describe('what a case says reaches the engine as a real token would', () => {
  test('a person with groups and a second factor', () => {
    const { caller, facts } = asked(CASE);
    expect(caller.principal).toMatchObject({
      type: 'User',
      id: 'people:ana',
      groups: ['people:readers'],
    });
    expect(facts).toMatchObject({ mfa: true, mfaAgeSeconds: 30, sourceIp: '10.0.0.1' });
    expect(facts.history).toEqual({ recentDenials: 0, firstUse: true });
  });

  test('a job with its claims as tags, and an id of several claims', () => {
    const { caller } = asked(JOB);
    expect(caller.principal).toMatchObject({
      type: 'Workload',
      id: 'github:a%2Fb/c',
      tags: { ref: 'main', protected: 'true' },
    });
  });

  test('the history that it names', () => {
    const text = CASE.replace('mfa: true,', 'history: { recentDenials: 3 }, mfa: true,');
    expect(asked(text).facts.history).toEqual({ recentDenials: 3, firstUse: true });
  });
});
