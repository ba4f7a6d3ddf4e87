import { describe, expect, test } from '@jest/globals';
import { compileBundle } from '../../../core/policy/compile-bundle.ts';
import {
  compiled,
  exampleBundle,
  files,
  ISSUERS,
  language,
  PERMIT_READ,
  READ,
} from '../../support/bundles.ts';

const read = (from: string, to: string) => ({ 'entitlements/read.yaml': READ.replace(from, to) });
const permit = (id: string, when = 'true') =>
  `@id("${id}")\npermit (principal, action == ValetKey::Action::"request", resource)\nwhen { ${when} };\n`;

test('a bundle survives a round trip through JSON, which the Lambdas read', () => {
  const bundle = exampleBundle();
  expect(JSON.parse(JSON.stringify(bundle))).toEqual(bundle);
});

describe('the hash of a bundle', () => {
  const { hash } = compiled();

  test('is a SHA-256', () => {
    expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('does not depend on the order in which the files are read', () => {
    expect(compiled(new Map([...files()].reverse())).hash).toBe(hash);
  });

  test('does not depend on cases', () => {
    expect(compiled(files({ 'cases/a.yaml': '[]' })).hash).toBe(hash);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['an entitlement', read('8h', '7h')],
    ['a policy', { 'policies/read.cedar': `${PERMIT_READ}\n// more` }],
    ['the issuers', { 'issuers.yaml': ISSUERS.replace('valetkey, clientId', 'other, clientId') }],
    ['a new file', { 'policies/more.cedar': permit('a') }],
  ])('depends on %s', (_, changes) => {
    expect(compiled(files(changes)).hash).not.toBe(hash);
  });

  test('depends on which file has which text', () => {
    const one = { 'policies/read.cedar': PERMIT_READ, 'policies/more.cedar': permit('a') };
    const other = { 'policies/read.cedar': permit('a'), 'policies/more.cedar': PERMIT_READ };
    expect(compiled(files(one)).hash).not.toBe(compiled(files(other)).hash);
  });
});

describe('the hash of an entitlement', () => {
  const hashOf = (text: string) =>
    compiled(files({ 'entitlements/read.yaml': text })).entitlements['read']?.hash;

  test('depends on its meaning, not on how it is written', () => {
    expect(hashOf(`# a remark\n${READ}`)).toBe(hashOf(READ));
    expect(hashOf(READ.replace('maxDuration: 8h', 'maxDuration: 480m'))).toBe(hashOf(READ));
  });

  test.each([
    ['title: Read', 'title: Reads'],
    ['risk: low', 'risk: high'],
    ['maxDuration: 8h', 'maxDuration: 7h'],
    [
      "{ pattern: '[a-z0-9/]{1,20}', description: Prefix }",
      "{ description: A prefix, pattern: '[a-z0-9/]{1,20}' }",
    ],
    ['id: read\ntitle: Read\n', 'title: Read\nid: read\n'],
  ])('does not change from %s to %s, which grants the same', (from, to) => {
    const text = READ.replace(from, to);
    expect(text).not.toBe(READ);
    expect(hashOf(text)).toBe(hashOf(READ));
  });

  test.each([
    ['s3:GetObject', 's3:PutObject'],
    ['{1,20}', '{1,21}'],
  ])('changes from %s to %s', (from, to) => {
    const text = READ.replace(from, to);
    expect(compileBundle(files({ 'entitlements/read.yaml': text }), language).ok).toBe(true);
    expect(hashOf(text)).not.toBe(hashOf(READ));
  });
});

describe('an entitlement reads the history', () => {
  const readsHistory = (policy: string, id = 'read') => {
    const changes = {
      'entitlements/other.yaml': READ.replace('id: read', 'id: other'),
      'policies/more.cedar': policy,
    };
    return compiled(files(changes)).entitlements[id]?.readsHistory;
  };
  const historical = permit('a', 'context.history.firstUse');
  const onRead = historical.replace('resource)', 'resource == ValetKey::Entitlement::"read")');

  test('if a policy on every entitlement does', () => {
    expect(readsHistory(historical)).toBe(true);
    expect(readsHistory(historical, 'other')).toBe(true);
  });

  test('if a policy on this entitlement does', () => {
    expect(readsHistory(onRead)).toBe(true);
    expect(readsHistory(onRead, 'other')).toBe(false);
  });

  test('and the signals in the same way', () => {
    const reads = (policy: string) =>
      compiled(files({ 'policies/more.cedar': policy })).entitlements['read']?.readsSignals;
    const wary = permit('a', 'context.signals.newNetwork');
    expect([reads(wary), reads(historical)]).toEqual([true, false]);
    expect(reads(wary.replace('"request"', '"vote"'))).toBe(true);
  });

  test('if no policy does, not at all', () => {
    expect(readsHistory(permit('a', 'context.mfa'))).toBe(false);
  });
});

test('policies and entitlements are sorted by id, and all that they mention is listed once', () => {
  const bundle = compiled(
    files({
      'entitlements/a.yaml': READ.replace('id: read', 'id: a'),
      'policies/more.cedar': `${permit('z', 'context.scoped')}${permit('b', 'context.mfa')}`,
    }),
  );
  expect(Object.keys(bundle.entitlements)).toEqual(['a', 'read']);
  expect(Object.values(bundle.policies).map(({ id, place }) => [id, place])).toEqual([
    ['b', 'policies/more.cedar:4'],
    ['read-is-fine', 'policies/read.cedar:1'],
    ['z', 'policies/more.cedar:1'],
  ]);
  expect(bundle.mentions).toEqual({ attributes: ['mfa', 'scoped'], networks: [], tickets: [] });
});
