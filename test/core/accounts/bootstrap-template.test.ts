import { describe, expect, test } from '@jest/globals';
import { bootstrapTemplateFor } from '../../../core/accounts/bootstrap-template.ts';

/** How CDK's bootstrap template changes; test/e2e/cdk-deploy.test.ts deploys the real one. */

const ROLE = 'arn:aws:iam::111122223333:role/valetkey/shop-deploy';
const ANYBODY = {
  Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
};
const role = (more: object = {}) => ({
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: ANYBODY, RoleName: 'n', ...more },
});
const deploys = (...Statement: readonly object[]) =>
  role({ Policies: [{ PolicyName: 'default', PolicyDocument: { Statement } }] });
const templateOf = (deployment: object = deploys()) => ({
  Parameters: { Qualifier: {} },
  Resources: {
    StagingBucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'b' } },
    FilePublishingRole: role(),
    ImagePublishingRole: role(),
    LookupRole: role({ Policies: [{ PolicyName: 'own' }] }),
    DeploymentActionRole: deployment,
  },
});

type Statement = Readonly<Record<string, unknown>>;
type Document = { readonly Version?: string; readonly Statement: readonly Statement[] };
type Properties = {
  readonly AssumeRolePolicyDocument: Document;
  readonly Policies: readonly { readonly PolicyName: string; readonly PolicyDocument: Document }[];
  readonly RoleName: string;
};

/** The properties of a resource in the changed template. */
function changed(template: object, name: string, ...stacks: readonly string[]): Properties {
  const answer = bootstrapTemplateFor(template, ROLE, stacks);
  if (!answer.ok) throw new Error(answer.error);
  const resources = answer.value['Resources'] as Record<string, { Properties: Properties }>;
  return (resources[name] ?? { Properties: {} as Properties }).Properties;
}

const statementsOf = (statement: object, ...stacks: readonly string[]) =>
  changed(templateOf(deploys(statement)), 'DeploymentActionRole', ...stacks).Policies[0]
    ?.PolicyDocument.Statement;

test('every bootstrap role keeps its tags and gets that of the broker', () => {
  const own = { Key: 'aws-cdk:bootstrap-role', Value: 'deploy' };
  const template = templateOf(deploys());
  const tagged = {
    ...template,
    Resources: { ...template.Resources, LookupRole: role({ Tags: [own] }) },
  };
  const answer = bootstrapTemplateFor(tagged, ROLE, ['Shop'], 'Keys');
  if (!answer.ok) throw new Error(answer.error);
  expect(answer.value['Resources']).toMatchObject({
    LookupRole: { Properties: { Tags: [own, { Key: 'valetkey:Keys', Value: 'vendable' }] } },
    FilePublishingRole: { Properties: { Tags: [{ Key: 'valetkey:Keys', Value: 'vendable' }] } },
  });
});

describe('every bootstrap role', () => {
  const names = ['FilePublishingRole', 'ImagePublishingRole', 'LookupRole', 'DeploymentActionRole'];

  test.each(names)('%s trusts only the vendable role, and only with a SourceIdentity', (name) => {
    const { AssumeRolePolicyDocument: trust } = changed(templateOf(), name, 'Shop');
    expect(trust.Version).toBe('2012-10-17');
    expect(trust.Statement.map(({ Action }) => Action)).toEqual([
      ['sts:AssumeRole'],
      ['sts:SetSourceIdentity'],
    ]);
    for (const { Principal, Condition } of trust.Statement) {
      expect(Principal).toEqual({ AWS: [ROLE] });
      expect(Condition).toEqual({
        StringLike: { 'sts:SourceIdentity': '?*.gr_????????????????????' },
      });
    }
  });

  test.each(names)('%s denies everything to sessions without a SourceIdentity', (name) => {
    const { Policies, RoleName } = changed(templateOf(), name, 'Shop');
    expect(Policies.at(-1)?.PolicyDocument.Statement).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Action: ['*'],
        Resource: ['*'],
        Condition: { Null: { 'aws:SourceIdentity': 'true' } },
      }),
    ]);
    expect(Policies.at(-1)).toMatchObject({
      PolicyName: 'NothingWithoutSourceIdentity',
      PolicyDocument: { Version: '2012-10-17' },
    });
    expect(RoleName).toBe('n');
  });

  test('without policies of its own has only that deny', () => {
    expect(changed(templateOf(), 'FilePublishingRole', 'Shop').Policies).toHaveLength(1);
  });

  test('keeps its own policies, and the template keeps its other resources', () => {
    const { Policies } = changed(templateOf(), 'LookupRole', 'Shop');
    expect(Policies[0]).toEqual({ PolicyName: 'own' });
    expect(changed(templateOf(), 'StagingBucket', 'Shop')).toEqual({ BucketName: 'b' });
  });
});

describe('a statement of the deploy role', () => {
  const arn = (name: string) => ({
    'Fn::Sub': `arn:\${AWS::Partition}:cloudformation:\${AWS::Region}:\${AWS::AccountId}:stack/${name}/*`,
  });

  test('on every resource keeps CloudFormation on the stacks, and GetCallerIdentity', () => {
    const statement = {
      Sid: 'Cli',
      Effect: 'Allow',
      Resource: '*',
      Action: ['cloudformation:DeleteStack', 'sts:GetCallerIdentity', 'iam:PassRole'],
    };
    expect(statementsOf(statement, 'Shop', 'ShopData')).toEqual([
      {
        Sid: 'Cli',
        Effect: 'Allow',
        Action: ['cloudformation:DeleteStack'],
        Resource: [arn('Shop'), arn('ShopData')],
      },
      { Effect: 'Allow', Action: ['sts:GetCallerIdentity'], Resource: '*' },
    ]);
  });

  test.each([['*'], [['*']], [['arn:aws:s3:::a', '*']]])(
    'on %j is dropped with anything else',
    (Resource) => {
      expect(statementsOf({ Effect: 'Allow', Action: 's3:PutObject', Resource }, 'Shop')).toEqual(
        [],
      );
    },
  );

  test.each([
    [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }],
    [{ Effect: 'Allow', Action: 'iam:PassRole', Resource: { 'Fn::Sub': '${Exec.Arn}' } }],
  ])('that denies, or that names its resources, stays: %j', (statement) => {
    expect(statementsOf(statement, 'Shop')).toEqual([statement]);
  });
});

test.each([
  ['nothing', null, 'FilePublishingRole'],
  ['another template', { Resources: {} }, 'FilePublishingRole'],
  ['a deploy role without policies', templateOf(role()), 'DeploymentActionRole.Policies'],
  [
    'a policy without a document',
    templateOf(role({ Policies: [{}] })),
    'DeploymentActionRole.Policies',
  ],
  ...['a text', null].map((AssumeRolePolicyDocument): [string, object, string] => [
    `a trust policy that is ${AssumeRolePolicyDocument}`,
    templateOf(role({ AssumeRolePolicyDocument, Policies: [] })),
    'DeploymentActionRole',
  ]),
  [
    'a policy without statements',
    templateOf(role({ Policies: [{ PolicyDocument: {} }] })),
    'DeploymentActionRole.Policies',
  ],
])('%s is not CDK’s template', (_, template, missing) => {
  expect(bootstrapTemplateFor(template, ROLE, ['Shop'])).toEqual({ ok: false, error: missing });
});
