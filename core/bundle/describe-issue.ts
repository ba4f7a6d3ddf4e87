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
 * Zod's own words never reach them.
 */
export function describeIssue(issue: core.$ZodRawIssue): string {
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
      return 'is not of a form that is known here';
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

/** Parts of pasted policies that have another place here, or another spelling. */
const PASTED: Readonly<Record<string, string>> = {
  Statement: 'belongs under statements; paste the policy there, as it is',
  Version: 'belongs under statements, with the policy that it is the version of',
  Principal: 'belongs in the policy of a resource or role; remove it: Cedar says who may ask',
  NotPrincipal: 'belongs in the policy of a resource or role; remove it: Cedar says who may ask',
};
const ELEMENTS = ['Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition', 'Sid'];

export const ODD_BLANK = 'has a blank that is not a plain one, as web pages do; write spaces';

/** What is wrong with a key that pasting made, wherever it is; null for any other. */
export function describePasted(key: string): string | null {
  if (/^\/[/*]/.test(key)) return 'begins with a comment of another language; write # before it';
  if (/[\u00a0\u200b\ufeff]/.test(key)) {
    return ODD_BLANK;
  }
  if (/[“”„‟‘’]/.test(key)) return 'has curly quotes; write straight ones';
  return null;
}

/** Says what to do about a field that the schema does not have. */
export function describeUnknown(key: string): string {
  const broken = describePasted(key);
  if (broken !== null) return broken;
  const pasted = Object.hasOwn(PASTED, key) ? PASTED[key] : undefined;
  if (pasted !== undefined) return `is not a known field: it ${pasted}`;
  const element = ELEMENTS.find((name) => name.toLowerCase() === key.toLowerCase());
  return element === undefined || element === key
    ? 'is not a known field; correct it or remove it'
    : `is not a known field; write ${element}`;
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
