import { isIP } from 'node:net';
import { type Attribute, type Facts, type ObjectFacts, readAttribute } from './schema-facts.ts';

type Json = Readonly<Record<string, unknown>>;

/** Everything in which an event breaks the rules of the schema; empty for a valid one. */
export function faultsOf(event: object, facts: Facts): readonly string[] {
  const given = event as Json;
  const found = Object.entries(facts.classes).find(([, { uid }]) => uid === given['class_uid']);
  if (found === undefined) return [`class_uid: ${facts.version} has no ${given['class_uid']}`];
  const [, schema] = found;
  const { version, profiles = [] } = (given['metadata'] ?? {}) as Json;
  const activity = schema.activities[String(given['activity_id'])];
  const expected: Json = {
    category_uid: Math.floor(schema.uid / 1000),
    class_name: schema.caption,
    activity_name: activity,
    type_uid: schema.uid * 100 + Number(given['activity_id']),
    type_name: `${schema.caption}: ${activity}`,
  };
  return [
    ...(version === facts.version ? [] : [`metadata.version: ${version}`]),
    ...Object.entries(expected).flatMap(([name, value]) =>
      given[name] === value ? [] : [`${name}: ${given[name]} instead of ${value}`],
    ),
    ...faultsIn(given, schema, { facts, profiles: profiles as readonly string[] }, ''),
  ];
}

type Context = { readonly facts: Facts; readonly profiles: readonly string[] };

function faultsIn(given: Json, schema: ObjectFacts, context: Context, path: string): string[] {
  const known = Object.entries(schema.attributes)
    .map(([name, text]) => [name, readAttribute(text)] as const)
    .filter(([, { profile }]) => profile === null || context.profiles.includes(profile));
  const attributes = new Map(known);
  return [
    ...known
      .filter(([name, { isRequired }]) => isRequired && given[name] === undefined)
      .map(([name]) => `${path}${name}: missing`),
    ...brokenConstraints(given, schema, path),
    ...Object.entries(given).flatMap(([name, value]) => {
      const attribute = attributes.get(name);
      return attribute === undefined
        ? [`${path}${name}: unknown`]
        : valueFaults(value, attribute, context, `${path}${name}`);
    }),
  ];
}

function brokenConstraints(given: Json, { constraints = {} }: ObjectFacts, path: string): string[] {
  const { at_least_one: some, just_one: one } = constraints;
  const count = (names: readonly string[]) =>
    names.filter((name) => given[name] !== undefined).length;
  return [
    ...(some !== undefined && count(some) === 0 ? [`${path}at least one of ${some}: none`] : []),
    ...(one !== undefined && count(one) !== 1 ? [`${path}just one of ${one}: ${count(one)}`] : []),
  ];
}

function valueFaults(
  value: unknown,
  attribute: Attribute,
  context: Context,
  path: string,
): string[] {
  if (attribute.isDeprecated) return [`${path}: deprecated`];
  if (!attribute.isList) return itemFaults(value, attribute, context, path);
  if (!Array.isArray(value)) return [`${path}: no list`];
  return value.flatMap((item, at) => itemFaults(item, attribute, context, `${path}[${at}]`));
}

function itemFaults(
  value: unknown,
  { type, numbers }: Attribute,
  context: Context,
  path: string,
): string[] {
  if (!type.endsWith('_t')) return objectFaults(value, type, context, path);
  if (!isOfType(value, type)) return [`${path}: ${JSON.stringify(value)} is no ${type}`];
  if (numbers !== null && !numbers.includes(value as number)) return [`${path}: no ${value} there`];
  return [];
}

function objectFaults(value: unknown, type: string, context: Context, path: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [`${path}: no object`];
  }
  // Anything may be in it.
  if (type === 'object') return [];
  const schema = context.facts.objects[type];
  if (schema === undefined) return [`${path}: the facts have no ${type}`];
  return faultsIn(value as Json, schema, context, `${path}.`);
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'boolean_t':
      return typeof value === 'boolean';
    case 'integer_t':
    case 'long_t':
      return Number.isSafeInteger(value);
    case 'timestamp_t':
      // Milliseconds: seconds would be in 1970.
      return Number.isSafeInteger(value) && (value as number) > Date.parse('2000-01-01');
    case 'json_t':
      return value !== undefined;
    case 'ip_t':
      return typeof value === 'string' && isIP(value) !== 0;
    case 'file_hash_t':
      return typeof value === 'string' && /^[0-9a-fA-F]+$/.test(value);
    default:
      return typeof value === 'string' && value !== '';
  }
}
