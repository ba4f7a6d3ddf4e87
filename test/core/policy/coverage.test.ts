import { expect, test } from '@jest/globals';
import { coverageOf } from '../../../core/policy/coverage.ts';
import type { Reach } from '../../../core/policy/policy-analyst.ts';
import { runCases } from '../../../core/policy/run-cases.ts';
import { files } from '../../support/bundles.ts';
import { benchOf, sourcesOf } from './test-bench.ts';

const oneCase = (name: string, entitlement: string, group: string, outcome: string) =>
  `- name: ${name}
  principal: { issuer: people, subject: ana, groups: [${group}] }
  request: { entitlement: ${entitlement}, parameters: { prefix: a }, durationSeconds: 60, justification: x }
  context: { mfa: false, sourceIp: 10.0.0.1, now: '2026-11-23T10:00:00Z' }
  expect: { outcome: ${outcome} }
`;

const bundle = files({
  'cases/read.yaml': [
    oneCase('one', 'read', 'readers', 'allow'),
    oneCase('two', 'read', 'others', 'allow'),
    oneCase('three', 'write', 'readers', 'allow'),
  ].join(''),
});
const results = runCases(benchOf(bundle), sourcesOf(bundle).cases);
const reaching = (action: Reach['action'], ...policies: string[]): Reach => ({
  ...{ action, resource: 'read', policies, always: [] },
});

test('cases pass, fail or cannot be asked', () => {
  expect(results.map(({ result }) => result.status)).toEqual(['passed', 'failed', 'invalid']);
  expect(results[2]?.result).toEqual({
    status: 'invalid',
    mistakes: [
      {
        path: ['request', 'entitlement'],
        message: 'is not an entitlement of the bundle, which has: read',
      },
    ],
  });
});

test('a policy is covered once it determines the answer to a case', () => {
  const reach = [
    reaching('request', 'read-is-fine', 'seldom', 'also-elsewhere'),
    reaching('autoApprove', 'approves'),
    reaching('audit', 'audits', 'also-elsewhere'),
  ];
  const policies = ['read-is-fine', 'seldom', 'approves', 'audits', 'also-elsewhere', 'nowhere'];
  expect(coverageOf(policies, results, reach)).toEqual({
    covered: ['read-is-fine'],
    uncovered: ['seldom', 'approves', 'also-elsewhere', 'nowhere'],
    elsewhere: ['audits'],
    percent: 20,
  });
});

test('all of nothing is covered; a share is rounded down', () => {
  const none = { covered: [], uncovered: [], elsewhere: [] };
  expect(coverageOf([], results, [])).toEqual({ ...none, percent: 100 });
  expect(coverageOf(['read-is-fine', 'b', 'c'], results, []).percent).toBe(33);
  expect(coverageOf(['read-is-fine'], results, []).percent).toBe(100);
});
