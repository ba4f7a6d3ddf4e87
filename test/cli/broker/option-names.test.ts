import { expect, test } from '@jest/globals';
import { Refusal } from '../../../cli/broker/client.ts';
import { optionFor } from '../../../cli/broker/option-names.ts';

test.each([
  ['/entitlement', 'entitlement'],
  ['/durationSeconds', '--for'],
  ['/scope/actions/0', '--action'],
  ['/parameters/prefix', '-p prefix'],
  ['/parameters/a~1b~0c', '-p a/b~c'],
  ['/parameters', '/parameters'],
  ['/constructor', '/constructor'],
])('%s is %s on the command line', (pointer, option) => {
  expect(optionFor(pointer)).toBe(option);
});

test('an error names all fields as the user wrote them', () => {
  const errors = [
    { pointer: '/parameters/prefix', detail: 'is missing' },
    { pointer: '/justification', detail: 'is missing' },
  ];
  const detail = '/parameters/prefix is missing.';
  const problem = { type: 't', title: 'Invalid request', status: 400, detail, errors };
  const { message, hint } = new Refusal('usage', problem);
  expect({ message, hint }).toEqual({
    message: '-p prefix is missing.',
    hint: '--reason is missing.',
  });
});

test('an error of the whole body is shown as the broker wrote it', () => {
  const errors = [{ pointer: '', detail: 'is not valid JSON' }];
  const detail = 'The body is not valid JSON.';
  const problem = { type: 't', title: 'Invalid request', status: 400, detail, errors };
  expect(new Refusal('usage', problem).message).toBe(detail);
});
