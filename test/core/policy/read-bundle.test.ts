import { describe, expect, test } from '@jest/globals';
import type { PolicyLanguage } from '../../../core/bundle/policy-language.ts';
import { DEFAULT_LIMITS } from '../../../core/limits.ts';
import { readBundle } from '../../../core/policy/read-bundle.ts';
import { files, language, PERMIT_READ, READ } from '../../support/bundles.ts';

const BROKEN = '{ [';
const OTHER = READ.replace('id: read', 'id: other');
const NEXT = PERMIT_READ.replace('read-is-fine', 'next');
const CASE = `- name: ana reads
  principal: { issuer: people, subject: ana, groups: [readers] }
  request: { entitlement: read, parameters: { prefix: a }, durationSeconds: 60, justification: x }
  context: { mfa: false, sourceIp: 10.0.0.1, now: '2026-11-23T10:00:00Z' }
  expect: { outcome: allow }
`;

function read(changes: Readonly<Record<string, string | null>>) {
  const found = readBundle(files(changes), language);
  if (!found.ok) throw new Error(JSON.stringify(found.error, null, 1));
  const { entitlements, policies, cases } = found.value;
  return [
    ...entitlements.map(({ file }) => file),
    ...policies.map(({ file }) => file),
    ...cases.map(({ file }) => file),
  ];
}
const SMALL = ['entitlements/read.yaml', 'policies/read.cedar'];

describe('the files of a bundle', () => {
  test.each([
    ['entitlements/other.yml', OTHER],
    ['entitlements/a.b.yaml', OTHER],
    ['policies/next.cedar', NEXT],
    ['cases/read.yaml', CASE],
    ['cases/read.yml', CASE],
  ])('%s is read', (file, text) => {
    expect(new Set(read({ [file]: text }))).toEqual(new Set([...SMALL, file]));
    expect(readBundle(files({ [file]: BROKEN }), language).ok).toBe(false);
  });

  test.each([
    'old/entitlements/other.yaml',
    'entitlements/old/other.yaml',
    'entitlements/.yaml',
    'entitlements/other.yaml.bak',
    'entitlements/other.json',
    'old/policies/next.cedar',
    'policies/old/next.cedar',
    'policies/.cedar',
    'policies/next.cedar.bak',
    'policies/nextcedar',
    'old/cases/read.yaml',
    'cases/old/read.yaml',
    'cases/.yaml',
    'cases/read.yaml.bak',
    'README.md',
  ])('%s is none of them', (file) => {
    expect(read({ [file]: BROKEN })).toEqual(SMALL);
  });
});

test('a bundle without issuers says what to create', () => {
  expect(readBundle(files({ 'issuers.yaml': null }), language)).toEqual({
    ok: false,
    error: [
      {
        file: 'issuers.yaml',
        line: 1,
        message: 'is missing; create it, with the OIDC issuers whose tokens the broker accepts',
      },
    ],
  });
});

test('what names a file that cannot be read is no mistake besides', () => {
  const found = readBundle(files({ 'entitlements/read.yaml': BROKEN }), language);
  expect(new Set(found.ok ? [] : found.error.map(({ file }) => file))).toEqual(
    new Set(['entitlements/read.yaml']),
  );
});

test('limits are those of the file, or those that everybody has', () => {
  const limitsOf = (text: string | null) => {
    const found = readBundle(files({ 'limits.yaml': text }), language);
    return found.ok ? found.value.bundle.limits : found.error;
  };
  expect(limitsOf(null)).toEqual(DEFAULT_LIMITS);
  expect(limitsOf('vendsPerMinute: 7')).toEqual({ ...DEFAULT_LIMITS, vendsPerMinute: 7 });
});

describe('what the language says of policies', () => {
  const saying = (policyId: string, offset: number): PolicyLanguage => ({
    ...language,
    validate: () => [{ policyId, offset, message: 'is odd' }],
  });
  const errors = (policyId: string, offset = 0) => {
    const found = readBundle(
      files({ 'policies/read.cedar': `\n${PERMIT_READ}` }),
      saying(policyId, offset),
    );
    return found.ok ? [] : found.error;
  };

  test('is told at its place in the file', () => {
    const at = (line: number) => [
      { file: 'policies/read.cedar', line, message: "policy 'read-is-fine': is odd" },
    ];
    expect(errors('read-is-fine')).toEqual(at(2));
    expect(errors('read-is-fine', PERMIT_READ.indexOf('principal in'))).toEqual(at(4));
  });

  test('is told of all policies where it names none', () => {
    expect(errors('gone')).toEqual([{ file: 'policies', line: 1, message: 'is odd' }]);
  });
});
