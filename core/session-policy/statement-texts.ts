import type { Statement } from '../entitlement.ts';
import { NO_CONTROL_CHARACTERS } from '../text.ts';
import { mistakeInResource } from './arn-text.ts';
import { kindOfOperator, type ValueKind } from './condition-operators.ts';
import { mistakeInVariables } from './policy-variables.ts';
import { mistakeInValue } from './typed-values.ts';

/** A text of a statement, where it is, and how IAM reads it. */
export type StatementText = {
  readonly path: readonly PropertyKey[];
  readonly text: string;
  readonly kind: 'action' | 'resource' | ValueKind;
};

/** Every text of a statement that may contain placeholders or must not. */
export function textsOf(statement: Statement): readonly StatementText[] {
  const list = (field: 'Action' | 'NotAction' | 'Resource' | 'NotResource') =>
    located([field], statement[field] ?? [], field.endsWith('Action') ? 'action' : 'resource');
  const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).flatMap(([key, value]) =>
      located(['Condition', operator, key], [value].flat(), kindOfOperator(operator) ?? 'text'),
    ),
  );
  return [
    ...list('Action'),
    ...list('NotAction'),
    ...list('Resource'),
    ...list('NotResource'),
    ...conditions,
  ];
}

/** One of several has its place in the list. */
function located(
  path: StatementText['path'],
  texts: readonly string[],
  kind: StatementText['kind'],
): readonly StatementText[] {
  return texts.map((text, index) => ({
    path: texts.length > 1 ? [...path, index] : path,
    text,
    kind,
  }));
}

/**
 * Why IAM would refuse a text whose placeholders are filled in, or could never match it, in the partition
 * of the target role.
 *
 * @returns null if it is valid, as far as the values are known (`OPEN` in `typed-values.ts`).
 */
export function mistakeInText(
  text: string,
  kind: StatementText['kind'],
  partition: string,
): string | null {
  if (!NO_CONTROL_CHARACTERS.test(text)) {
    return 'has a line break, another control character, or half a character; remove it';
  }
  const variables = mistakeInVariables(text);
  if (variables !== null || kind === 'action') return variables;
  return kind === 'resource' ? mistakeInResource(text, partition) : mistakeInValue(kind, text);
}
