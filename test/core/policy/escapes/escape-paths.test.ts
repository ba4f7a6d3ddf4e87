import { describe, expect, test } from '@jest/globals';
import { ESCAPE_PATHS } from '../../../../core/bundle/escape-paths.ts';
import type { ConditionBlock, Statement } from '../../../../core/entitlement.ts';
import { openPaths } from '../../../../core/policy/open-paths.ts';
import { PUBLISHED_PATHS } from './published-paths.ts';

const allow = (...Action: readonly string[]): Statement => ({
  Effect: 'Allow',
  Action,
  Resource: ['*'],
});
const open = (...statements: readonly Statement[]) =>
  openPaths(statements).map(({ path }) => path.actions.join(' + '));

test.each(ESCAPE_PATHS)(
  '$actions are a way out together, and none without each of them',
  (path) => {
    const { actions, passedTo, source } = path;
    const name = actions.join(' + ');
    expect(open(allow(...actions))).toEqual([name]);
    expect(open(...actions.map((action) => allow(action.toLowerCase())))).toEqual([name]);
    for (const missing of actions) {
      const rest = actions.filter((action) => action !== missing);
      const deny: Statement = { Effect: 'Deny', Action: [missing], Resource: ['*'] };
      expect(open(allow(...rest))).not.toContain(name);
      expect(open(allow(...actions), deny)).not.toContain(name);
    }
    expect(source).not.toBe('');
    expect(passedTo.length > 0).toBe(actions.includes('iam:PassRole'));
  },
);

test('a deny closes passing a role only if it names every role', () => {
  const deny = (roles: object): Statement => ({
    ...{ Effect: 'Deny', Action: ['iam:PassRole'], ...roles },
  });
  const actions = ['iam:PassRole', 'ec2:RunInstances'];
  const name = actions.join(' + ');
  expect(open(allow(...actions))).toContain(name);
  expect(open(allow(...actions), deny({ Resource: ['*'] }))).not.toContain(name);
  const some = ['arn:aws:iam::*:role/a'];
  expect(open(allow(...actions), deny({ Resource: some }))).toContain(name);
  expect(open(allow(...actions), deny({ NotResource: some }))).toContain(name);
});

test('roles that the session may go on to are no way out, alone or together', () => {
  const [one, two] = ['arn:aws:iam::111122223333:role/a', 'arn:aws:iam::111122223333:role/b'];
  const assume = (...Resource: readonly string[]): Statement => ({
    ...allow('sts:AssumeRole'),
    Resource,
  });
  const ways = (statement: Statement, ...chained: readonly string[]) =>
    openPaths([statement], chained).map(({ path }) => path.actions.join());
  expect(ways(assume(one, two), one, two)).toEqual([]);
  expect(ways(assume(one), one, two)).toEqual([]);
  expect(ways(assume(one, two), one)).toEqual(['sts:AssumeRole']);
  expect(ways(assume(one))).toEqual(['sts:AssumeRole']);
});

test('no path contains another one', () => {
  const wider = ESCAPE_PATHS.flatMap(({ actions }) =>
    ESCAPE_PATHS.filter(
      (other) =>
        other.actions !== actions && other.actions.every((action) => actions.includes(action)),
    ).map((other) => [actions, other.actions]),
  );
  expect(wider).toEqual([]);
});

test('the list of published paths has 65', () => {
  expect(new Set(PUBLISHED_PATHS.map(([, ...actions]) => actions.join())).size).toBe(65);
});

test.each(PUBLISHED_PATHS)('a caller who %s is on a way out', (_, ...actions) => {
  expect(open(allow(...actions)).length).toBeGreaterThan(0);
});

