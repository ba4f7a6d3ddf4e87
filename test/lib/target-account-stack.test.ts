import { describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { Annotations, Template } from 'aws-cdk-lib/assertions';
import { TargetAccountStack, type TargetAccountStackProps } from '../../lib/constructs.ts';
import { resources } from '../support/broker-template.ts';
import '../support/no-template-validation.ts';

const BROKER = '222222222222';
const OTHER = '111111111111';

const READ = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::acme-reports/*' };
const REPORTS = { name: 'reports', statements: [READ] };

function stackOf(props: Partial<TargetAccountStackProps> = {}): TargetAccountStack {
  return new TargetAccountStack(new App(), 'Targets', {
    env: { account: OTHER },
    brokerAccount: BROKER,
    roles: [REPORTS],
    ...props,
  });
}

const templateOf = (props?: Partial<TargetAccountStackProps>) => Template.fromStack(stackOf(props));

const arn = (account: string, what: string) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${account}:${what}`]],
});

function roleNamed(template: Template, name: string) {
  const roles = Object.values(resources(template, 'AWS::IAM::Role'));
  const found = roles.find(({ Properties }) => Properties['RoleName'] === name);
  if (found === undefined) throw new Error(`no role ${name}`);
  return found.Properties;
}

function policyOf(template: Template, id: RegExp): unknown {
  const found = Object.entries(resources(template, 'AWS::IAM::Policy')).filter(([logicalId]) =>
    id.test(logicalId),
  );
  expect(found).toHaveLength(1);
  return found[0]?.[1].Properties['PolicyDocument'];
}

describe('the kill role', () => {
  test('has the name that the broker calls, and trusts only the broker’s kill role', () => {
    const role = roleNamed(templateOf(), 'ValetKey-kill');
    expect(role).toMatchObject({ Path: '/valetkey/' });
    expect(role['AssumeRolePolicyDocument']).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { AWS: arn(BROKER, 'role/ValetKey-kill') },
        },
      ],
    });
    expect(role).not.toHaveProperty('ManagedPolicyArns');
  });

  test('may read and write the inline policies of the stack’s roles, and of roles with the broker’s tag', () => {
    const roles = [REPORTS, { name: 'orders', path: '/teams/a/' }];
    expect(policyOf(templateOf({ roles }), /^Kill/)).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['iam:DeleteRolePolicy', 'iam:GetRolePolicy', 'iam:PutRolePolicy'],
          Resource: [arn(OTHER, 'role/valetkey/reports'), arn(OTHER, 'role/teams/a/orders')],
        },
        {
          Effect: 'Allow',
          Action: ['iam:DeleteRolePolicy', 'iam:GetRolePolicy', 'iam:PutRolePolicy'],
          Resource: arn(OTHER, 'role/*'),
          Condition: { StringEquals: { 'aws:ResourceTag/valetkey:ValetKey': 'vendable' } },
        },
      ],
    });
  });

  test('is named after the broker’s stack', () => {
    const role = roleNamed(templateOf({ brokerStackName: 'Keys' }), 'Keys-kill');
    expect(JSON.stringify(role)).toContain(`${BROKER}:role/Keys-kill`);
  });

  test('is not created in the broker’s own account', () => {
    const template = templateOf({ brokerAccount: OTHER });
    expect(Object.keys(resources(template, 'AWS::IAM::Role'))).toHaveLength(1);
  });
});

describe('a role of the stack', () => {
  test('has the given rights, trusts the broker’s vend role and has the boundary', () => {
    const template = templateOf({
      roles: [{ ...REPORTS, policies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] }],
    });
    const role = roleNamed(template, 'reports');
    expect(role).toMatchObject({
      Path: '/valetkey/',
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
      PermissionsBoundary: { Ref: expect.stringMatching(/^Boundary/) },
    });
    expect(JSON.stringify(role['AssumeRolePolicyDocument'])).toContain(
      `${BROKER}:role/ValetKey-vend`,
    );
    expect(JSON.stringify(policyOf(template, /^reports/))).toContain(JSON.stringify(READ.Resource));
  });

  test('has another boundary if one is given', () => {
    const permissionsBoundary = `arn:aws:iam::${OTHER}:policy/acme-boundary`;
    const role = roleNamed(templateOf({ roles: [{ ...REPORTS, permissionsBoundary }] }), 'reports');
    expect(role).toMatchObject({ PermissionsBoundary: permissionsBoundary });
  });

  test('that is only chained to does not trust the broker and is created after the roles it trusts', () => {
    const from = `arn:aws:iam::${OTHER}:role/valetkey/reports`;
    const chained = { name: 'deeper', vended: false, chainedFrom: [from] };
    const template = templateOf({ roles: [REPORTS, chained] });
    const [, deeper] = Object.entries(template.findResources('AWS::IAM::Role')).filter(
      ([id]) => !id.startsWith('Kill'),
    );
    const trust = JSON.stringify(deeper?.[1]['Properties'].AssumeRolePolicyDocument);
    expect(trust).toContain(from);
    expect(trust).not.toContain('ValetKey-vend');
    expect(deeper?.[1]['DependsOn']).toEqual(
      expect.arrayContaining([expect.stringMatching(/^reportsRole/)]),
    );
  });

  test('can be given more rights by the app; an unknown role is an error', () => {
    const stack = stackOf();
    expect(stack.role('reports').node.path).toBe('Targets/reports/Role');
    expect(() => stack.role('report')).toThrow("Targets has no role 'report'");
  });
});

test('the boundary allows everything but IAM calls on the roles, on the kill role and on itself', () => {
  const roles = [REPORTS, { name: 'orders', path: '/teams/a/' }];
  templateOf({ roles }).hasResourceProperties('AWS::IAM::ManagedPolicy', {
    ManagedPolicyName: 'ValetKey-boundary',
    Path: '/valetkey/',
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Sid: 'WhatTheRoleIsAllowed', Effect: 'Allow', Action: '*', Resource: '*' },
        {
          Sid: 'ButNotItsOwnLimits',
          Effect: 'Deny',
          Action: 'iam:*',
          Resource: [
            arn(OTHER, 'role/valetkey/*'),
            arn(OTHER, 'role/teams/a/orders'),
            arn(OTHER, 'policy/valetkey/ValetKey-boundary'),
          ],
        },
      ],
    },
  });
});

test('the boundary holds the broker’s roles in the broker’s account, and where the account is unknown', () => {
  const held = (template: Template) =>
    JSON.stringify(Object.values(resources(template, 'AWS::IAM::ManagedPolicy')));
  const roles = ':role/Keys-*';
  expect(held(templateOf({ brokerStackName: 'Keys' }))).not.toContain(roles);
  const here = { env: { account: BROKER }, brokerStackName: 'Keys' };
  expect(held(templateOf(here))).toContain(`${BROKER}${roles}`);
  expect(held(templateOf({ env: {}, brokerStackName: 'Keys' }))).toContain(roles);
});

test('a boundary that IAM would refuse is refused at synthesis, with its size and a remedy', () => {
  const many = (path: string, count: number) =>
    Array.from({ length: count }, (_, at) => ({ name: `team-${at}-reads-reports`, path }));
  expect(() => stackOf({ roles: many('/elsewhere/', 200) })).toThrow(
    /^Targets: the permissions boundary of the roles would have \d+ characters, and IAM allows 6144\. Give roles the path \/valetkey\//,
  );
  const { PolicyDocument } =
    Object.values(
      resources(templateOf({ roles: many('/valetkey/', 80) }), 'AWS::IAM::ManagedPolicy'),
    )[0]?.Properties ?? {};
  expect(JSON.stringify(PolicyDocument).length).toBeLessThan(1000);
});

test('the stack has no warnings and no assets', () => {
  const stack = stackOf();
  expect(Annotations.fromStack(stack).findWarning('*', '*')).toEqual([]);
  expect(JSON.stringify(Template.fromStack(stack))).not.toContain('cdk-hnb659fds-assets');
});
