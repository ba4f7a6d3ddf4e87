import { describe, expect, test } from '@jest/globals';
import { accountsOfBundle, bundleRoles, rolesOfBundle } from '../../../core/accounts/roles.ts';
import type { Bundle } from '../../../core/bundle/bundle.ts';
import type { Entitlement } from '../../../core/entitlement.ts';
import { compiled } from '../../support/bundles.ts';
import { entitlement } from '../../support/entitlements.ts';

const DEPLOYMENT = { account: '111122223333', region: 'eu-central-1' };
const arn = (name: string, account = '111122223333') => `arn:aws:iam::${account}:role/${name}`;

function bundleOf(...entitlements: readonly Partial<Entitlement>[]): Bundle {
  const named = entitlements.map((changes, index) => entitlement({ id: `e${index}`, ...changes }));
  return { ...compiled(), entitlements: Object.fromEntries(named.map((each) => [each.id, each])) };
}

const HERE = 'arn:aws:iam::{{account}}:role';

describe('the roles of a bundle', () => {
  test('are its targets, and after them the roles that are reached from those', () => {
    const bundle = bundleOf(
      { target: `${HERE}/b`, chainedRoles: [arn('x', '444455556666'), `${HERE}/a`] },
      { target: `${HERE}/a`, chainedRoles: [arn('x', '444455556666')] },
    );
    expect(bundleRoles(bundle, DEPLOYMENT)).toEqual([
      { arn: arn('b'), vended: true, chainedFrom: [] },
      { arn: arn('a'), vended: true, chainedFrom: [arn('b')] },
      { arn: arn('x', '444455556666'), vended: false, chainedFrom: [arn('b'), arn('a')] },
    ]);
  });

  test('are named once, however many entitlements reach them', () => {
    const same = { target: `${HERE}/a`, chainedRoles: [`${HERE}/x`] };
    expect(bundleRoles(bundleOf(same, same), DEPLOYMENT)).toEqual([
      { arn: arn('a'), vended: true, chainedFrom: [] },
      { arn: arn('x'), vended: false, chainedFrom: [arn('a')] },
    ]);
    expect(rolesOfBundle(bundleOf(same, same), DEPLOYMENT)).toEqual([arn('a'), arn('x')]);
  });

  test('are sorted where only their names matter', () => {
    const bundle = bundleOf(
      { target: `${HERE}/c`, chainedRoles: [`${HERE}/b`] },
      { target: `${HERE}/a` },
    );
    expect(rolesOfBundle(bundle, DEPLOYMENT)).toEqual([arn('a'), arn('b'), arn('c')]);
  });

  test('are none for a bundle without entitlements', () => {
    expect(bundleRoles(bundleOf(), DEPLOYMENT)).toEqual([]);
    expect(rolesOfBundle(bundleOf(), DEPLOYMENT)).toEqual([]);
  });
});

describe('the accounts of a bundle', () => {
  const bundle = bundleOf(
    { target: arn('a', '999900001111'), chainedRoles: [arn('x', '444455556666')] },
    { target: `${HERE}/b`, chainedRoles: [arn('y', '444455556666')] },
  );

  test('are those of all its roles, sorted, each once', () => {
    expect(accountsOfBundle(bundle, DEPLOYMENT)).toEqual([
      ...['111122223333', '444455556666', '999900001111'],
    ]);
  });

  test('are only those that are written out while the deployment’s is not known', () => {
    const unknown = { account: '{{account}}', region: '{{region}}' };
    expect(accountsOfBundle(bundle, unknown)).toEqual(['444455556666', '999900001111']);
  });
});