describe('passing a role', () => {
  const pass = (Condition: ConditionBlock): Statement => ({ ...allow('iam:PassRole'), Condition });
  const to = (operator: string, value: string | readonly string[], key = 'iam:PassedToService') =>
    pass({ [operator]: { [key]: value } });
  const create = allow('lambda:CreateFunction');
  const name = 'iam:PassRole + lambda:CreateFunction';

  test.each([
    ['to nothing that runs code', to('StringEquals', 'monitoring.rds.amazonaws.com')],
    ['to another service', to('StringEquals', ['ecs-tasks.amazonaws.com'])],
    ['to services of another name', to('StringLike', 'ecs*.amazonaws.com')],
    ['to a service in any case', to('StringEqualsIgnoreCase', 'ECS-Tasks.amazonaws.com')],
    ['to any of some services', to('ForAnyValue:StringEquals', ['ec2.amazonaws.com'])],
    ['by a key in another case', to('StringEquals', 'ec2.amazonaws.com', 'IAM:passedtoservice')],
    ['to all services but that one', to('StringNotEquals', 'lambda.amazonaws.com')],
    ['to all services but those', to('StringNotLike', '*.amazonaws.com')],
  ])('%s is harmless', (_, statement) => {
    expect(open(statement, create)).not.toContain(name);
  });

  test.each([
    ['without a condition', allow('iam:PassRole')],
    ['to the service', to('StringEquals', 'lambda.amazonaws.com')],
    ['to the service in China', to('StringLike', 'lambda.amazonaws.com*')],
    ['to one of several', to('StringEquals', ['ec2.amazonaws.com', 'lambda.amazonaws.com'])],
    ['to all services but another', to('StringNotEquals', 'ec2.amazonaws.com')],
    ['under another condition', to('StringEquals', 'x', 'aws:PrincipalTag/team')],
    ['to what a parameter says', to('StringEquals', '{{service}}.amazonaws.com')],
    ['where the key may be missing', to('StringEqualsIfExists', 'ec2.amazonaws.com')],
    ['where no value may be there', to('ForAllValues:StringEquals', 'ec2.amazonaws.com')],
  ])('%s is a way out', (_, statement) => {
    expect(open(statement, create)).toContain(name);
  });

  test('is harmless where a Deny names the service, or all but others', () => {
    const denied = (operator: string, value: string): Statement => ({
      ...to(operator, value),
      Effect: 'Deny',
    });
    const role = allow('iam:PassRole');
    expect(open(role, create, denied('StringEquals', 'lambda.amazonaws.com'))).toEqual([]);
    expect(open(role, create, denied('StringNotEquals', 'ec2.amazonaws.com'))).toEqual([]);
    expect(open(role, create, denied('StringEquals', 'ec2.amazonaws.com'))).toEqual([name]);
    expect(open(role, create, denied('StringNotEquals', '{{service}}'))).toEqual([name]);
  });
});

test('a grant of a key is harmless where it is only for a resource of an AWS service', () => {
  const grant = (Condition: ConditionBlock) => ({ ...allow('kms:CreateGrant'), Condition });
  expect(open(grant({ Bool: { 'kms:GrantIsForAWSResource': 'true' } }))).toEqual([]);
  expect(open(grant({ Bool: { 'kms:GrantIsForAWSResource': 'false' } }))).not.toEqual([]);
  expect(open(grant({ Bool: { 'aws:SecureTransport': 'true' } }))).not.toEqual([]);
  expect(open(grant({ BoolIfExists: { 'kms:GrantIsForAWSResource': 'true' } }))).not.toEqual([]);
});

const arn = (rest: string) => `arn:aws:${rest}`;

test.each<readonly [string, ...Statement[]]>([
  ['reads objects', allow('s3:Get*', 's3:List*')],
  ['reads tables', allow('dynamodb:Get*', 'dynamodb:Query', 'dynamodb:Scan', 'dynamodb:Describe*')],
  ['reads logs', allow('logs:Get*', 'logs:FilterLogEvents', 'logs:StartQuery', 'logs:Describe*')],
  ['looks at instances', allow('ec2:Describe*', 'elasticloadbalancing:Describe*')],
  [
    'looks at everything',
    allow('rds:Describe*', 'iam:Get*', 'iam:List*', 'cloudwatch:Get*', 'tag:Get*'),
  ],
  ['reads a database', allow('rds-data:ExecuteStatement', 'rds-db:connect')],
  ['reads secrets', allow('secretsmanager:GetSecretValue', 'kms:Decrypt', 'ssm:GetParameter*')],
  ['queries a lake', allow('athena:*Query*', 'glue:Get*', 'lakeformation:GetDataAccess')],
  ['uploads a site', allow('s3:PutObject', 's3:DeleteObject', 'cloudfront:CreateInvalidation')],
  [
    'pushes an image',
    allow('ecr:GetAuthorizationToken', 'ecr:PutImage', 'ecr:*LayerUpload', 'ecr:UploadLayerPart'),
  ],
  ['restarts a service', allow('ecs:UpdateService', 'ecs:DescribeServices')],
  ['shifts traffic', allow('lambda:PublishVersion', 'lambda:UpdateAlias', 'lambda:InvokeFunction')],
  ['starts a pipeline', allow('codepipeline:StartPipelineExecution', 'states:StartExecution')],
  ['sets a version', allow('ssm:PutParameter', 'appconfig:StartDeployment')],
  ['restarts instances', allow('ec2:StartInstances', 'ec2:StopInstances', 'ec2:RebootInstances')],
  [
    'lets a database be watched',
    {
      ...allow('iam:PassRole'),
      Resource: [arn('iam::111122223333:role/rds-monitoring')],
      Condition: { StringEquals: { 'iam:PassedToService': 'monitoring.rds.amazonaws.com' } },
    },
    allow('rds:ModifyDBInstance', 'ec2:RunInstances', 'lambda:CreateFunction'),
  ],
  ['publishes packages', allow('codeartifact:GetAuthorizationToken', 'sts:GetServiceBearerToken')],
])('an ordinary entitlement that %s is on no way out', (_, ...statements) => {
  expect(open(...statements)).toEqual([]);
});
