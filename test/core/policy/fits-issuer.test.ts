import { expect, test } from '@jest/globals';
import type { Issuer } from '../../../core/issuer.ts';
import type { Leaf } from '../../../core/policy/condition.ts';
import { claimOf, fits, isOfAnother, lacks, pins } from '../../../core/policy/fits-issuer.ts';
import { files } from '../../support/bundles.ts';
import { PUBLIC } from './lint-bench.ts';
import { sourcesOf } from './test-bench.ts';

const issuers = sourcesOf(files({ 'issuers.yaml': PUBLIC })).bundle.issuers;
function issuer(id: string): Issuer {
  const found = issuers.find((one) => one.id === id);
  if (found === undefined) throw new Error(id);
  return found;
}
const ISSUER = { attribute: 'issuer' } as const;
const like = (...parts: string[]): Leaf => ({ kind: 'like', subject: ISSUER, parts });
const REF = { subject: { tag: 'ref' } } as const;
const ref = (...parts: string[]): Leaf => ({ kind: 'like', subject: { tag: 'ref' }, parts });

test.each<[string, Leaf, boolean, string, boolean]>([
  ['the pattern of its id', like('git', ''), true, 'github', false],
  ['no pattern of its id', like('git', ''), false, 'github', true],
  ['the pattern of another', like('git', ''), true, 'people', true],
  ['no pattern of another', like('git', ''), false, 'people', false],
  ['a point for any letter', like('gith.b'), true, 'github', true],
  ['a point within its id', like('git.hub'), true, 'github', true],
  ['a tag that it has', ref('refs/', ''), true, 'github', false],
  ['a tag that it lacks', ref('refs/', ''), true, 'people', true],
  ['no tag that it lacks', ref('refs/', ''), false, 'people', false],
  [
    'a value of a tag that it lacks',
    { ...REF, kind: 'equals', values: ['x'] },
    true,
    'people',
    true,
  ],
  [
    'a value of a tag that it has',
    { ...REF, kind: 'equals', values: ['x'] },
    true,
    'github',
    false,
  ],
  ['that a tag is there that it lacks', { kind: 'tagged', tag: 'ref' }, true, 'people', true],
  ['that no tag is there that it lacks', { kind: 'tagged', tag: 'ref' }, false, 'people', false],
  ['that a tag is there that it has', { kind: 'tagged', tag: 'ref' }, true, 'github', false],
  ['its id', { kind: 'equals', subject: ISSUER, values: ['github'] }, true, 'github', false],
  ['not its id', { kind: 'equals', subject: ISSUER, values: ['github'] }, false, 'github', true],
  ['its type', { kind: 'is', type: 'ValetKey::User' }, true, 'people', false],
  ['another type', { kind: 'is', type: 'ValetKey::User' }, true, 'github', true],
  ['something else', { kind: 'other' }, true, 'people', false],
])('%s: whether it says that a principal is of another issuer', (_, leaf, truth, id, another) => {
  expect(isOfAnother(leaf, truth, issuer(id))).toBe(another);
  expect(fits(truth ? leaf : { kind: 'not', of: leaf }, issuer(id))).toBe(!another);
});

test('the claim of a tag is the last of the keys that lead to it', () => {
  const claims = { post: ['email'], nested: ['user', 'contact', 'email'] };
  const named = { ...issuer('people'), claims };
  expect(claimOf(named, 'post')).toBe('email');
  expect(claimOf(named, 'nested')).toBe('email');
  expect(claimOf(named, 'email')).toBe('email');
});

test('a name of an issuer that is not public names no owner', () => {
  const leaf: Leaf = { kind: 'equals', subject: { tag: 'project_path' }, values: ['acme/shop'] };
  expect(pins(leaf, issuer('gitlab'), { names: true })).toBe(true);
  expect(pins(leaf, issuer('server'), { names: true })).toBe(false);
});

test('only what reads a tag lacks one', () => {
  expect(lacks(issuer('people'), { kind: 'tagged', tag: 'ref' })).toBe(true);
  expect(lacks(issuer('people'), { kind: 'tagged', tag: 'email' })).toBe(false);
  expect(lacks(issuer('people'), { kind: 'other' })).toBe(false);
  expect(lacks(issuer('people'), like('a'))).toBe(false);
});

test.each([
  ['repository', 'acme/', true],
  ['repository', 'acme', false],
  ['repository', '/', false],
  ['sub', 'repo:acme/', true],
  ['sub', 'repo:acme', false],
  ['sub', 'project:acme:', true],
  ['sub', 'project::', false],
  ['ref', 'refs/heads/', false],
])('the beginning of %s, %s: whether it names an owner', (tag, start, names) => {
  const leaf: Leaf = { kind: 'like', subject: { tag }, parts: [start, ''] };
  expect(pins(leaf, issuer('github'), { names: true })).toBe(names);
  expect(pins(leaf, issuer('github'))).toBe(false);
});
