import { describe, expect, test } from '@jest/globals';
import { callerIn, identityRequest } from '../../core/caller-proof.ts';
import { callerToken, IDENTITY_ANSWER, OPERATOR, tokenOf } from '../support/caller-token.ts';

const STS = 'sts.eu-central-1.amazonaws.com';

describe('a token that proves who gives an order', () => {
  test('has the request that STS is to be sent', () => {
    const read = identityRequest(callerToken(STS));
    expect(read).toMatchObject({ ok: true, value: { host: STS } });
    expect(read.ok && read.value.query).toContain('Action=GetCallerIdentity&');
    const lasting = identityRequest(callerToken(STS, { 'X-Amz-Security-Token': null }));
    expect(lasting.ok).toBe(true);
    expect(identityRequest(callerToken(STS, {}, 'http')).ok).toBe(true);
  });

  test.each<[string, unknown]>([
    ['nothing', null],
    ['an object', { token: callerToken(STS) }],
    ['an empty text', ''],
    ['no base64', 'k8s-aws-v1.%%%'],
    ['another prefix', callerToken(STS).replace('v1', 'v2')],
    ['another path', tokenOf(`https://${STS}/x?Action=GetCallerIdentity`)],
    ['a user in its address', tokenOf(`https://a@${STS}/?Action=GetCallerIdentity`)],
    ['a fragment', tokenOf(`https://${STS}/?Action=GetCallerIdentity#x`)],
    ['no query', tokenOf(`https://${STS}/`)],
    ['another scheme', callerToken(STS, {}, 'ftp')],
    ['something before its scheme', callerToken(STS, {}, 'xhttps')],
  ])('is none with %s', (_, token) => {
    expect(identityRequest(token)).toEqual({
      ok: false,
      error: '`caller` is not what `aws eks get-token` prints as status.token',
    });
  });

  test.each<[string, Readonly<Record<string, string | null>>]>([
    ['a field with a name that every object has', { constructor: 'x' }],
    ['another action', { Action: 'AssumeRole' }],
    ['another version', { Version: '2011-06-16' }],
    ['a signature that names no receiver', { 'X-Amz-SignedHeaders': 'host' }],
    ['another algorithm', { 'X-Amz-Algorithm': 'AWS4-ECDSA-P256-SHA256' }],
    ['a field more', { RoleArn: 'arn:aws:iam::123456789012:role/a' }],
    ['no signature', { 'X-Amz-Signature': null }],
    ['no date', { 'X-Amz-Date': '' }],
  ])('is refused with %s', (_, fields) => {
    expect(identityRequest(callerToken(STS, fields))).toEqual({
      ok: false,
      error: '`caller` has another request than that of `aws eks get-token`',
    });
  });

  test.each(['Action=GetCallerIdentity', 'Action=AssumeRole', 'X-Amz-Security-Token=x'])(
    'is refused with a field twice: %s',
    (field) => {
      const url = Buffer.from(callerToken(STS).slice(11), 'base64url').toString();
      expect(identityRequest(tokenOf(`${url}&${field}`)).ok).toBe(false);
    },
  );
});

describe('the answer of STS', () => {
  test('names the caller by the id that is never given again, and by the ARN', () => {
    expect(callerIn(IDENTITY_ANSWER)).toEqual(OPERATOR);
  });

  test.each([
    ['is empty', ''],
    ['has no id', IDENTITY_ANSWER.replaceAll('UserId', 'Other')],
    ['has no ARN', IDENTITY_ANSWER.replaceAll('Arn', 'Other')],
    ['has a name that is no ARN', IDENTITY_ANSWER.replace('arn:', 'urn:')],
  ])('names nobody where it %s', (_, answer) => {
    expect(callerIn(answer)).toBeNull();
  });
});
