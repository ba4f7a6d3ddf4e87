import type { TrailRecord } from './record.ts';
import { objectsIn } from './request-fields.ts';

/**
 * The parts of a transaction are checked one by one, and statements by their verb.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
 */
const OF_OPERATION: Readonly<Record<string, string>> = {
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  ConditionCheck: 'dynamodb:ConditionCheckItem',
  Get: 'dynamodb:GetItem',
};

const OF_VERB: Readonly<Record<string, string>> = {
  SELECT: 'dynamodb:PartiQLSelect',
  EXISTS: 'dynamodb:PartiQLSelect',
  INSERT: 'dynamodb:PartiQLInsert',
  UPDATE: 'dynamodb:PartiQLUpdate',
  DELETE: 'dynamodb:PartiQLDelete',
};

/** Null for a call that stands for the action of its own name; an empty list where its parts cannot be read. */
export function dynamodbActions({ name, request }: TrailRecord): readonly string[] | null {
  switch (name) {
    case 'TransactGetItems':
      return ['dynamodb:GetItem'];
    case 'TransactWriteItems':
      return allOf(
        objectsIn(request['requestItems'] ?? request['transactItems']).map(({ operation }) =>
          typeof operation === 'string' ? OF_OPERATION[operation] : undefined,
        ),
      );
    case 'ExecuteStatement':
      return allOf([ofStatement(request['statement'])]);
    case 'BatchExecuteStatement':
    case 'ExecuteTransaction':
      return allOf(
        objectsIn(
          request['requestItems'] ?? request['statements'] ?? request['transactStatements'],
        ).map(({ statement }) => ofStatement(statement)),
      );
    default:
      return null;
  }
}

/** Only the verb is looked at: the rest holds keys of items. */
function ofStatement(statement: unknown): string | undefined {
  if (typeof statement !== 'string') return undefined;
  return OF_VERB[/^\s*([a-z]{6})\b/i.exec(statement)?.[1]?.toUpperCase() ?? ''];
}

/** One part that is not understood makes the whole call unknown. */
function allOf(actions: readonly (string | undefined)[]): readonly string[] {
  const known = actions.filter((action) => action !== undefined);
  return known.length === actions.length ? [...new Set(known)] : [];
}
