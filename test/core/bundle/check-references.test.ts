import { describe, expect, test } from '@jest/globals';
import { checkReferences, issuerMistake } from '../../../core/bundle/check-references.ts';
import type { LocatedPolicy } from '../../../core/bundle/policy-file.ts';
import { files, READ } from '../../support/bundles.ts';
import { sourcesOf } from '../policy/test-bench.ts';

const { entitlements, issuers, policies } = sourcesOf();

/** The mistakes of a policy that names one entity. */
function mistakes(type: string, id: string): readonly string[] {
  const [policy] = policies;
  if (policy === undefined) throw new Error('no policy');
  const naming: LocatedPolicy = { ...policy, line: 7, references: [{ type, id }] };
  return checkReferences([naming], entitlements, issuers.value).map(
    ({ file, line, message }) => `${file}:${line}: ${message}`,
  );
}

describe('a policy', () => {
  test.each([
    ['ValetKey::Entitlement', 'read'],
    ['ValetKey::Broker', 'broker'],
    ['ValetKey::Group', 'people:anyone'],
    ['ValetKey::User', 'people:ana'],
    ['ValetKey::User', 'people:a/b:c'],
    ['ValetKey::Workload', 'github:1/2%3A3'],
    ['ValetKey::Action', 'whatever'],
  ])('may name %s %s', (type, id) => {
    expect(mistakes(type, id)).toEqual([]);
  });

  test.each([
    ['ValetKey::Entitlement', 'write', "entitlement 'write' does not exist; the bundle has: read"],
    ['ValetKey::Broker', 'other', 'ValetKey::Broker::"other" does not exist'],
    ['ValetKey::Group', 'nobody:x', "'nobody:x' does not start with an issuer id and a colon"],
    ['ValetKey::User', 'ana', "'ana' does not start"],
    ['ValetKey::Workload', ':1/2', "':1/2' does not start"],
    ['ValetKey::Group', 'people:', "'people:' names no group after the colon"],
    ['ValetKey::User', 'people:', "no principal can have the id 'people:'"],
    [
      'ValetKey::Workload',
      'github:1001',
      "no principal can have the id 'github:1001'; the ids of issuer 'github' are github:<owner>/<repo>",
    ],
    ['ValetKey::Workload', 'github:1/2/3', 'no principal can have the id'],
    ['ValetKey::Workload', 'github:1/', 'no principal can have the id'],
    ['ValetKey::Workload', 'github:1/2:3', 'no principal can have the id'],
    ['ValetKey::Workload', 'github:1/%zz', 'no principal can have the id'],
  ])('may not name %s %s', (type, id, says) => {
    expect(mistakes(type, id)).toEqual([
      expect.stringContaining(`policies/read.cedar:7: policy 'read-is-fine': ${says}`),
    ]);
  });
});

test('a policy may name any entitlement of the bundle, and no other', () => {
  const { entitlements: both, policies: all } = sourcesOf(
    files({ 'entitlements/write.yaml': READ.replace('id: read', 'id: write') }),
  );
  const naming = (id: string) =>
    all.map((policy) => ({ ...policy, references: [{ type: 'ValetKey::Entitlement', id }] }));
  expect(checkReferences(naming('write'), both, [])).toEqual([]);
  expect(checkReferences(naming('else'), both, []).map(({ message }) => message)).toEqual([
    "policy 'read-is-fine': entitlement 'else' does not exist; the bundle has: read, write",
  ]);
});

test.each(['people', 'peopl:x', 'people2:x', ':people:x', '', ':'])(
  '%j does not name an issuer',
  (qualified) => {
    expect(issuerMistake(qualified, ['people'])).toContain('the issuers are: people');
  },
);
