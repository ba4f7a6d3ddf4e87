import { DEFAULT_STACK_NAME } from '../config/stack-name.ts';
import { err, ok, type Result } from '../result.ts';
import { NOTHING_WITHOUT_SOURCE_IDENTITY, vendableTrust } from './documents.ts';
import { vendableTag } from './names.ts';

type Json = Readonly<Record<string, unknown>>;

/** Their trust policies change; their names and what they may publish stay CDK's. */
const ROLES = ['FilePublishingRole', 'ImagePublishingRole', 'LookupRole', 'DeploymentActionRole'];
const DEPLOYS = 'DeploymentActionRole';

/**
 * Changes CDK's bootstrap template (`cdk bootstrap --show-template`) for an app that is deployed with
 * vended credentials: only sessions of one vendable role, with their SourceIdentity, may assume the
 * bootstrap roles, and these deploy only some stacks.
 *
 * @param role ARN of the vendable role.
 * @param stacks Names of the stacks that may be deployed.
 * @param broker The name of the broker's stack, whose tag the roles get.
 * @returns the template, or the name of the part that is not as CDK writes it.
 * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html
 */
export function bootstrapTemplateFor(
  template: unknown,
  role: string,
  stacks: readonly string[],
  broker: string = DEFAULT_STACK_NAME,
): Result<Json, string> {
  const resources = part(template, 'Resources');
  const tag = vendableTag(broker);
  const changed: Record<string, Json> = {};
  for (const name of ROLES) {
    const found = part(resources, name);
    const properties = part(found, 'Properties');
    if (part(properties, 'AssumeRolePolicyDocument') === null) return err(name);
    const policies = policiesOf(properties, name === DEPLOYS ? stacks : null);
    if (policies === null) return err(`${name}.Policies`);
    const trust = { Version: '2012-10-17', Statement: vendableTrust([role]) };
    changed[name] = {
      ...found,
      Properties: {
        ...properties,
        AssumeRolePolicyDocument: trust,
        Policies: policies,
        Tags: [...tagsOf(properties), { Key: tag.key, Value: tag.value }],
      },
    };
  }
  return ok({ ...(template as Json), Resources: { ...resources, ...changed } });
}

function tagsOf(properties: Json | null): readonly unknown[] {
  const tags: unknown = properties?.['Tags'];
  return Array.isArray(tags) ? tags : [];
}

/** The role's own policies, limited to the stacks if any are given, and a deny without SourceIdentity. */
function policiesOf(properties: Json | null, stacks: readonly string[] | null): unknown[] | null {
  const own: unknown = properties?.['Policies'] ?? [];
  if (!Array.isArray(own) || (stacks !== null && own.length === 0)) return null;
  const kept = own.map((policy: unknown) => (stacks === null ? policy : limited(policy, stacks)));
  if (kept.includes(null)) return null;
  const document = { Version: '2012-10-17', Statement: [NOTHING_WITHOUT_SOURCE_IDENTITY] };
  return [...kept, { PolicyName: 'NothingWithoutSourceIdentity', PolicyDocument: document }];
}

function limited(policy: unknown, stacks: readonly string[]): Json | null {
  const document = part(policy, 'PolicyDocument');
  const statements = document?.['Statement'];
  if (!Array.isArray(statements)) return null;
  const kept = statements.flatMap((statement: Json) => limitedStatements(statement, stacks));
  return { ...(policy as Json), PolicyDocument: { ...document, Statement: kept } };
}

/**
 * Of a statement that allows actions on every resource, keeps CloudFormation's for the given stacks, and
 * `sts:GetCallerIdentity`. The rest serves pipelines across accounts and is dropped.
 */
function limitedStatements(statement: Json, stacks: readonly string[]): readonly Json[] {
  const { Effect, Action, Resource } = statement;
  const everything = [Resource].flat().includes('*');
  if (Effect !== 'Allow' || !everything) return [statement];
  const actions = [Action].flat().map(String);
  const ofStacks = actions.filter((action) => action.startsWith('cloudformation:'));
  const harmless = actions.filter((action) => action === 'sts:GetCallerIdentity');
  return [
    ...(ofStacks.length > 0 ? [{ ...statement, Action: ofStacks, Resource: arnsOf(stacks) }] : []),
    ...(harmless.length > 0 ? [{ Effect, Action: harmless, Resource: '*' }] : []),
  ];
}

function arnsOf(stacks: readonly string[]): readonly Json[] {
  const here = `arn:\${AWS::Partition}:cloudformation:\${AWS::Region}:\${AWS::AccountId}`;
  return stacks.map((name) => ({ 'Fn::Sub': `${here}:stack/${name}/*` }));
}

function part(value: unknown, name: string): Json | null {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
  const inner = (value as Json)[name];
  return typeof inner === 'object' && inner !== null ? (inner as Json) : null;
}
