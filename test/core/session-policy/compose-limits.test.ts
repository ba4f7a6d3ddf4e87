import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Entitlement, Scope } from '../../../core/entitlement.ts';
import {
  composeSessionPolicy,
  MAX_SESSION_POLICY_LENGTH,
  toAscii,
} from '../../../core/session-policy/compose.ts';
import { checkParameters } from '../../../core/session-policy/parameters.ts';
import { draws } from '../../support/draws.ts';
import { entitlement, parameter } from '../../support/entitlements.ts';

const END = Date.parse('2026-11-23T10:30:00Z');
const ANYTHING = parameter('[ -~]{0,80}', 80);

/** Every place in which a value may stand, under patterns that take all that may be taken. */
const OPEN = entitlement({
  network: 'bind',
  parameters: { p: ANYTHING, q: ANYTHING },
  statements: [
    { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::b/{{p}}/{{q}}'] },
    {
      Effect: 'Allow',
      Action: ['s3:ListBucket'],
      Resource: ['arn:aws:s3:::b'],
      Condition: { StringLike: { 's3:prefix': ['{{p}}/*'] }, StringEquals: { 'aws:x': '{{q}}' } },
    },
    { Effect: 'Deny', Action: ['s3:*'], NotResource: ['arn:aws:s3:::b/{{p}}*'] },
  ],
});

function compose(
  parameters: Readonly<Record<string, string>>,
  of: Entitlement = OPEN,
  expiresAt = END,
  sourceIp = '203.0.113.7',
) {
  return composeSessionPolicy({
    entitlement: of,
    parameters,
    scope: null,
    deployment: { account: '111122223333', region: 'eu-central-1' },
    expiresAt,
    sourceIp,
  });
}

function textOf(...args: Arguments): string {
  const policy = compose(...args);
  if (!policy.ok) throw new Error(policy.error.code);
  return policy.value;
}
type Arguments = Parameters<typeof compose>;

const statementsOf = (...args: Arguments): readonly unknown[] =>
  JSON.parse(textOf(...args)).Statement;

describe('a value', () => {
  test('of printable ASCII stands where its placeholder stood, and changes nothing else', () => {
    const value = fc.string({
      unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
      maxLength: 40,
    });
    let accepted = 0;
    fc.assert(
      fc.property(value, value, (p, q) => {
        if (!checkParameters(OPEN, { p, q }).ok) return;
        accepted += 1;
        expect(statementsOf({ p, q })).toEqual([
          { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::b/${p}/${q}` },
          {
            Effect: 'Allow',
            Action: 's3:ListBucket',
            Resource: 'arn:aws:s3:::b',
            Condition: { StringLike: { 's3:prefix': `${p}/*` }, StringEquals: { 'aws:x': q } },
          },
          { Effect: 'Deny', Action: 's3:*', NotResource: `arn:aws:s3:::b/${p}*` },
          ...statementsOf({ p: '', q: '' }).slice(3),
        ]);
      }),
      { numRuns: draws(1000) },
    );
    expect(accepted).toBeGreaterThan(draws(200));
  });

  test('that is missing makes no policy at all, rather than one with a hole', () => {
    expect(() => compose({ p: 'a' })).toThrow(RangeError);
  });
});

describe('the end', () => {
  test('is denied from the very second, for every action and resource, in every policy', () => {
    const denyFrom = (end: string) => ({
      ...{ Effect: 'Deny', Action: '*', Resource: '*' },
      Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': end } },
    });
    for (const [at, end] of [
      [END, '2026-11-23T10:30:00Z'],
      [Date.parse('2026-12-31T23:59:59Z'), '2026-12-31T23:59:59Z'],
      [Date.parse('2028-02-29T00:00:00+02:00'), '2028-02-28T22:00:00Z'],
    ] as const) {
      expect(statementsOf({}, entitlement(), at).at(-1)).toEqual(denyFrom(end));
      expect(statementsOf({ p: 'a', q: 'b' }, OPEN, at).at(-2)).toEqual(denyFrom(end));
    }
  });
});

describe('the network', () => {
  test.each(['203.0.113.7', '2001:db8::7'])('of %s is the only one that is not denied', (ip) => {
    expect(statementsOf({ p: 'a', q: 'b' }, OPEN, END, ip).at(-1)).toEqual({
      ...{ Effect: 'Deny', Action: '*', Resource: '*' },
      Condition: {
        NotIpAddress: { 'aws:SourceIp': ip },
        BoolIfExists: { 'aws:ViaAWSService': 'false' },
      },
    });
  });
});

describe('the text', () => {
  test('is the same for the same input, however the values are ordered', () => {
    expect(textOf({ q: 'b', p: 'a' })).toBe(textOf({ p: 'a', q: 'b' }));
    expect(textOf({ p: 'a', q: 'b' }, structuredClone(OPEN))).toBe(textOf({ p: 'a', q: 'b' }));
    expect(textOf({ p: 'a', q: 'b' })).not.toBe(textOf({ p: 'a', q: 'c' }));
  });

  test('has no character that JSON could do without', () => {
    const text = textOf({ p: 'a b', q: '"' });
    expect(JSON.stringify(JSON.parse(text))).toBe(text);
    expect(text).not.toMatch(/\[("[^"]*"|\{[^{}]*\})\]/);
  });

  test('may have as many characters as STS takes, and not one more', () => {
    const one = (length: number) =>
      entitlement({
        statements: [
          {
            Effect: 'Allow',
            Action: ['s3:GetObject'],
            Resource: [`arn:aws:s3:::${'b'.repeat(length)}`],
          },
        ],
      });
    const spare = MAX_SESSION_POLICY_LENGTH - textOf({}, one(0)).length;
    expect(MAX_SESSION_POLICY_LENGTH).toBe(2048);
    expect(textOf({}, one(spare))).toHaveLength(2048);
    expect(compose({}, one(spare + 1))).toEqual({
      ok: false,
      error: { code: 'too-long', length: 2049 },
    });
  });

  test('counts what JSON must escape', () => {
    const quotes = { ...OPEN, parameters: { p: parameter('"*', 900), q: ANYTHING } };
    const value = '"'.repeat(600);
    expect(checkParameters(quotes, { p: value, q: '' }).ok).toBe(true);
    expect(compose({ p: value, q: '' }, quotes)).toMatchObject({ error: { code: 'too-long' } });
  });
});

describe('a scope', () => {
  const scoped = (scope: Scope) =>
    composeSessionPolicy({
      entitlement: OPEN,
      parameters: { p: 'a', q: 'b' },
      scope,
      deployment: { account: '111122223333', region: 'eu-central-1' },
      expiresAt: END,
      sourceIp: '203.0.113.7',
    });

  test('narrows the statements, and nothing of what the broker adds', () => {
    const whole = statementsOf({ p: 'a', q: 'b' });
    const narrowed = scoped({ resources: ['arn:aws:s3:::b/a/b'] });
    if (!narrowed.ok) throw new Error(narrowed.error.code);
    const { Statement } = JSON.parse(narrowed.value);
    expect(Statement).toEqual([
      { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/a/b' },
      ...whole.slice(2),
    ]);
  });

  test('that is not contained makes no policy, and says where it goes too far', () => {
    expect(scoped({ actions: ['s3:PutObject'] })).toEqual({
      ok: false,
      error: {
        code: 'not-contained',
        errors: [{ pointer: '/scope/actions/0', detail: expect.stringContaining('s3:PutObject') }],
      },
    });
  });
});

describe('characters beyond ASCII', () => {
  test('are written as JSON escapes of four digits, and mean the same', () => {
    const unicode = { ...parameter('.*', 80), unicode: true } as const;
    const of = entitlement({
      parameters: { p: unicode },
      statements: [{ Effect: 'Allow', Action: ['s3:*'], Resource: ['arn:aws:s3:::b/{{p}}'] }],
    });
    const text = textOf({ p: 'é€😀' }, of);
    expect(text).toContain('"arn:aws:s3:::b/\\u00e9\\u20ac\\ud83d\\ude00"');
    expect(JSON.parse(text).Statement[0].Resource).toBe('arn:aws:s3:::b/é€😀');
    expect(toAscii('~\u007f\u0080')).toBe('~\u007f\\u0080');
  });
});
