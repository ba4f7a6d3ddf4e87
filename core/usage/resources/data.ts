import { field, isObject, onlyText, plainText, type Request } from '../request-fields.ts';
import { arnIn, regional } from './extractor.ts';
import type { Place } from './place.ts';

export function dynamodbTable(request: Request, place: Place): string | null {
  const items = request['requestItems'];
  const tables = isObject(items) ? Object.keys(items) : [];
  const table =
    tables.length === 1 ? plainText(tables[0]) : field(request, 'tableName', 'tableArn');
  if (table === null) return arnIn(field(request, 'streamArn', 'backupArn', 'resourceArn'));
  const arn = table.startsWith('arn:')
    ? arnIn(table)
    : regional('dynamodb', place, `table/${table}`);
  const index = request['indexName'];
  if (index === undefined || index === null || arn === null) return arn;
  const name = plainText(index);
  return name === null ? null : `${arn}/index/${name}`;
}

/** Aliases are no resource that a use of the key is checked against. */
export function kmsKey(request: Request, place: Place, name: string): string | null {
  const fields =
    name === 'ReEncryptFrom'
      ? ['sourceKeyId']
      : name === 'ReEncryptTo'
        ? ['destinationKeyId']
        : ['keyId', 'targetKeyId'];
  const key = field(request, ...fields);
  if (key === null || key.includes('alias/')) return null;
  return key.startsWith('arn:') ? arnIn(key) : regional('kms', place, `key/${key}`);
}

/** @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
const SECRET_NAME = /^[\w/+=.@-]{1,512}$/;

/**
 * The ARN of a secret ends in six characters that its name does not tell.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html
 */
export function secret(request: Request, place: Place): string | null {
  const id = field(request, 'secretId', 'name');
  if (id === null || id.startsWith('arn:')) return arnIn(id);
  return SECRET_NAME.test(id) ? regional('secretsmanager', place, `secret:${id}-??????`) : null;
}

/** Names of parameters in a hierarchy begin with a slash, which the ARN has once. A version or label may follow. */
export function parameter(request: Request, place: Place, action: string): string | null {
  if (!/Parameter/.test(action)) return null;
  const name = field(request, 'name', 'path') ?? onlyText(request['names']);
  if (name === null || name.startsWith('arn:')) return arnIn(name);
  const plain = name.replace(/:[^:/]+$/, '');
  if (plain.includes(':')) return null;
  return regional('ssm', place, `parameter/${plain.replace(/^\//, '')}`);
}
