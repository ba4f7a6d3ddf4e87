import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkSize, longestPolicy } from '../../../core/bundle/check-size.ts';
import type { Entitlement } from '../../../core/entitlement.ts';
import { compileBundle } from '../../../core/policy/compile-bundle.ts';
import {
  composeSessionPolicy,
  MAX_SESSION_POLICY_LENGTH,
  sessionPolicyText,
} from '../../../core/session-policy/compose.ts';
import { entitlementWith } from '../../second-opinion/entitlements.ts';
import { unscoped } from '../../second-opinion/grants.ts';
import { files, language, READ } from '../../support/bundles.ts';
import { cpuTime } from '../../support/cpu-time.ts';
import { draws } from '../../support/draws.ts';

const allow = (name: string) => ({
  Effect: 'Allow' as const,
  Action: ['s3:GetObject'],
  Resource: [`arn:aws:s3:::${name}/{{p}}`],
  Condition: { StringEquals: { 'aws:PrincipalTag/team': name } },
});

const REQUEST = {
  scope: null,
  deployment: { account: '111122223333', region: 'ap-southeast-1' },
  expiresAt: Date.parse('2026-11-23T10:30:00Z'),
  sourceIp: '2001:0db8:0000:0000:0000:0000:0000:0007',
};

function textOf(entitlement: Entitlement, parameters: Readonly<Record<string, string>>): string {
  const text = sessionPolicyText({ ...REQUEST, entitlement, parameters });
  if (!text.ok) throw new Error(JSON.stringify(text.error));
  return text.value;
}

const mistakesOf = (value: Entitlement) =>
  checkSize({
    value,
    file: 'entitlements/e.yaml',
    error: (path, message) => ({ file: path.join('/'), line: 1, message }),
  });

/** The largest number up to `limit` that fits, where all smaller ones fit too. */
function largest(limit: number, fits: (value: number) => boolean): number {
  let [low, high] = [0, limit];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** An entitlement with a number of resources that each contain the parameter. */
function fileWith(resources: number, pattern: string): string {
  const list = Array.from({ length: resources }, (_, i) => `'arn:aws:s3:::bucket-${i}/{{prefix}}'`);
  return READ.replace("'[a-z0-9/]{1,20}'", `'${pattern}'`).replace(
    "'arn:aws:s3:::acme/{{prefix}}/*'",
    `[${list.join(', ')}]`,
  );
}

describe('the longest session policy', () => {
  test('is never exceeded, whatever values are accepted', () => {
    let near = 0;
    fc.assert(
      fc.property(unscoped, ({ entitlement, parameters }) => {
        const { length } = textOf(entitlement, parameters);
        const longest = longestPolicy(entitlement);
        expect(length).toBeLessThanOrEqual(longest);
        if (longest - length < 60) near += 1;
      }),
      { numRuns: draws(300) },
    );
    // A bound that is far too high would refuse bundles that are fine.
    expect(near).toBeGreaterThan(draws(40));
  });

  test('is reached, apart from what the deployment and the address may add', () => {
    const entitlement = entitlementWith(
      { p: { pattern: '[a-z]{1,40}', description: 'P', maxLength: 30 } },
      [allow('a'), allow('b')],
      'bind',
    );
    const reached = textOf(entitlement, { p: 'z'.repeat(30) }).length;
    expect(longestPolicy(entitlement)).toBe(reached);
  });

  test('counts a character that JSON escapes as two, and relies on no merge that depends on values', () => {
    const spec = { pattern: '["a]{1,20}', description: 'P', maxLength: 20 };
    const quotes = entitlementWith({ p: spec }, [allow('a')]);
    const worst = textOf(quotes, { p: '"'.repeat(20) }).length;
    expect(longestPolicy(quotes)).toBeGreaterThanOrEqual(worst);
    expect(longestPolicy(quotes)).toBeLessThanOrEqual(worst + 2);
    const two = entitlementWith({ p: spec, q: spec }, [
      { Effect: 'Allow', Action: ['a:A'], Resource: ['arn:aws:a:::{{p}}', 'arn:aws:a:::{{q}}'] },
    ]);
    const apart = textOf(two, { p: '"'.repeat(20), q: `${'"'.repeat(19)}a` }).length;
    expect(longestPolicy(two)).toBeGreaterThanOrEqual(apart);
  });
});

describe('the stand-in for a value', () => {
  const spec = { pattern: '[a-z0-9]{1,30}', description: 'P', maxLength: 30 };

  test.each([
    ['a literal prefix', 'arn:aws:s3:::b/0*'],
    ['a literal prefix', 'arn:aws:s3:::b/x*'],
    ['a literal', 'arn:aws:s3:::b/0'],
    ['wildcards for longer values only', 'arn:aws:s3:::b/??????*'],
  ])('does not count as contained in %s, which does not contain every value', (_, resource) => {
    const entitlement = entitlementWith({ p: spec }, [
      { Effect: 'Allow', Action: ['a:A'], Resource: [resource, 'arn:aws:s3:::b/{{p}}'] },
    ]);
    const longest = longestPolicy(entitlement);
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{1,30}$/), (p) => {
        expect(textOf(entitlement, { p }).length).toBeLessThanOrEqual(longest);
      }),
    );
  });

  test('differs from all others, however many there are', () => {
    const names = Array.from({ length: 24 }, (_, index) => `p${index}`);
    const entitlement = entitlementWith(Object.fromEntries(names.map((name) => [name, spec])), [
      {
        Effect: 'Allow',
        Action: ['a:A'],
        Resource: names.map((name) => `arn:aws:s3:::{{${name}}}`),
      },
    ]);
    const values = names.map((name, index) => [name, `${index + 10}${'z'.repeat(28)}`]);
    expect(longestPolicy(entitlement)).toBe(textOf(entitlement, Object.fromEntries(values)).length);
  });
});

