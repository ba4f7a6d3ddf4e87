import { describe, expect, test } from '@jest/globals';
import { compileBundle } from '../../../core/policy/compile-bundle.ts';
import { answerCase } from '../../../core/policy/run-cases.ts';
import { QUIET } from '../../../core/request-signals.ts';
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
  return compiled.ok
    ? []
    : compiled.error.map(({ file, line, message }) => `${file}:${line}: ${message}`);
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

test('cases do not change the hash of their bundle', () => {
  const [without, withCase] = [sourcesOf(files()), sourcesOf(files({ 'cases/read.yaml': CASE }))];
  expect(withCase.bundle.hash).toBe(without.bundle.hash);
});

describe('a mistake in a case is reported with its line:', () => {
  test.each([
    [
      'an unknown field',
      CASE,
      ['  expect: {', '  expects: {'],
      ':9: case 1: expects: is not a known field',
    ],
    [
      'an unknown field of a request',
      CASE,
      ['durationSeconds: 60', 'duration: 60'],
      /:\d: case 1: request.duration: is not a known field/,
    ],
    [
      'an unknown field of the context',
      CASE,
      ['mfa: true', 'otp: true, mfa: true'],
      ':8: case 1: context.otp: is not a known field',
    ],
    [
      'an unknown issuer',
      CASE,
      ['issuer: people', 'issuer: martians'],
      ":2: case 'ana reads': principal.issuer: 'martians' is not an issuer of the bundle, which has: people, github",
    ],
    [
      'an unknown entitlement',
      CASE,
      ['entitlement: read', 'entitlement: write'],
      ":4: case 'ana reads': request.entitlement: is not an entitlement of the bundle, which has: read",
    ],
    [
      'an unknown policy',
      CASE,
      ['[read-is-fine]', '[read-was-fine]'],
      "9: case 'ana reads': expect.policies.0: policy 'read-was-fine' does not exist; the bundle has: read-is-fine",
    ],
    [
      'a bad parameter',
      CASE,
      ['prefix: a', "prefix: '*'"],
      ":5: case 'ana reads': request.parameters.prefix: may not contain",
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
      /:8: case 1: context\.now: is not an RFC 3339 time/,
    ],
    [
      'an age without MFA',
      CASE,
      ['mfa: true', 'mfa: false'],
      /:8: .*mfaAgeSeconds: needs mfa: true/,
    ],
    ['a wrong address', CASE, ['10.0.0.1', '10.0.0.256'], /:8: .*is not an IP address/],
    [
      'a claim that the issuer does not read',
      CASE,
      ['claims: {}', 'claims: { role: admin }'],
      ":2: case 'ana reads': principal.claims.role: is not read by issuer 'people', whose tags are: none",
    ],
    [
      'a group with its prefix',
      CASE,
      ['[readers]', "['people:readers']"],
      "write 'readers', without",
    ],
    [
      'a wrong outcome',
      CASE,
      ['outcome: allow', 'outcome: deny'],
      ":9: case 'ana reads' fails: expected deny by read-is-fine, got allow by read-is-fine",
    ],
    [
      'other policies',
      CASE,
      ['[read-is-fine]', '[]'],
      'expected allow by no policy, got allow by read-is-fine',
    ],
    [
      'groups of an issuer that has none',
      JOB,
      ['subject: a', 'groups: [x], subject: a'],
      "issuer 'github' has no groups",
    ],
    [
      'MFA of an issuer that cannot show it',
      JOB,
      ['mfa: false', 'mfa: true'],
      "issuer 'github' cannot show MFA",
    ],
    ['a subject with too few parts', JOB, ['a%2Fb/c', 'a'], 'write <owner>/<repo>'],
    [
      'a claim that contradicts the subject',
      JOB,
      ['ref: main', 'ref: main, owner: z'],
      "contradicts the subject, which has 'a/b'",
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

describe('a case reaches the engine like a request with a real token:', () => {
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

  test('its signals: those that it does not name are quiet', () => {
    expect(asked(CASE).facts.signals).toEqual(QUIET);
    const text = CASE.replace(
      'mfa: true,',
      'signals: { deniedInARow: 3, offHours: true }, mfa: true,',
    );
    expect(asked(text).facts.signals).toEqual({ ...QUIET, deniedInARow: 3, offHours: true });
  });

  test('its history', () => {
    const text = CASE.replace('mfa: true,', 'history: { recentDenials: 3 }, mfa: true,');
    expect(asked(text).facts.history).toEqual({ recentDenials: 3, firstUse: true });
  });
});
