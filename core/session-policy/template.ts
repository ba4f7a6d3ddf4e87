import {
  type BuiltIns,
  builtIns,
  type ConditionBlock,
  type Deployment,
  type Entitlement,
  type Parameters,
  type Statement,
} from '../entitlement.ts';

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

/** The statements of an entitlement with a grant's values in them. */
export function renderStatements(
  entitlement: Entitlement,
  parameters: Parameters,
  deployment: Deployment,
): readonly Statement[] {
  const values = builtIns(entitlement, deployment);
  return entitlement.statements.map((statement) => renderStatement(statement, parameters, values));
}

/**
 * Replaces every `{{name}}` of a statement in one pass, so that a value which looks like a placeholder
 * stays text. IAM's own `${aws:…}` variables belong to the author and stay unchanged.
 *
 * @throws RangeError if a placeholder has no value, which a checked bundle rules out.
 */
export function renderStatement(
  statement: Statement,
  parameters: Parameters,
  builtIns: BuiltIns,
): Statement {
  const values: Readonly<Record<string, string>> = { ...parameters, ...builtIns };
  const fill = (text: string): string => fillPlaceholders(text, (name) => lookUp(values, name));
  return {
    Effect: statement.Effect,
    ...(statement.Action && { Action: statement.Action }),
    ...(statement.NotAction && { NotAction: statement.NotAction }),
    ...(statement.Resource && { Resource: statement.Resource.map(fill) }),
    ...(statement.NotResource && { NotResource: statement.NotResource.map(fill) }),
    ...(statement.Condition && { Condition: renderCondition(statement.Condition, fill) }),
  };
}

/** Replaces the placeholders of a text in one pass. */
export function fillPlaceholders(text: string, value: (name: string) => string): string {
  return text.replace(PLACEHOLDER, (_, name: string) => value(name));
}

/** The names of the placeholders in a text, in their order. */
export function placeholdersIn(text: string): readonly string[] {
  return Array.from(text.matchAll(PLACEHOLDER), (match) => match[1] ?? '');
}

function renderCondition(
  condition: ConditionBlock,
  fill: (text: string) => string,
): ConditionBlock {
  return mapValues(condition, (keys) =>
    mapValues(keys, (value) => (typeof value === 'string' ? fill(value) : value.map(fill))),
  );
}

function lookUp(values: Readonly<Record<string, string>>, name: string): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined) throw new RangeError(`no value for the placeholder {{${name}}}`);
  return value;
}

function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  change: (value: A) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
