import { expect, test } from '@jest/globals';
import { answerCase, faultSentence } from '../../../core/policy/run-cases.ts';
import { err } from '../../../core/result.ts';
import { files, READ } from '../../support/bundles.ts';
import { NO_POLICY } from '../../support/failing-ports.ts';
import { benchOf, sourcesOf } from './test-bench.ts';

function askedOf(entitlement: string) {
  const from = files({
    'entitlements/write.yaml': READ.replace('id: read', 'id: write'),
    'cases/a.yaml': `- name: a
  principal: { issuer: people, subject: ana }
  request: { entitlement: ${entitlement}, parameters: { prefix: a }, durationSeconds: 60, justification: x }
  context: { mfa: false, sourceIp: 10.0.0.1, now: '2026-11-23T10:00:00Z' }
  expect: { outcome: deny }
`,
  });
  const [located] = sourcesOf(from).cases;
  if (located === undefined) throw new Error('no case');
  return { bench: benchOf(from), one: located.value };
}

test('a case for no entitlement is told which there are', () => {
  const { bench, one } = askedOf('gone');
  expect(answerCase(bench, one)).toEqual(
    err([
      {
        path: ['request', 'entitlement'],
        message: 'is not an entitlement of the bundle, which has: read, write',
      },
    ]),
  );
});

test('a case that the engine does not answer is a mistake as a whole', () => {
  const { bench, one } = askedOf('read');
  const engine = { ...bench.engine, ask: () => err(NO_POLICY) };
  expect(answerCase({ ...bench, engine }, one)).toEqual(
    err([{ path: [], message: 'policy  cannot be evaluated: the engine gave no reason' }]),
  );
});

test('a policy that cannot be evaluated is named with the reason, as far as the engine gives them', () => {
  const fault = { policyIds: ['one', 'two'], message: 'overflow' };
  expect(faultSentence([fault, { policyIds: ['three'], message: 'other' }])).toBe(
    "policy 'one', 'two' cannot be evaluated: overflow",
  );
  expect(faultSentence([])).toBe('policy  cannot be evaluated: the engine gave no reason');
});
