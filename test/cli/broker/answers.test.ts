import { describe, expect, test } from '@jest/globals';
import { credentials, grant } from '../../../cli/broker/answers.ts';
import { CREDENTIALS, GRANT } from '../fake-server.ts';

test('fields of a newer broker are accepted', () => {
  expect(grant.safeParse({ ...GRANT, newer: { field: 1 } }).success).toBe(true);
});

test.each(['', 'gr_', 'gr_ABCD', 'gr_abcd/x', '../gr_abcd', 'gr_abcd\n'])(
  '%j is not accepted as a grant id',
  (id) => {
    expect(grant.safeParse({ ...GRANT, id }).success).toBe(false);
  },
);

describe('credentials', () => {
  test('of the right shape are accepted', () => {
    expect(credentials.safeParse(CREDENTIALS).success).toBe(true);
  });

  test.each([
    ['accessKeyId', 'AKIA x'],
    ['secretAccessKey', "x'y".repeat(10)],
    ['sessionToken', '$(x)'],
    ['sessionToken', 'x\ny'],
    ['expiration', 'tomorrow'],
  ])('with the %s %j are not', (name, value) => {
    expect(credentials.safeParse({ ...CREDENTIALS, [name]: value }).success).toBe(false);
  });
});
