import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { ssmParameters } from '../../../adapters/ssm/parameters.ts';
import { awsError } from '../../support/mock-aws.ts';

const ssm = mockClient(SSMClient);
const reported: string[] = [];
const parameters = () =>
  ssmParameters(new SSMClient({}), (operation) => {
    reported.push(operation);
  });

beforeEach(() => {
  ssm.reset();
  reported.length = 0;
});

test('a secret is read decrypted, once, and again after it did not work', async () => {
  ssm
    .on(GetParameterCommand, { Name: '/token', WithDecryption: true })
    .resolvesOnce({ Parameter: { Value: 'old\n' } })
    .resolves({ Parameter: { Value: 'new' } });
  const secrets = parameters();
  expect([await secrets.read('/token'), await secrets.read('/token')]).toEqual([
    { ok: true, value: 'old' },
    { ok: true, value: 'old' },
  ]);
  secrets.forget('/token');
  expect(await secrets.read('/token')).toEqual({ ok: true, value: 'new' });
});

test('what cannot be read, or is empty, is tried again', async () => {
  ssm
    .on(GetParameterCommand)
    .rejectsOnce(awsError('ParameterNotFound'))
    .resolvesOnce({ Parameter: { Value: ' ' } })
    .resolves({ Parameter: { Value: 'there' } });
  const secrets = parameters();
  const missing = { ok: false, error: { code: 'unavailable', reason: 'parameter /token' } };
  expect(await secrets.read('/token')).toEqual(missing);
  expect(await secrets.read('/token')).toEqual(missing);
  expect(reported).toEqual(['GetParameter']);
  expect(await secrets.read('/token')).toEqual({ ok: true, value: 'there' });
});
