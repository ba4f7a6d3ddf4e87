import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ARTIFACTS, ana } from '../support/callers.ts';

let api: ApiUnderTest;
let token: string;
beforeAll(async () => {
  api = await startApi();
  token = await ana(api.issuer);
});
afterAll(() => api.stop());
beforeEach(() => api.aws.acceptAll());

const vend = (parameters: object) =>
  api.call('POST /v1/credentials', { token, body: { ...ARTIFACTS, parameters } });

describe('a parameter value that could widen a policy is refused:', () => {
  test.each<[string, unknown]>([
    ['a wildcard', '*'],
    ['a wildcard at the end', 'releases/*'],
    ['a question mark', 'release?'],
    ['an IAM variable', '${aws:username}'],
    ['an IAM variable inside', 'a/${aws:PrincipalTag/x}/b'],
    ['an escaped wildcard', '${*}'],
    ['a double quote', 'a","Resource":"arn:aws:s3:::b'],
    ['a single quote', "a'b"],
    ['a backslash', 'a\\b'],
    ['a line break', 'a\nb'],
    ['a line break at the end', 'releases\n'],
    ['a carriage return', 'a\rb'],
    ['a null character', 'a\u0000b'],
    ['a Unicode line separator', 'a\u2028b'],
    ['a placeholder of the template', '{{account}}'],
    ['a Cyrillic a', '\u0430bc'],
    ['a full-width a', '\uff41bc'],
    ['a ligature', 'a\ufb01'],
    ['a zero-width character', 'a\u200bb'],
    ['a combining accent', 'a\u0301'],
    ['a full-width asterisk', 'a\uff0a'],
    ['upper case, which the pattern excludes', 'Releases'],
    ['a slash at the beginning', '/releases'],
    ['a space at the beginning', ' releases'],
    ['a space at the end', 'releases '],
    ['nothing', ''],
    ['one character too many', 'a'.repeat(64)],
    ['10,000 characters', 'a'.repeat(10_000)],
    ['a number', 7],
    ['null', null],
    ['a list', ['releases']],
    ['an object', { toString: 'releases' }],
  ])('%s', async (_, prefix) => {
    const answer = await vend({ prefix });
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/parameters/prefix' }] },
    });
    expect(answer.text.length).toBeLessThan(1000);
    expect(api.aws.calls()).toEqual([]);
  });
});

describe('parameters other than the declared ones are refused:', () => {
  const prefix = 'releases/1';
  test.each([
    ['none at all', {}, ['/parameters/prefix']],
    ['one too many', { prefix, suffix: 'x' }, ['/parameters/suffix']],
    ['another spelling', { Prefix: prefix }, ['/parameters/Prefix', '/parameters/prefix']],
    ['the deployment’s own', { prefix, account: '000000000000' }, ['/parameters/account']],
    ['an inherited name', { prefix, constructor: 'x' }, ['/parameters/constructor']],
    ['a name with a slash', { prefix, 'a/b~': 'x' }, ['/parameters/a~1b~0']],
  ])('%s', async (_, parameters, pointers) => {
    const answer = await vend(parameters);
    const errors = answer.body['errors'] as readonly { readonly pointer: string }[];
    expect(answer.status).toBe(400);
    expect(errors.map(({ pointer }) => pointer)).toEqual(pointers);
    expect(api.aws.calls()).toEqual([]);
  });
});

test('a valid value reaches the policy unchanged, and only where the template names it', async () => {
  const answer = await vend({ prefix: 'releases/2026-11' });
  expect(answer.status).toBe(200);
  const policy = JSON.parse(api.aws.assumedRoles()[0]?.Policy ?? '') as { Statement: unknown[] };
  expect(policy.Statement.slice(0, 2)).toEqual([
    {
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::acme-artifacts/releases/2026-11/*',
    },
    {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: 'arn:aws:s3:::acme-artifacts',
      Condition: { StringLike: { 's3:prefix': 'releases/2026-11/*' } },
    },
  ]);
});
