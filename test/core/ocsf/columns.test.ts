import { describe, expect, test } from '@jest/globals';
import { OCSF_VERSIONS, type OcsfVersion } from '../../../core/ocsf/classes.ts';
import { type Column, type Columns, columnsOf } from '../../../core/ocsf/columns.ts';
import { ocsfClassesOf, ocsfClassOf } from '../../../core/ocsf/mapping.ts';
import { toOcsf } from '../../../core/ocsf/to-ocsf.ts';
import { ANA, GRANT_EVENTS, PRINCIPAL_EVENTS } from '../../support/ocsf/one-of-each.ts';
import { type Facts, factsOf, readAttribute } from '../../support/ocsf/schema-facts.ts';

const records = (version: OcsfVersion) =>
  [...GRANT_EVENTS, ...PRINCIPAL_EVENTS].map((event) => {
    const options = { version, ledger: { origin: 'log', index: 1, leafHash: 'aGFzaA==' } };
    const record =
      'grantId' in event ? toOcsf(event, { ...options, requester: ANA }) : toOcsf(event, options);
    return { name: ocsfClassOf(event, version), record };
  });

/** The fields of a record that no column would keep as they are. */
function lost(column: Column | undefined, value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) {
    const [item] = Array.isArray(column) ? column : [];
    return value.flatMap((one) => lost(item, one, `${path}[]`));
  }
  if (typeof value !== 'object' || value === null) {
    const fits = { string: ['text'], number: ['int', 'long'], boolean: ['flag'] };
    const types: readonly unknown[] = fits[typeof value as keyof typeof fits] ?? [];
    return types.includes(column) ? [] : [path];
  }
  if (column === 'map') return [];
  const columns = typeof column === 'object' && !Array.isArray(column) ? column : {};
  return Object.entries(value).flatMap(([name, one]) =>
    lost((columns as Columns)[name], one, `${path}.${name}`),
  );
}

/** The columns that the schema does not have, or has with another type. */
function foreign(columns: Columns, type: Facts['objects'][string], facts: Facts): string[] {
  return Object.entries(columns).flatMap(([name, column]) => {
    const text = type.attributes[name];
    if (text === undefined) return [name];
    const attribute = readAttribute(text);
    const [item] = Array.isArray(column) ? column : [column];
    const inner = facts.objects[attribute.type];
    if (Array.isArray(column) !== attribute.isList) return [name];
    if (typeof item === 'object') {
      return inner === undefined
        ? [name]
        : foreign(item, inner, facts).map((one) => `${name}.${one}`);
    }
    return (TYPES[attribute.type] ?? 'text') === item ? [] : [name];
  });
}

const TYPES: Readonly<Record<string, Column>> = {
  integer_t: 'int',
  long_t: 'long',
  timestamp_t: 'long',
  boolean_t: 'flag',
  object: 'map',
};

describe.each(OCSF_VERSIONS)('the columns of OCSF %s', (version) => {
  test('have a place for every field of every event', () => {
    for (const { name, record } of records(version)) {
      expect([name, lost(columnsOf(name, version), record)]).toEqual([name, []]);
    }
  });

  test('are attributes of the schema, with its types', () => {
    const facts = factsOf(version);
    for (const name of ocsfClassesOf(version)) {
      const schema = facts.classes[name];
      if (schema === undefined) throw new Error(`no facts of ${name}`);
      expect([name, foreign(columnsOf(name, version), schema, facts)]).toEqual([name, []]);
    }
  });

  test('begin with the time', () => {
    for (const name of ocsfClassesOf(version)) {
      expect(Object.keys(columnsOf(name, version))[0]).toBe('time');
    }
  });
});
