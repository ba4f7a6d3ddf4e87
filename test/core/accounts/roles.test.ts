import { describe, expect, test } from '@jest/globals';
import { accountsOfBundle, bundleRoles, rolesOfBundle } from '../../../core/accounts/roles.ts';
import type { Bundle } from '../../../core/bundle/bundle.ts';
import type { Entitlement } from '../../../core/entitlement.ts';
import { DEFAULT_LIMITS } from '../../../core/limits.ts';
import { entitlement } from '../../support/entitlements.ts';

const DEPLOYMENT = { account: '222222222222', region: 'eu-central-1' };

const own = (name: string) => `arn:aws:iam::222222222222:role/${name}`;
const other = (name: string) => `arn:aws:iam::111111111111:role/${name}`;

function bundleOf(...all: readonly Pick<Entitlement, 'target' | 'chainedRoles'>[]): Bundle {
  const entitlements = all.map((changes, index) => entitlement({ id: `e-${index}`, ...changes }));
  return {
    hash: 'sha256:b',
    entitlements: Object.fromEntries(entitlements.map((one) => [one.id, one])),
    policies: {},
    limits: DEFAULT_LIMITS,
    approverPolicies: [],
    issuers: [],
    mentions: { attributes: [], networks: [], tickets: [] },
  };
}

const BUNDLE = bundleOf(
  { target: other('z'), chainedRoles: [other('deep'), 'arn:aws:iam::{{account}}:role/mid'] },
  { target: 'arn:aws:iam::{{account}}:role/mid', chainedRoles: [other('deep')] },
  { target: other('z'), chainedRoles: [] },
);

describe('the roles of a bundle', () => {
  test('are its targets, then the roles that sessions only chain to', () => {
    expect(bundleRoles(BUNDLE, DEPLOYMENT)).toEqual([
      { arn: other('z'), vended: true, chainedFrom: [] },
      { arn: own('mid'), vended: true, chainedFrom: [other('z')] },
      { arn: other('deep'), vended: false, chainedFrom: [other('z'), own('mid')] },
    ]);
  });

  test('name a target once in chainedFrom, even if several entitlements chain from it', () => {
    const twice = bundleOf(
      { target: own('a'), chainedRoles: [own('b')] },
      { target: own('a'), chainedRoles: [own('b')] },
    );
    expect(bundleRoles(twice, DEPLOYMENT)).toEqual([
      { arn: own('a'), vended: true, chainedFrom: [] },
      { arn: own('b'), vended: false, chainedFrom: [own('a')] },
    ]);
  });

  test('are sorted and unique as a list of ARNs', () => {
    expect(rolesOfBundle(BUNDLE, DEPLOYMENT)).toEqual([other('deep'), other('z'), own('mid')]);
  });

  test('are none for an empty bundle', () => {
    expect(bundleRoles(bundleOf(), DEPLOYMENT)).toEqual([]);
    expect(rolesOfBundle(bundleOf(), DEPLOYMENT)).toEqual([]);
    expect(accountsOfBundle(bundleOf(), DEPLOYMENT)).toEqual([]);
  });
});

describe('the accounts of a bundle', () => {
  test('are sorted and unique', () => {
    expect(accountsOfBundle(BUNDLE, DEPLOYMENT)).toEqual(['111111111111', '222222222222']);
    const china = 'arn:aws-cn:iam::999999999999:role/a';
    const partitions = bundleOf({ target: china, chainedRoles: [other('a')] });
    expect(accountsOfBundle(partitions, DEPLOYMENT)).toEqual(['111111111111', '999999999999']);
  });

  test('do not include the deployment’s own while that is a CDK token', () => {
    const unknown = { ...DEPLOYMENT, account: '${Token[AWS.AccountId.4]}' };
    expect(accountsOfBundle(BUNDLE, unknown)).toStrictEqual(['111111111111']);
  });
});
