import { expect, test } from '@jest/globals';
import { faultSentence } from '../../../core/policy/run-cases.ts';

test('a policy that cannot be evaluated is named with the reason, as far as the engine gives them', () => {
  const fault = { policyIds: ['one', 'two'], message: 'overflow' };
  expect(faultSentence([fault, { policyIds: ['three'], message: 'other' }])).toBe(
    "policy 'one', 'two' cannot be evaluated: overflow",
  );
  expect(faultSentence([])).toBe('policy  cannot be evaluated: the engine gave no reason');
});
