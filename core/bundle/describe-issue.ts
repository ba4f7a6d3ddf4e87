import type { core } from 'zod';

/** Zod's names of types, in words for people who write YAML. */
const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

/**
 * Says what is wrong with a value, for schemas that do not say it in words of their own; the subject of
 * the sentence is the field.
 *
 * @returns undefined where Zod's own message has to do.
 */
export function describeIssue(issue: core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${kindOf(issue.expected)}`;
    case 'invalid_value':
      return `write one of: ${issue.values.join(', ')}`;
    case 'too_small':
      return `must ${limit(issue.origin, 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${limit(issue.origin, 'at most', issue.maximum)}`;
    default:
      return undefined;
  }
}

/** @returns null if the issue is about anything else than a field that is absent. */
export function describeMissing(issue: core.$ZodIssue): string | null {
  if (issue.input !== undefined) return null;
  switch (issue.code) {
    case 'invalid_type':
      return `is missing; it must be ${kindOf(issue.expected)}`;
    case 'invalid_value':
      return `is missing; write one of: ${issue.values.join(', ')}`;
    case 'invalid_union':
      return 'is missing';
    default:
      return null;
  }
}

function kindOf(expected: string): string {
  return KINDS[expected] ?? expected;
}

function limit(origin: string, bound: string, value: number | bigint): string {
  if (origin === 'string')
    return `have ${bound} ${value} ${value === 1 ? 'character' : 'characters'}`;
  if (origin === 'array') return `have ${bound} ${value} ${value === 1 ? 'entry' : 'entries'}`;
  return `be ${bound} ${value}`;
}