describe('a bundle whose session policy could be too long', () => {
  test('does not compile, and the error says what to shorten', () => {
    const text = fileWith(9, '[a-z]{1,300}').replace('Prefix }', 'Prefix, maxLength: 300 }');
    const bundle = compileBundle(files({ 'entitlements/read.yaml': text }), language);
    if (bundle.ok) throw new Error('it compiled');
    expect(bundle.error).toHaveLength(1);
    expect(bundle.error[0]?.file).toBe('entitlements/read.yaml');
    expect(bundle.error[0]?.message).toMatch(
      /can make a session policy of \d{4} characters, but AWS accepts at most 2048; list fewer actions or resources, or shorten the pattern or maxLength of 'prefix' \(now 300\)$/,
    );
  });

  test.each([
    ['a shorter maxLength', fileWith(9, '[a-z]{1,300}')],
    ['a shorter pattern', fileWith(9, '[a-z]{1,90}')],
    [
      'fewer resources',
      fileWith(4, '[a-z]{1,300}').replace('Prefix }', 'Prefix, maxLength: 300 }'),
    ],
  ])('compiles with %s', (_, text) => {
    expect(compileBundle(files({ 'entitlements/read.yaml': text }), language).ok).toBe(true);
  });

  test('gets an error that names the longest parameter, or wildcards if there is none', () => {
    const many = Array.from({ length: 40 }, (_, index) => allow(`bucket-${index}`));
    const named = mistakesOf(
      entitlementWith(
        {
          q: { pattern: '[a-z]{1,3}', description: 'Q', maxLength: 128 },
          p: { pattern: '[a-z]{1,90}', description: 'P', maxLength: 64 },
        },
        many,
      ),
    );
    expect(named[0]?.message).toContain("shorten the pattern or maxLength of 'p' (now 64)");
    const plain = many.map((statement) => ({
      ...statement,
      Resource: [`arn:aws:s3:::${'x'.repeat(50)}`],
    }));
    expect(mistakesOf(entitlementWith({}, plain))).toEqual([
      { file: 'statements', line: 1, message: expect.stringMatching(/or use wildcards$/) },
    ]);
  });

  test('counts six for a character beyond ASCII, because STS receives its escape', () => {
    const of = (length: number) =>
      entitlementWith(
        { p: { pattern: `[à-ÿ]{${length}}`, description: 'P', maxLength: 4096, unicode: true } },
        [allow('a')],
      );
    const composed = (length: number) =>
      composeSessionPolicy({
        ...REQUEST,
        entitlement: of(length),
        parameters: { p: 'é'.repeat(length) },
      });
    const fits = composed(200);
    expect(fits.ok && fits.value).toMatch(/^[ -~]+:::a\/(\\u00e9){200}[ -~]+$/);
    expect(JSON.parse(fits.ok ? fits.value : '').Statement[0].Resource).toContain('éé');
    const most = largest(400, (length) => mistakesOf(of(length)).length === 0);
    expect(composed(most).ok).toBe(true);
    expect(composed(most + 2)).toMatchObject({ error: { code: 'too-long' } });
  });

  test('is one with 2,049 characters or more', () => {
    const of = (length: number) =>
      entitlementWith({ p: { pattern: `[a-z]{${length}}`, description: 'P', maxLength: 4096 } }, [
        allow('a'),
      ]);
    const base = longestPolicy(of(2)) - 2;
    const most = MAX_SESSION_POLICY_LENGTH - base;
    expect(mistakesOf(of(most))).toEqual([]);
    expect(mistakesOf(of(most + 1))).toHaveLength(1);
    const composed = (length: number) =>
      composeSessionPolicy({
        ...REQUEST,
        entitlement: of(length),
        parameters: { p: 'z'.repeat(length) },
      });
    const longest = composed(most);
    expect(longest.ok && longest.value.length).toBe(2048);
    expect(composed(most + 1)).toEqual({ ok: false, error: { code: 'too-long', length: 2049 } });
  });
});

test('much more than fits is refused by its length, without merging it', () => {
  const Resource = Array.from({ length: 1500 }, (_, index) => `arn:aws:s3:::*bucket-${index}/*`);
  const entitlement = entitlementWith({}, [
    { Effect: 'Allow', Action: ['s3:GetObject'], Resource },
  ]);
  const took = cpuTime(() => {
    expect(mistakesOf(entitlement)).toEqual([
      {
        file: 'statements',
        line: 1,
        message: expect.stringMatching(
          /^has \d{5} characters of statements, but AWS accepts at most 2048/,
        ),
      },
    ]);
  });
  expect(took).toBeLessThan(10_000);
});

test('what might fit once it is merged is merged: eight times as much', () => {
  const of = (length: number) => {
    const one = (name: string) => [{ ...allow('b'), Resource: [`arn:aws:s3:::${name}`] }];
    const written = JSON.stringify(one('')).length;
    return mistakesOf(entitlementWith({}, one('x'.repeat(length - written))))[0]?.message;
  };
  expect(of(8 * 2048)).toMatch(/^can make a session policy of \d{5} characters/);
  expect(of(8 * 2048 + 1)).toMatch(/^has 16385 characters of statements/);
});
