import { expect, test } from '@jest/globals';
import { Refusal } from '../../../cli/broker/client.ts';
import { optionFor } from '../../../cli/broker/option-names.ts';
import * as requests from '../../../core/api/requests.ts';

test.each([
  ['/entitlement', 'entitlement'],
  ['/durationSeconds', '--for'],
  ['/scope/actions/0', '--action'],
  ['/parameters/prefix', '-p prefix'],
  ['/parameters/a~1b~0c', '-p a/b~c'],
  ['/parameters', '-p'],
  ['/constructor', '/constructor'],
])('%s is %s on the command line', (pointer, option) => {
  expect(optionFor(pointer)).toBe(option);
});

test.each(Object.entries(requests).filter(([, schema]) => 'shape' in Object(schema)))(
  'every field of %s has a name on the command line',
  (_, schema) => {
    const { shape } = schema as unknown as { readonly shape: object };
    const named = Object.keys(shape).map((field) => optionFor(`/${field}`));
    expect(named.filter((name) => name.startsWith('/'))).toEqual([]);
  },
);

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

test('a duration that is too long is said as people write durations', () => {
  const errors = [
    { pointer: '/durationSeconds', detail: 'may be at most 5400 for artifacts-read' },
  ];
  const problem = { type: 't', title: 'Invalid', status: 400, detail: 'x', errors };
  expect(new Refusal('usage', problem).message).toBe(
    '--for may be at most 90m for artifacts-read.',
  );
});

test('what is not there may be hidden from a weaker sign-in, so the hint says how to look', () => {
  const problem = { type: 't', title: 'Not found', status: 404, detail: 'There is no such grant.' };
  expect(new Refusal('failed', problem)).toMatchObject({
    message: 'There is no such grant.',
    hint: expect.stringMatching(/second factor.*valetkey whoami/),
  });
});
