import { afterEach, expect, test } from '@jest/globals';
import { recovering } from '../../lambdas/container/environment.ts';

afterEach(() => {
  delete process.env['QUARANTINE'];
});

test.each([
  [undefined, false],
  ['', false],
  ['recovery', true],
])('QUARANTINE %j says whether the table was restored', (value, answer) => {
  if (value !== undefined) process.env['QUARANTINE'] = value;
  expect(recovering()).toBe(answer);
});

test.each(['on', 'Recovery', 'false'])('QUARANTINE %j is no answer, and not a no', (value) => {
  process.env['QUARANTINE'] = value;
  expect(() => recovering()).toThrow(`QUARANTINE is ${value}, not recovery`);
});
