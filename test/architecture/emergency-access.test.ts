import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as yaml from 'yaml';

/** The way around the broker is a template of its own, which nothing here deploys. */

type Value = string | number | boolean | readonly Value[] | { readonly [name: string]: Value };
type Template = {
  readonly Conditions: { readonly [name: string]: Value };
  readonly Resources: Readonly<
    Record<
      string,
      { readonly Type: string; readonly Condition?: string; readonly Properties: Value }
    >
  >;
};

/** The short forms of CloudFormation, as their long ones. */
const customTags: yaml.Tags = ['Ref', 'Sub', 'GetAtt', 'Equals'].flatMap((name) => [
  { tag: `!${name}`, resolve: (text: string) => ({ [name]: text }) },
  {
    tag: `!${name}`,
    collection: 'seq' as const,
    resolve: (items: yaml.YAMLMap | yaml.YAMLSeq) => new yaml.Scalar({ [name]: items.toJSON() }),
  },
]);
const text = readFileSync(new URL('../../docs/emergency-access.yaml', import.meta.url), 'utf8');
const template = yaml.parse(text, { customTags }) as Template;
const { Resources } = template;

test('the role asks for a fresh second factor, for an hour, where its use is told', () => {
  expect(Resources['Role']).toMatchObject({
    Condition: 'HasRole',
    Properties: {
      MaxSessionDuration: 3600,
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: { Ref: 'Users' } },
            Action: 'sts:AssumeRole',
            Condition: {
              Bool: { 'aws:MultiFactorAuthPresent': 'true' },
              NumericLessThan: { 'aws:MultiFactorAuthAge': '900' },
              StringEquals: { 'aws:RequestedRegion': { Ref: 'Regions' } },
            },
          },
        ],
      },
    },
  });
});

test('the role is in one Region, and the alarm in each', () => {
  expect(template.Conditions['HasRole']).toEqual({
    Equals: [{ Ref: 'AWS::Region' }, { Ref: 'RoleIn' }],
  });
  const others = Object.entries(Resources).filter(([name]) => name !== 'Role');
  expect(others.map(([name]) => name)).toEqual(['Topic', 'TopicPolicy', 'Use']);
  for (const [, resource] of others) expect(resource).not.toHaveProperty('Condition');
});

test('each use is told to people, also one that CloudTrail takes for reading', () => {
  const arn = (service: string, rest: string) => ({
    Sub: `arn:\${AWS::Partition}:${service}::\${AWS::AccountId}:${rest}`,
  });
  expect(Resources['Use']?.Properties).toMatchObject({
    State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
    EventPattern: {
      $or: [
        {
          source: ['aws.sts'],
          detail: {
            eventName: ['AssumeRole'],
            requestParameters: { roleArn: [arn('iam', 'role/emergency-access')] },
          },
        },
        {
          source: ['aws.signin'],
          detail: {
            eventName: ['SwitchRole'],
            userIdentity: {
              arn: [{ prefix: arn('sts', 'assumed-role/emergency-access/') }],
            },
          },
        },
      ],
    },
    Targets: [{ Arn: { Ref: 'Topic' } }],
  });
  expect(Resources['Topic']?.Properties).toMatchObject({
    Subscription: [{ Protocol: 'email', Endpoint: { Ref: 'Mail' } }],
  });
  expect(Resources['TopicPolicy']?.Properties).toMatchObject({
    PolicyDocument: {
      Statement: [{ Principal: { Service: 'events.amazonaws.com' }, Action: 'sns:Publish' }],
    },
  });
});

test('its role is no role of a broker, so no kill switch and no boundary of one is on it', () => {
  const role = Resources['Role']?.Properties;
  expect(role).toMatchObject({ RoleName: 'emergency-access' });
  for (const name of ['PermissionsBoundary', 'Path']) expect(role).not.toHaveProperty(name);
});
