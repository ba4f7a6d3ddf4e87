import { expect, test } from '@jest/globals';
import type { Issuer } from '../../../core/issuer.ts';
import type { Leaf } from '../../../core/policy/condition.ts';
import { fits, isOfAnother, lacks, pins } from '../../../core/policy/fits-issuer.ts';
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
const ref = (...parts: string[]): Leaf => ({ kind: 'like', subject: { tag: 'ref' }, parts });

test.each<[string, Leaf, boolean, string, boolean]>([
  ['the pattern of its id', like('git', ''), true, 'github', false],
  ['no pattern of its id', like('git', ''), false, 'github', true],
  ['the pattern of another', like('git', ''), true, 'people', true],
  ['no pattern of another', like('git', ''), false, 'people', false],
  ['a point for any letter', like('gith.b'), true, 'github', true],
  ['a tag that it has', ref('refs/', ''), true, 'github', false],
  ['a tag that it lacks', ref('refs/', ''), true, 'people', true],
  ['no tag that it lacks', ref('refs/', ''), false, 'people', false],
  ['its id', { kind: 'equals', subject: ISSUER, values: ['github'] }, true, 'github', false],
  ['not its id', { kind: 'equals', subject: ISSUER, values: ['github'] }, false, 'github', true],
  ['its type', { kind: 'is', type: 'ValetKey::User' }, true, 'people', false],
  ['another type', { kind: 'is', type: 'ValetKey::User' }, true, 'github', true],
  ['something else', { kind: 'other' }, true, 'people', false],
])('%s: whether it says that a principal is of another issuer', (_, leaf, truth, id, another) => {
  expect(isOfAnother(leaf, truth, issuer(id))).toBe(another);
  expect(fits(truth ? leaf : { kind: 'not', of: leaf }, issuer(id))).toBe(!another);
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
