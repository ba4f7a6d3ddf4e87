import type { SchemaElement } from 'hyparquet';
import type { Column, Columns } from '../../core/ocsf/columns.ts';

/** Columns as the schema of a Parquet file: the tree in the order in which it is walked. */

export function parquetSchema(columns: Columns): SchemaElement[] {
  return [{ name: 'event', num_children: Object.keys(columns).length }, ...fieldsOf(columns)];
}

function fieldsOf(columns: Columns): SchemaElement[] {
  return Object.entries(columns).flatMap(([name, column]) => elementsOf(name, column));
}

const OPTIONAL = { repetition_type: 'OPTIONAL' } as const;
const REPEATED = { repetition_type: 'REPEATED' } as const;
const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;

/** @see https://github.com/apache/parquet-format/blob/master/LogicalTypes.md for lists and maps */
function elementsOf(name: string, column: Column): SchemaElement[] {
  switch (column) {
    case 'text':
      return [{ name, ...OPTIONAL, ...TEXT }];
    case 'int':
      return [{ name, ...OPTIONAL, type: 'INT32' }];
    case 'long':
      return [{ name, ...OPTIONAL, type: 'INT64' }];
    case 'flag':
      return [{ name, ...OPTIONAL, type: 'BOOLEAN' }];
    case 'map':
      return [
        { name, ...OPTIONAL, converted_type: 'MAP', num_children: 1 },
        { name: 'key_value', ...REPEATED, num_children: 2 },
        { name: 'key', repetition_type: 'REQUIRED', ...TEXT },
        { name: 'value', ...OPTIONAL, ...TEXT },
      ];
    default:
      return isList(column)
        ? [
            { name, ...OPTIONAL, converted_type: 'LIST', num_children: 1 },
            { name: 'list', ...REPEATED, num_children: 1 },
            ...elementsOf('element', column[0]),
          ]
        : [{ name, ...OPTIONAL, num_children: Object.keys(column).length }, ...fieldsOf(column)];
  }
}

function isList(column: Exclude<Column, string>): column is Extract<Column, readonly unknown[]> {
  return Array.isArray(column);
}

/** A record with the values that the writer takes: 64 bits as a bigint, and texts in maps. */
export function parquetValue(column: Column, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  if (column === 'long') return BigInt(value as number);
  if (column === 'map') return textsOf(value as object);
  if (typeof column === 'string') return value;
  if (isList(column))
    return (value as readonly unknown[]).map((one) => parquetValue(column[0], one));
  return Object.fromEntries(
    Object.entries(column).map(([name, inner]) => [
      name,
      parquetValue(inner, (value as Readonly<Record<string, unknown>>)[name]),
    ]),
  );
}

function textsOf(map: object): object {
  const texts = Object.entries(map).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries(texts);
}
