import fc from 'fast-check';
import type { Entitlement, ParameterSpec, Statement } from '../../core/entitlement.ts';
import { checkParameters } from '../../core/session-policy/parameters.ts';

/** Generated entitlements: statements with placeholders, and parameters with values. */

/** Actions and resources that belong together, with the wildcards that authors write for them. */
export const SERVICES = {
  object: {
    actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:GetObjectTagging'],
    wild: ['s3:Get*', 's3:*', 's3:GetObject*', 's3:?etObject', 'S3:putobject', '*'],
    resources: [
      'arn:aws:s3:::acme-data/{{p}}/*',
      'arn:aws:s3:::acme-data/{{p}}/{{q}}',
      'arn:aws:s3:::acme-data/*',
      'arn:aws:s3:::acme-data/{{p}}/??/*',
      'arn:aws:s3:::acme-logs-{{account}}/{{q}}*',
      'arn:aws:s3:::acme-data/home/${aws:PrincipalTag/team}/*',
      'arn:aws:s3:::acme-data/reports/2026.txt',
      '*',
    ],
  },
  bucket: {
    actions: ['s3:ListBucket', 's3:GetBucketLocation'],
    wild: ['s3:List*', 's3:GetBucket*'],
    resources: ['arn:aws:s3:::acme-data', 'arn:aws:s3:::acme-logs-*', 'arn:aws:s3:::acme-?ata'],
  },
  table: {
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    wild: ['dynamodb:*', 'dynamodb:*Item', 'dynamodb:PutItem*'],
    resources: [
      'arn:aws:dynamodb:{{region}}:{{account}}:table/{{q}}',
      'arn:aws:dynamodb:{{region}}:{{account}}:table/orders*',
      'arn:aws:dynamodb:*:{{account}}:table/{{q}}-*',
    ],
  },
  parameter: {
    actions: ['ssm:GetParameter', 'ssm:PutParameter'],
    wild: ['ssm:*Parameter', 'ssm:Get*'],
    resources: [
      'arn:aws:ssm:{{region}}:{{account}}:parameter/services/{{q}}/*',
      'arn:aws:ssm:{{region}}:{{account}}:parameter/*',
      'arn:aws:ssm:eu-*:{{account}}:parameter/services/{{q}}/version',
    ],
  },
} as const;

export type Service = keyof typeof SERVICES;
export const SERVICE_NAMES = Object.keys(SERVICES) as Service[];

const PATTERNS = [
  '[a-z0-9][a-z0-9/_.-]{0,20}',
  '[a-z]{1,8}',
  'orders(-[a-z0-9]{1,6}){0,2}',
  '[0-9]{12}',
  'one|two|three',
  '[^x]{1,12}',
  '[A-Z][a-z]* [{}"\\\\a-z:,]{1,10}',
];

const SPECS = PATTERNS.map(
  (pattern): ParameterSpec => ({ pattern, description: 'A parameter', maxLength: 32 }),
);

/**
 * Accepted values of a parameter. If nearly anything is accepted, some look like placeholders or
 * JSON.
 */
function acceptedBy(of: ParameterSpec): fc.Arbitrary<string> {
  const accepted = (value: string) => checkParameters(entitlementWith({ p: of }), { p: value }).ok;
  const tricky = fc.constantFrom('{{q}}', '{{account}}', '","Resource":"', '\\', 'a:b', '}}');
  const anything = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 12 });
  const from = of.pattern.startsWith('[^')
    ? fc.oneof(anything, tricky)
    : fc.stringMatching(new RegExp(`^(?:${of.pattern})$`));
  return from.filter(accepted);
}

/** A parameter and a value for it. */
export const parameter = fc.oneof(
  ...SPECS.map((spec) => acceptedBy(spec).map((value) => ({ spec, value }))),
);

const CONDITIONS: readonly NonNullable<Statement['Condition']>[] = [
  { StringEquals: { 'aws:PrincipalTag/team': ['red', 'blue'] } },
  { StringNotEquals: { 'aws:PrincipalTag/team': 'red' } },
  { StringLikeIfExists: { 'aws:PrincipalTag/team': 'r*' } },
  { StringLike: { 'aws:PrincipalTag/team': ['{{q}}', '?lue'] } },
  { Bool: { 'aws:SecureTransport': 'true' }, StringNotLike: { 'aws:PrincipalTag/team': 'b*' } },
  { BoolIfExists: { 'aws:SecureTransport': 'true' } },
];
const PREFIX = { StringLike: { 's3:prefix': ['{{p}}/*', 'public/'] } };

const some = <T>(from: readonly T[], maxLength: number) =>
  fc.uniqueArray(fc.constantFrom(...from), { minLength: 1, maxLength });

/** Statements: some Allows and half of the Denies use NotAction or NotResource. */
export const statement: fc.Arbitrary<Statement> = fc
  .tuple(fc.constantFrom(...SERVICE_NAMES), fc.constantFrom('Allow', 'Allow', 'Deny'))
  .chain(([name, Effect]) => {
    const { actions, wild, resources } = SERVICES[name];
    const condition = name === 'bucket' ? [PREFIX, ...CONDITIONS] : CONDITIONS;
    return fc.record({
      Effect: fc.constant(Effect as Statement['Effect']),
      actions: some<string>([...actions, ...wild], 3),
      resources: some<string>(resources, 3),
      without: fc.integer({ min: 0, max: Effect === 'Deny' ? 7 : 40 }),
      Condition: fc.option(fc.constantFrom(...condition), { freq: 3, nil: undefined }),
    });
  })
  .map(({ Effect, actions, resources, without, Condition }): Statement => {
    // IAM's documentation does not say what a variable without a value means in NotResource.
    const notResource = without === 1 && !resources.some((resource) => resource.includes('$'));
    return {
      Effect,
      ...(without === 0 ? { NotAction: actions } : { Action: actions }),
      ...(notResource ? { NotResource: resources } : { Resource: resources }),
      ...(Condition !== undefined && { Condition }),
    };
  });

export function entitlementWith(
  parameters: Entitlement['parameters'],
  statements: readonly Statement[] = [],
  network: Entitlement['network'] = 'any',
): Entitlement {
  return {
    id: 'generated',
    title: 'Generated',
    risk: 'low',
    labels: [],
    target: 'arn:aws:iam::{{account}}:role/generated',
    maxDurationSeconds: 3600,
    sessionDurationSeconds: 3600,
    justification: 'optional',
    parameters,
    statements,
    network,
    chainedRoles: [],
    job: [],
    reviewAfterSeconds: 86_400,
    breakGlass: false,
  };
}
