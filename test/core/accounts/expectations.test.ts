import { describe, expect, test } from '@jest/globals';
import { expectationsOf } from '../../../core/accounts/expectations.ts';
import { configFile } from '../../../core/config/config-file.ts';
import { compiled, files, READ } from '../../support/bundles.ts';

const BROKER = { account: '222222222222', region: 'eu-central-1', stackName: 'ValetKey' };
const TARGET = '111111111111';

const arn = (rest: string, account = TARGET, partition = 'aws') =>
  `arn:${partition}:iam::${account}:${rest}`;
const VEND = arn('role/ValetKey-vend', BROKER.account);
const BOUNDARY = arn('policy/valetkey/ValetKey-boundary');

const bundleOn = (target: string) =>
  compiled(
    files({
      'entitlements/read.yaml': READ.replace(/target: .*/, `target: ${target}`).replace(
        'arn:aws:s3',
        'arn:{{partition}}:s3',
      ),
    }),
  );

const targets = (...roles: readonly object[]) =>
  configFile.parse({ account: BROKER.account, targets: [{ account: TARGET, roles }] }).targets;

describe('what is expected of a target account', () => {
  const wanted = expectationsOf(
    TARGET,
    BROKER,
    bundleOn(arn('role/valetkey/read')),
    targets({ name: 'read' }, { name: 'deep', vended: false, chainedFrom: [arn('role/other')] }),
  );

  test('is every role of the bundle and of the configuration, with its trust and boundary', () => {
    expect(wanted?.roles).toEqual([
      { arn: arn('role/valetkey/read'), trusts: [VEND], boundary: BOUNDARY },
      { arn: arn('role/valetkey/deep'), trusts: [arn('role/other')], boundary: BOUNDARY },
    ]);
  });

  test('is a kill role that trusts the broker’s kill Lambda', () => {
    expect(wanted?.killRole).toEqual({
      arn: arn('role/valetkey/ValetKey-kill'),
      trusts: arn('role/ValetKey-kill', BROKER.account),
    });
    expect(wanted).toMatchObject({ boundary: BOUNDARY, isBroker: false });
  });

  test('is the boundary that the configuration names instead', () => {
    const permissionsBoundary = arn('policy/stricter');
    const own = expectationsOf(
      TARGET,
      BROKER,
      bundleOn(arn('role/valetkey/read')),
      targets({ name: 'read', permissionsBoundary }),
    );
    expect(own?.roles[0]?.boundary).toBe(permissionsBoundary);
  });

  test('is no particular boundary for a role that another app makes', () => {
    const foreign = expectationsOf(TARGET, BROKER, bundleOn(arn('role/x/read')), []);
    expect(foreign?.roles).toEqual([{ arn: arn('role/x/read'), trusts: [VEND], boundary: null }]);
  });

  test('is nothing that the configuration lists for other accounts', () => {
    const account = '333333333333';
    const elsewhere = [{ account, roles: [{ name: 'other' }] }];
    const configured = configFile.parse({ account: BROKER.account, targets: elsewhere }).targets;
    const own = expectationsOf(TARGET, BROKER, bundleOn(arn('role/x/read')), configured);
    expect(own?.roles).toHaveLength(1);
  });

  test('has the partition of the bundle’s roles', () => {
    const china = bundleOn(arn('role/read', TARGET, 'aws-cn'));
    expect(expectationsOf(TARGET, BROKER, china, [])?.killRole?.arn).toBe(
      arn('role/valetkey/ValetKey-kill', TARGET, 'aws-cn'),
    );
    const configured = expectationsOf(
      '333333333333',
      BROKER,
      china,
      configFile.parse({
        account: BROKER.account,
        targets: [{ account: '333333333333', roles: [{ name: 'r' }] }],
      }).targets,
    );
    expect(configured?.roles[0]?.arn).toBe(arn('role/valetkey/r', '333333333333', 'aws-cn'));
  });
});

test('the broker’s own account needs no kill role', () => {
  const own = expectationsOf(
    BROKER.account,
    BROKER,
    bundleOn('arn:aws:iam::{{account}}:role/read'),
    [],
  );
  expect(own).toMatchObject({ killRole: null, isBroker: true });
  expect(own?.roles).toHaveLength(1);
});

test('an account without roles has no expectations', () => {
  expect(expectationsOf('333333333333', BROKER, bundleOn(arn('role/read')), [])).toBeNull();
});
