import { describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { newGrantId, newSessionName } from '../../core/ids.ts';
import { principalKey } from '../../core/principal.ts';
import { SOURCE_IDENTITY_PATTERN, sourceIdentity } from '../../core/session.ts';
import { VendableRole, type VendableRoleProps } from '../../lib/vendable-role.ts';
import '../support/no-template-validation.ts';

const VEND_ROLE = 'arn:aws:iam::111111111111:role/ValetKey-vend';

function templateOf(props: Partial<VendableRoleProps> = {}, allow?: iam.PolicyStatement): Template {
  const stack = new Stack(new App(), 'Targets');
  const { role } = new VendableRole(stack, 'Artifacts', {
    roleName: 'artifacts',
    path: '/valetkey/',
    vendRoleArn: VEND_ROLE,
    ...props,
  });
  if (allow !== undefined) role.addToPolicy(allow);
  return Template.fromStack(stack);
}

const condition = { StringLike: { 'sts:SourceIdentity': '?*.gr_????????????????????' } };
const NOTHING_WITHOUT = {
  Sid: 'NothingWithoutSourceIdentity',
  Effect: 'Deny',
  Action: '*',
  Resource: '*',
  Condition: { Null: { 'aws:SourceIdentity': 'true' } },
};

describe('a vendable role', () => {
  test('trusts only the vend role, and only with a SourceIdentity of the broker’s shape', () => {
    const [role] = Object.values(templateOf().findResources('AWS::IAM::Role'));
    const statements = role?.['Properties'].AssumeRolePolicyDocument.Statement;
    const trusting = (Action: string) => ({
      Effect: 'Allow',
      Action,
      Principal: { AWS: VEND_ROLE },
      Condition: condition,
    });
    expect(statements).toEqual([trusting('sts:AssumeRole'), trusting('sts:SetSourceIdentity')]);
  });

  test('has the name that entitlements use, and sessions of at most an hour', () => {
    templateOf().hasResourceProperties('AWS::IAM::Role', {
      RoleName: 'artifacts',
      Path: '/valetkey/',
      MaxSessionDuration: 3600,
    });
  });

  test.each([
    [{}, 'valetkey:ValetKey'],
    [{ brokerStackName: 'Keys' }, 'valetkey:Keys'],
  ])('has the tag of its broker, by which the kill switch reaches it for ever', (props, Key) => {
    const Tags = [{ Key, Value: 'vendable' }];
    templateOf(props).hasResourceProperties('AWS::IAM::Role', { Tags });
  });

  test('denies everything to sessions without a SourceIdentity, whatever its rights', () => {
    const everything = new iam.PolicyStatement({ actions: ['s3:*'], resources: ['*'] });
    const template = templateOf({}, everything);
    template.resourceCountIs('AWS::IAM::Policy', 1);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [NOTHING_WITHOUT, { Effect: 'Allow', Action: 's3:*', Resource: '*' }],
      },
    });
  });

  test('has no rights of its own', () => {
    const template = templateOf({ path: '/' });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [NOTHING_WITHOUT] },
    });
    const [role] = Object.values(template.findResources('AWS::IAM::Role'));
    expect(role?.['Properties']).not.toHaveProperty('ManagedPolicyArns');
  });
});

describe('the SourceIdentity that the trust policy requires', () => {
  /** IAM's StringLike: `?` matches one character, `*` any number. */
  const shape = new RegExp(
    `^${SOURCE_IDENTITY_PATTERN.replaceAll('.', '\\.').replaceAll('?', '.').replaceAll('*', '.*')}$`,
  );
  const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

  test('matches every SourceIdentity that the broker makes', () => {
    for (const name of ['ana@acme.example', '', '名前', 'x'.repeat(300), 'acme/shop']) {
      const key = principalKey({ id: `people:${name}`, name });
      const identity = sourceIdentity(key, newGrantId(random, Date.now()));
      expect(identity).toMatch(shape);
      expect(identity).toMatch(/^[\w+=,.@-]{2,64}$/);
      expect(key).not.toContain('.');
    }
  });

  test.each([
    ['nothing', ''],
    ['no principal', '.gr_00000000000000000000'],
    ['no grant', 'ana'],
    ['a short grant id', 'ana.gr_0'],
    ['a long grant id', 'ana.gr_000000000000000000000'],
    ['a session’s name', newSessionName(random)],
  ])('does not match %s', (_, identity) => {
    expect(identity).not.toMatch(shape);
  });
});
