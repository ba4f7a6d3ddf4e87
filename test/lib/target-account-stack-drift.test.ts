import { describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { differences, type Found, type FoundRole } from '../../core/accounts/drift.ts';
import type { Expectations } from '../../core/accounts/expectations.ts';
import { boundaryArn, killLambdaRoleArn, killRoleArn } from '../../core/accounts/names.ts';
import {
  KILL_SWITCH_POLICY,
  killSwitchDocument,
  NOTHING_DENIED,
} from '../../core/kill/deny-policy.ts';
import { TargetAccountStack } from '../../lib/constructs.ts';
import { resources } from '../support/broker-template.ts';
import '../support/no-template-validation.ts';

/**
 * `valetkey accounts check` accepts what the constructs create and reports what is changed by hand.
 */

const [BROKER, OTHER] = ['222222222222', '111111111111'];
const HERE = { partition: 'aws', account: OTHER };
const THERE = { partition: 'aws', account: BROKER };
const VEND = `arn:aws:iam::${BROKER}:role/ValetKey-vend`;
const REPORTS = `arn:aws:iam::${OTHER}:role/valetkey/reports`;
const DEEPER = `arn:aws:iam::${OTHER}:role/valetkey/deeper`;
const KILL = killRoleArn(HERE, 'ValetKey');
const BOUNDARY = boundaryArn(HERE, 'ValetKey');

const WANTED: Expectations = {
  broker: 'ValetKey',
  isBroker: false,
  roles: [
    { arn: REPORTS, trusts: [VEND], boundary: BOUNDARY },
    { arn: DEEPER, trusts: [REPORTS], boundary: null },
  ],
  killRole: { arn: KILL, trusts: killLambdaRoleArn(THERE, 'ValetKey') },
  boundary: BOUNDARY,
};

/** The template with the values that CloudFormation fills in. */
function deployed(template: Template): Template {
  const text = JSON.stringify(template.toJSON(), (_, value: unknown) => {
    const join = (value as { 'Fn::Join'?: [string, unknown[]] } | null)?.['Fn::Join'];
    if (join !== undefined) {
      return join[1].map((part) => (typeof part === 'string' ? part : 'aws')).join(join[0]);
    }
    return value;
  });
  return Template.fromJSON(JSON.parse(text) as object);
}

function foundIn(minimize: boolean): Found {
  const app = new App({ context: { '@aws-cdk/aws-iam:minimizePolicies': minimize } });
  const stack = new TargetAccountStack(app, 'Targets', {
    env: { account: OTHER },
    brokerAccount: BROKER,
    roles: [
      { name: 'reports', statements: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] },
      { name: 'deeper', vended: false, chainedFrom: [REPORTS] },
    ],
  });
  const template = deployed(Template.fromStack(stack));
  const policies = Object.values(resources(template, 'AWS::IAM::Policy'));
  const roles = Object.entries(resources(template, 'AWS::IAM::Role')).map(([id, role]) => {
    const {
      RoleName,
      Path,
      AssumeRolePolicyDocument,
      PermissionsBoundary,
      Tags = [],
    } = role.Properties;
    const own = policies.filter(({ Properties }) =>
      JSON.stringify(Properties['Roles']).includes(id),
    );
    const inline = own.map(({ Properties }, index) => [
      `policy-${index}`,
      Properties['PolicyDocument'],
    ]);
    const arn = `arn:aws:iam::${OTHER}:role${String(Path)}${String(RoleName)}`;
    const found: FoundRole = {
      arn,
      trust: AssumeRolePolicyDocument,
      inline: Object.fromEntries(inline),
      attached: [],
      tags: Object.fromEntries(
        (Tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]),
      ),
      boundary: PermissionsBoundary === undefined ? null : BOUNDARY,
    };
    return [arn, found] as const;
  });
  const [boundary] = Object.values(resources(template, 'AWS::IAM::ManagedPolicy'));
  return { roles: new Map(roles), boundary: boundary?.Properties['PolicyDocument'] };
}

/** The account as it was deployed, with one role changed. */
function changed(arn: string, how: (role: FoundRole) => FoundRole | null): Found {
  const { roles, boundary } = foundIn(true);
  const before = roles.get(arn);
  if (before === undefined || before === null) throw new Error(`no role ${arn}`);
  return { roles: new Map([...roles, [arn, how(before)]]), boundary };
}

const allow = (Action: string, more: object = {}) => ({ Effect: 'Allow', Action, ...more });
const add = (document: unknown, statement: object) => {
  const { Statement } = document as { readonly Statement: readonly object[] };
  return { Statement: [...Statement, statement] };
};
const messages = (found: Found) => differences(WANTED, found);

describe('an account as the constructs create it', () => {
  test.each([true, false])('has no differences (minimised policies: %s)', (minimize) => {
    expect(messages(foundIn(minimize))).toEqual([]);
  });

  test('has no differences while grants are denied, or when a role is given more rights', () => {
    const cutoff = Date.parse('2026-11-24T00:00:00Z');
    const document = killSwitchDocument({
      ...NOTHING_DENIED,
      patterns: [`gr_${'0'.repeat(20)}`],
      cutoff,
    });
    const denied = (role: FoundRole) => ({
      ...role,
      inline: { ...role.inline, [KILL_SWITCH_POLICY]: JSON.parse(document ?? '') as unknown },
      attached: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
    });
    expect(messages(changed(REPORTS, denied))).toEqual([]);
  });
});

