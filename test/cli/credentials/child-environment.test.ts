import { expect, test } from '@jest/globals';
import {
  CONFLICTING,
  grantVariables,
  regionVariables,
  scrubbed,
} from '../../../cli/credentials/child-environment.ts';
import { GRANT } from '../fake-server.ts';

test('a child inherits no variable that would override its credentials, in any case', () => {
  const conflicting = CONFLICTING.flatMap((name) => [name, name.toLowerCase()]);
  const env = Object.fromEntries(conflicting.map((name) => [name, 'x']));
  const kept = { AWS_REGION: 'eu-west-1', HOME: '/h' };
  expect(scrubbed({ ...env, ...kept })).toEqual(kept);
});

test('a child does not inherit the token of the broker', () => {
  expect(scrubbed({ VALETKEY_TOKEN: 'a-token' })).toEqual({});
});

test.each([
  ['of its profile, under both names', {}, 'a', ['a', 'a']],
  ['of its profile, where the variable is empty', { AWS_REGION: '' }, 'a', ['a', 'a']],
  ['that is set, under both names', { AWS_REGION: 'b' }, 'a', ['b', 'b']],
  ['that boto3 reads, under both names', { AWS_DEFAULT_REGION: 'c' }, 'a', ['c', 'c']],
  ['as it is, if both are set', { AWS_REGION: 'b', AWS_DEFAULT_REGION: 'c' }, 'a', ['b', 'c']],
  ['of nobody', {}, null, [undefined, undefined]],
])('a child gets the Region %s', (_, env, ofProfile, [region, other]) => {
  const variables = regionVariables(env, ofProfile);
  expect([variables['AWS_REGION'], variables['AWS_DEFAULT_REGION']]).toEqual([region, other]);
});

test('a child learns its grant, its entitlement and the end', () => {
  expect(grantVariables(GRANT)).toEqual({
    VALETKEY_GRANT: GRANT.id,
    VALETKEY_ENTITLEMENT: 'artifacts-read',
    VALETKEY_EXPIRES_AT: '2099-01-01T00:00:00Z',
  });
  expect(grantVariables({ ...GRANT, expiresAt: null })).not.toHaveProperty('VALETKEY_EXPIRES_AT');
});
