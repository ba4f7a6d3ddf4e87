import { expect, test } from '@jest/globals';
import { caseErrors, expected, got } from '../../../core/policy/case-errors.ts';
import { runCases } from '../../../core/policy/run-cases.ts';
import { files } from '../../support/bundles.ts';
import { benchOf, sourcesOf } from './test-bench.ts';

const oneCase = (name: string, entitlement: string, expectation: string) => `- name: ${name}
  principal: { issuer: people, subject: ana, groups: [readers] }
  request: { entitlement: ${entitlement}, parameters: { prefix: a }, durationSeconds: 60, justification: x }
  context: { mfa: false, sourceIp: 10.0.0.1, now: '2026-11-23T10:00:00Z' }
  expect: { outcome: ${expectation} }
`;

test('what was expected is said with the policies only where the case names them', () => {
  expect(expected({ outcome: 'deny', policies: null })).toBe('deny');
  expect(expected({ outcome: 'deny', policies: [] })).toBe('deny by no policy');
  expect(expected({ outcome: 'allow', policies: ['b', 'a'] })).toBe('allow by a, b');
  expect(got({ outcome: 'allow', policies: ['one'] })).toBe('allow by one');
});

test('each case that fails or cannot be asked has an error with its line', () => {
  const bundle = files({
    'cases/read.yaml':
      oneCase('passes', 'read', 'allow') +
      oneCase('fails', 'read', 'deny, policies: []') +
      oneCase('is none', 'write', 'deny'),
  });
  expect(caseErrors(runCases(benchOf(bundle), sourcesOf(bundle).cases))).toStrictEqual([
    {
      ...{ file: 'cases/read.yaml', line: 10 },
      message:
        "case 'fails' fails: expected deny by no policy, got allow by read-is-fine; correct the policies or the case",
    },
    {
      ...{ file: 'cases/read.yaml', line: 13 },
      message:
        "case 'is none': request.entitlement: is not an entitlement of the bundle, which has: read",
    },
  ]);
});
