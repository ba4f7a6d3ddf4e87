import { nearest } from './glob.ts';

/** How the values of an operator are read; `presence` is that of `Null`. */
export type ValueKind =
  | 'text'
  | 'number'
  | 'date'
  | 'boolean'
  | 'presence'
  | 'binary'
  | 'address'
  | 'arn';

/**
 * The condition operators of IAM, by the kind of their values. The list is closed: IAM refuses a policy
 * with any other, also one in other capitals (`Invalid Condition type`).
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
const OPERATORS: Readonly<Record<string, ValueKind>> = {
  StringEquals: 'text',
  StringNotEquals: 'text',
  StringEqualsIgnoreCase: 'text',
  StringNotEqualsIgnoreCase: 'text',
  StringLike: 'text',
  StringNotLike: 'text',
  NumericEquals: 'number',
  NumericNotEquals: 'number',
  NumericLessThan: 'number',
  NumericLessThanEquals: 'number',
  NumericGreaterThan: 'number',
  NumericGreaterThanEquals: 'number',
  DateEquals: 'date',
  DateNotEquals: 'date',
  DateLessThan: 'date',
  DateLessThanEquals: 'date',
  DateGreaterThan: 'date',
  DateGreaterThanEquals: 'date',
  Bool: 'boolean',
  BinaryEquals: 'binary',
  IpAddress: 'address',
  NotIpAddress: 'address',
  ArnEquals: 'arn',
  ArnLike: 'arn',
  ArnNotEquals: 'arn',
  ArnNotLike: 'arn',
};

/** Every operator may have a set prefix and `IfExists`, except `Null`, which stands alone. */
export const OPERATOR = new RegExp(
  `^(?:Null|(?:ForAllValues:|ForAnyValue:)?(${Object.keys(OPERATORS).join('|')})(?:IfExists)?)$`,
);

/** @returns null for a text that is no operator. */
export function kindOfOperator(text: string): ValueKind | null {
  const match = OPERATOR.exec(text);
  if (match === null) return null;
  return match[1] === undefined ? 'presence' : (OPERATORS[match[1]] ?? null);
}

/** The operator that an author who wrote something else probably means; null if none is alike. */
export function nearestOperator(text: string): string | null {
  const [, set = '', base = '', exists = ''] = /^(.*:)?(.*?)(IfExists)?$/i.exec(text) ?? [];
  const names = [...Object.keys(OPERATORS), 'Null'];
  const exact = names.find((name) => name.toLowerCase() === base.toLowerCase());
  const near = exact ?? nearest(base, names);
  if (near === null || near.slice(0, 4).toLowerCase() !== base.slice(0, 4).toLowerCase())
    return null;
  if (near === 'Null') return near;
  const prefix = /^forall/i.test(set)
    ? 'ForAllValues:'
    : /^forany/i.test(set)
      ? 'ForAnyValue:'
      : '';
  return `${prefix}${near}${exists === '' ? '' : 'IfExists'}`;
}
