import { expect, test } from '@jest/globals';
import * as z from 'zod';
import {
  describeIssue,
  describeMissing,
  describeUnknown,
} from '../../../core/bundle/describe-issue.ts';

const said = (schema: z.ZodType, value: unknown) =>
  schema.safeParse(value, { error: describeIssue }).error?.issues.map(({ message }) => message);

test.each<[z.ZodType, unknown, string]>([
  [z.string(), 1, 'must be text'],
  [z.int(), 1.5, 'must be a whole number'],
  [z.record(z.string(), z.string()), [], 'must be a mapping'],
  [z.enum(['a', 'b']), 'c', 'write one of: a, b'],
  [z.string().min(1), '', 'must have at least 1 character'],
  [z.int().multipleOf(2), 3, 'is not of a form that is known here'],
])('a value is described in words for authors', (schema, value, message) => {
  expect(said(schema, value)).toEqual([message]);
});

test('a field is missing only where a value of some type or form belongs', () => {
  const issue = { path: [], message: 'names no team', input: undefined };
  expect(describeMissing({ ...issue, code: 'custom' })).toBeNull();
  expect(describeMissing({ ...issue, code: 'invalid_type', expected: 'string' })).toBe(
    'is missing; it must be text',
  );
});

test.each([
  ['effect', 'is not a known field; write Effect'],
  // Written as IAM has it, but in another place.
  ['Effect', 'is not a known field; correct it or remove it'],
  ['a\u00a0b', 'has a blank that is not a plain one, as web pages do; write spaces'],
  ['\u200bEffect', 'has a blank that is not a plain one, as web pages do; write spaces'],
  ['// note', 'begins with a comment of another language; write # before it'],
  ['s3://acme', 'is not a known field; correct it or remove it'],
  ['colour', 'is not a known field; correct it or remove it'],
])('an unknown field is named as IAM has it, if only its case is wrong: %s', (key, message) => {
  expect(describeUnknown(key)).toBe(message);
});
