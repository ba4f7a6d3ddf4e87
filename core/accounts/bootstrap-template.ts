import { err, ok, type Result } from '../result.ts';
import { NOTHING_WITHOUT_SOURCE_IDENTITY, vendableTrust } from './documents.ts';

/**
 * CDK's bootstrap template (`cdk bootstrap --show-template`) for an app that is deployed under vended
 * keys: its roles take the sessions of one vendable role only, with their SourceIdentity, and deploy
 * some stacks only.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html
 */

type Json = Readonly<Record<string, unknown>>;

/** Who else may become them changes; what they are called and may publish stays CDK's. */
const ROLES = ['FilePublishingRole', 'ImagePublishingRole', 'LookupRole', 'DeploymentActionRole'];
const DEPLOYS = 'DeploymentActionRole';

/**
 * @param role ARN of the vendable role.
 * @param stacks Names of the stacks that may be deployed.
 * @returns the template, or what is not as CDK writes it.
 */
export function bootstrapTemplateFor(
  template: unknown,
  role: string,
  stacks: readonly string[],
): Result<Json, string> {
  const resources = part(template, 'Resources');
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
      Properties: { ...properties, AssumeRolePolicyDocument: trust, Policies: policies },
    };
  }
  return ok({ ...(template as Json), Resources: { ...resources, ...changed } });
}

/** Its own, for these stacks alone where some are named, and nothing without a SourceIdentity. */
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
  const own = statements.flatMap((it: unknown) => limitedStatements(it as Json, stacks));
  return { ...(policy as Json), PolicyDocument: { ...document, Statement: own } };
}

/**
 * Of what is allowed on everything, CloudFormation's actions are left for the stacks, and the question
 * who one is; the rest, for pipelines that reach into other accounts, goes.
 */
function limitedStatements(statement: Json, stacks: readonly string[]): readonly Json[] {
  const { Effect, Action, Resource } = statement;
  const everything = [Resource].flat().includes('*');
  if (Effect !== 'Allow' || !everything) return [statement];
  const actions = [Action].flat().map(String);
  const ofStacks = actions.filter((it) => it.startsWith('cloudformation:'));
  const harmless = actions.filter((it) => it === 'sts:GetCallerIdentity');
  return [
    ...(ofStacks.length > 0 ? [{ ...statement, Action: ofStacks, Resource: arnsOf(stacks) }] : []),
    ...(harmless.length > 0 ? [{ Effect, Action: harmless, Resource: '*' }] : []),
  ];
}

function arnsOf(stacks: readonly string[]): readonly Json[] {
  const here = ['Partition', 'Region', 'AccountId'].map((it) => `\${AWS::${it}}`);
  const [partition, region, account] = here;
  return stacks.map((name) => ({
    'Fn::Sub': `arn:${partition}:cloudformation:${region}:${account}:stack/${name}/*`,
  }));
}

function part(value: unknown, name: string): Json | null {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
  const inner = (value as Json)[name];
  return typeof inner === 'object' && inner !== null ? (inner as Json) : null;
}
