import { describe, expect, test } from '@jest/globals';
import {
  kindOfOperator,
  nearestOperator,
  OPERATOR,
} from '../../../core/session-policy/condition-operators.ts';

const BY_KIND = {
  text: ['StringEquals', 'StringNotEqualsIgnoreCase', 'StringLike', 'StringNotLike'],
  number: ['NumericEquals', 'NumericGreaterThanEquals'],
  date: ['DateNotEquals', 'DateLessThan'],
  boolean: ['Bool'],
  binary: ['BinaryEquals'],
  address: ['IpAddress', 'NotIpAddress'],
  arn: ['ArnEquals', 'ArnNotLike'],
};

describe('an operator', () => {
  test.each(Object.entries(BY_KIND))('compares values of the kind %s', (kind, names) => {
    for (const name of names) {
      for (const set of ['', 'ForAllValues:', 'ForAnyValue:']) {
        for (const exists of ['', 'IfExists']) {
          expect(kindOfOperator(`${set}${name}${exists}`)).toBe(kind);
        }
      }
    }
  });

  test('that asks whether a key exists has a kind of its own, and stands alone', () => {
    expect(kindOfOperator('Null')).toBe('presence');
    for (const text of ['NullIfExists', 'ForAllValues:Null', 'null', 'NULL']) {
      expect(kindOfOperator(text)).toBeNull();
    }
  });

  test.each([
    ['stringequals', 'StringEquals'],
    ['numericlessthan', 'NumericLessThan'],
    ['StringEqual', 'StringEquals'],
    ['StringEqualsIfexists', 'StringEqualsIfExists'],
    ['forAnyValue:StringLike', 'ForAnyValue:StringLike'],
    ['ForAllValues:NumericLess', 'ForAllValues:NumericLessThan'],
    ['DateBefore', 'DateEquals'],
    ['BOOL', 'Bool'],
    ['ForAnyValue:Null', 'Null'],
    ['xForAllValues:Bool', 'Bool'],
    ['xForAnyValue:Bool', 'Bool'],
    ['IPAddress', 'IpAddress'],
    ['Equals', null],
    ['', null],
    ['toString', null],
  ])('that is written %s is probably %s', (text, near) => {
    expect(OPERATOR.test(text)).toBe(false);
    expect(nearestOperator(text)).toBe(near);
  });
});