describe('the check reports', () => {
  const gone = changed(REPORTS, () => null);
  const noKill = changed(KILL, () => null);
  const Principal = { AWS: `arn:aws:iam::${OTHER}:root` };

  test('a missing vendable role', () => {
    const message = 'does not exist; no credentials can be vended for it';
    expect(messages(gone)).toEqual([{ arn: REPORTS, message }]);
  });

  test('a missing kill role', () => {
    const message = 'does not exist; grants in this account cannot be revoked';
    expect(messages(noKill)).toEqual([{ arn: KILL, message }]);
  });

  test('a role of that name under another path', () => {
    const arn = `arn:aws:iam::${OTHER}:role/reports`;
    const found = changed(REPORTS, (role) => ({ ...role, arn }));
    expect(messages(found)).toEqual([
      { arn: REPORTS, message: `has another path; its ARN is ${arn}` },
    ]);
  });

  test('another principal that may assume a vendable role', () => {
    const trust = (role: FoundRole) => add(role.trust, allow('sts:AssumeRole', { Principal }));
    const found = changed(REPORTS, (role) => ({ ...role, trust: trust(role) }));
    const message = `its trust policy should not have: allow sts:AssumeRole by the account ${OTHER}`;
    expect(messages(found)).toEqual([{ arn: REPORTS, message }]);
  });

  test('a trust policy without the condition on SourceIdentity', () => {
    const text = (role: FoundRole) => JSON.stringify(role.trust).replaceAll('StringLike', 'Null');
    const found = changed(REPORTS, (role) => ({ ...role, trust: JSON.parse(text(role)) }));
    const [lacks, , beyond] = messages(found).map(({ message }) => message);
    expect(lacks).toMatch(
      /^its trust policy lacks: allow sts:AssumeRole by .*-vend if StringLike sts:sourceidentity \?\*\.gr_\?{20}$/,
    );
    expect(beyond).toMatch(/^its trust policy should not have: .* if Null sts:sourceidentity/);
  });

  test('trust in a deleted role of the broker, with a hint', () => {
    const text = (role: FoundRole) => JSON.stringify(role.trust).replaceAll(VEND, 'AROAEXAMPLE');
    const found = changed(REPORTS, (role) => ({ ...role, trust: JSON.parse(text(role)) }));
    expect(messages(found).map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/this principal was deleted.*deploy the targets again/),
      ]),
    );
  });

  test('a missing deny for sessions without a SourceIdentity', () => {
    const found = changed(REPORTS, (role) => ({ ...role, inline: {} }));
    const message = 'does not deny everything to sessions without a SourceIdentity';
    expect(messages(found)).toEqual([{ arn: REPORTS, message }]);
  });

  test('a kill-switch policy that allows something', () => {
    const document = { Statement: [allow('s3:*', { Resource: '*' })] };
    const inline = (role: FoundRole) => ({ ...role.inline, [KILL_SWITCH_POLICY]: document });
    const found = changed(REPORTS, (role) => ({ ...role, inline: inline(role) }));
    const message = `its ${KILL_SWITCH_POLICY} has what the broker never writes: allow s3:* on *`;
    expect(messages(found)).toEqual([{ arn: REPORTS, message }]);
  });

  test('a missing boundary, if the configuration has one', () => {
    const found = changed(REPORTS, (role) => ({ ...role, boundary: null }));
    const message = `has no permissions boundary; it must have ${BOUNDARY}`;
    expect(messages(found)).toEqual([{ arn: REPORTS, message }]);
  });

  test('a boundary that leaves a role unprotected', () => {
    const found = { ...foundIn(true), boundary: { Statement: [allow('*', { Resource: '*' })] } };
    expect(messages(found)).toEqual(
      [`arn:aws:iam::${OTHER}:role/valetkey/*`, BOUNDARY].map((held) => ({
        arn: BOUNDARY,
        message: `lacks: deny iam:* on ${held}`,
      })),
    );
  });

  test('a kill role with too many or too few rights', () => {
    const more = changed(KILL, (role) => ({
      ...role,
      inline: {
        ...role.inline,
        more: { Statement: [allow('iam:PutRolePolicy', { Resource: '*' })] },
      },
      attached: ['arn:aws:iam::aws:policy/IAMFullAccess'],
    }));
    expect(messages(more).map(({ message }) => message)).toEqual([
      'its permission policy should not have: allow iam:PutRolePolicy on *',
      'its permission policy should not have: the managed policy arn:aws:iam::aws:policy/IAMFullAccess',
    ]);
    const fewer = changed(KILL, (role) => ({ ...role, inline: {} }));
    expect(messages(fewer)).toHaveLength(9);
    expect(messages(fewer)[0]?.message).toMatch(
      /^its permission policy lacks: allow iam:DeleteRolePolicy/,
    );
  });
});
