import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Entitlement, Statement } from '../../../core/entitlement.ts';
import { expiryOf } from '../../../core/lifecycle/new-grant.ts';
import { composeSessionPolicy } from '../../../core/session-policy/compose.ts';
import { checkParameters } from '../../../core/session-policy/parameters.ts';
import { draws } from '../../support/draws.ts';

const ENTITLEMENT: Entitlement = {
  id: 'e',
  title: 'E',
  risk: 'low',
  labels: [],
  target: 'arn:aws:iam::{{account}}:role/e',
  maxDurationSeconds: 3600,
  sessionDurationSeconds: 3600,
  justification: 'optional',
  parameters: { p: { pattern: '[^x]{1,60}', description: 'P', maxLength: 60 } },
  statements: [
    {
      Effect: 'Allow',
      Action: ['s3:GetObject'],
      Resource: ['arn:aws:s3:::b/{{p}}/${aws:username}'],
    },
    {
      Effect: 'Allow',
      Action: ['s3:ListBucket', 's3:GetBucketLocation'],
      Resource: ['arn:aws:s3:::{{account}}-{{region}}'],
      Condition: { StringLike: { 's3:prefix': ['{{p}}/*', 'public/*'] } },
    },
  ],
  network: 'bind',
  chainedRoles: [],
  job: [],
  reviewAfterSeconds: 86_400,
  breakGlass: false,
};

const DEPLOYMENT = { account: '111122223333', region: 'eu-central-1' };
const EXPIRES_AT = Date.parse('2026-11-23T10:30:00Z');

function compose(p: string, entitlement = ENTITLEMENT, sourceIp = '203.0.113.7') {
  const input = {
    entitlement,
    parameters: { p },
    scope: null,
    deployment: DEPLOYMENT,
    expiresAt: EXPIRES_AT,
    sourceIp,
  };
  return composeSessionPolicy(input);
}

function textOf(p: string, entitlement = ENTITLEMENT): string {
  const policy = compose(p, entitlement);
  if (!policy.ok) throw new Error(policy.error.code);
  return policy.value;
}

describe('the session policy', () => {
  test('is the rendered statements, then the end, then the network, minified', () => {
    expect(textOf('a')).toBe(
      '{"Version":"2012-10-17","Statement":[' +
        '{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/a/${aws:username}"},' +
        '{"Effect":"Allow","Action":["s3:ListBucket","s3:GetBucketLocation"],"Resource":"arn:aws:s3:::111122223333-eu-central-1","Condition":{"StringLike":{"s3:prefix":["a/*","public/*"]}}},' +
        '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateGreaterThanEquals":{"aws:CurrentTime":"2026-11-23T10:30:00Z"}}},' +
        '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.7"},"BoolIfExists":{"aws:ViaAWSService":"false"}}}]}',
    );
  });

  test('has the partition of the target role in its statements', () => {
    const [statement] = ENTITLEMENT.statements;
    const eusc = {
      ...ENTITLEMENT,
      target: 'arn:aws-eusc:iam::{{account}}:role/e',
      statements: [
        {
          ...(statement as Statement),
          Resource: ['arn:{{partition}}:s3:::b/{{p}}'],
          Condition: { ArnLike: { 'aws:SourceArn': 'arn:{{partition}}:sns:*:*:x' } },
        },
      ],
    };
    expect(textOf('a', eusc)).toContain('"Resource":"arn:aws-eusc:s3:::b/a"');
    expect(textOf('a', eusc)).toContain('"aws:SourceArn":"arn:aws-eusc:sns:*:*:x"');
  });

  test.each([
    ['arn:aws:s3:a', 'has 4 of the six parts of an ARN'],
    ['arn:aws-cn:s3:::a', 'is in the partition aws-cn, and the target role in aws'],
  ])('is never made for the scope %s, which IAM would refuse and * contains', (resource, says) => {
    const all = { Effect: 'Allow', Action: ['s3:*'], Resource: ['*'] } as const;
    const input = {
      entitlement: { ...ENTITLEMENT, statements: [all] },
      parameters: {},
      scope: { resources: ['arn:aws:s3:::a', resource] },
      deployment: DEPLOYMENT,
      expiresAt: EXPIRES_AT,
      sourceIp: '203.0.113.7',
    };
    expect(composeSessionPolicy(input)).toEqual({
      ok: false,
      error: {
        code: 'not-contained',
        errors: [{ pointer: '/scope/resources/1', detail: expect.stringContaining(says) }],
      },
    });
  });

  test('leaves the network out where the entitlement does not bind it', () => {
    expect(textOf('a', { ...ENTITLEMENT, network: 'any' })).not.toContain('SourceIp');
  });

  test('is never longer than STS takes: an error, not a cut', () => {
    const many = Array.from({ length: 30 }, (_, index) => `arn:aws:s3:::bucket-${index}/{{p}}`);
    const statements = [{ Effect: 'Allow' as const, Action: ['s3:GetObject'], Resource: many }];
    const policy = compose('a'.repeat(60), { ...ENTITLEMENT, statements });
    expect(policy).toMatchObject({ ok: false, error: { code: 'too-long' } });
  });

  test('gets no statement, wildcard or variable from any value that is accepted', () => {
    const value = fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 60 });
    const nasty = fc.constantFrom(
      '","Resource":"*',
      '{{account}}',
      '\\u002a',
      '${*}',
      '$',
      '*',
      'a\n',
      '"}]',
      '\u202e',
    );
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(value, nasty), (p) => {
        const checked = checkParameters(ENTITLEMENT, { p });
        if (!checked.ok) return;
        accepted += 1;
        const { Statement } = JSON.parse(textOf(p)) as {
          Statement: { Resource: string; Condition?: unknown }[];
        };
        expect(Statement).toHaveLength(4);
        expect(Statement[0]).toEqual({
          Effect: 'Allow',
          Action: 's3:GetObject',
          Resource: `arn:aws:s3:::b/${p}/\${aws:username}`,
        });
        expect(Statement[0]?.Resource.replace('${aws:username}', '')).not.toMatch(/[*?$]/);
      }),
      { numRuns: draws(2000), seed: 4711 },
    );
    expect(accepted).toBeGreaterThan(draws(500));
  });
});

describe('the end of a grant', () => {
  test('is on a whole second, and never later than asked', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e12 }),
        fc.integer({ min: 1, max: 604_800 }),
        (now, seconds) => {
          const end = expiryOf(now, seconds);
          expect(end % 1000).toBe(0);
          expect(end).toBeLessThanOrEqual(now + seconds * 1000);
          expect(end).toBeGreaterThan(now + (seconds - 1) * 1000);
        },
      ),
    );
  });
});
