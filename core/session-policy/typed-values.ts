import type { ValueKind } from './condition-operators.ts';
import { variablesIn, withoutVariables } from './policy-variables.ts';

/** Stands for the value of a parameter that is not known yet. No value contains it. */
export const OPEN = '\ue000';

const TRUE_OR_FALSE = [
  (text: string) => /^(true|false)$/i.test(text),
  "true or false; write 'true' or 'false'",
] as const;

/** What IAM can read as a value of an operator's kind, and what to write. */
const SHAPES: Readonly<
  Record<Exclude<ValueKind, 'text' | 'arn'>, readonly [(text: string) => boolean, string]>
> = {
  number: [(text) => /^[+-]?\d+(\.\d+)?$/.test(text), 'a number; write one such as 10 or 0.5'],
  date: [isDate, 'a time; write one such as 2026-11-26T12:00:00Z, or seconds since 1970'],
  boolean: TRUE_OR_FALSE,
  presence: TRUE_OR_FALSE,
  binary: [
    (text) => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text),
    'base64; write one such as QmluYXJ5',
  ],
  address: [isAddress, 'an address or a range; write one such as 203.0.113.0/24 or 2001:db8::/32'],
};

/** IAM fills in variables only where it compares texts, ARNs and booleans. */
const TAKES_VARIABLES: readonly ValueKind[] = ['text', 'arn', 'boolean'];

/** What is wrong with a value of a condition, apart from its policy variables' own form. */
export function mistakeInValue(kind: ValueKind, text: string): string | null {
  const variables = variablesIn(text);
  if (variables.length > 0 && !TAKES_VARIABLES.includes(kind)) {
    return `has the variable ${variables[0]}, where IAM fills in none; write the value itself`;
  }
  if (kind === 'text' || text.includes(OPEN)) return null;
  if (kind === 'arn') return mistakeInArnPattern(text);
  if (variables.length > 0) return null;
  const [fits, what] = SHAPES[kind];
  return fits(text) ? null : `is not ${what}`;
}

/** Each part of an ARN is compared alone, so a text without six never matches. */
function mistakeInArnPattern(text: string): string | null {
  if (text === '*' || text.startsWith('${')) return null;
  const parts = withoutVariables(text).split(':');
  if (parts[0] === 'arn' && parts.length >= 6 && !/\s/.test(parts.slice(0, 5).join(':')))
    return null;
  return 'is not an ARN of six parts; write one such as arn:{{partition}}:sns:*:{{account}}:topic';
}

const DATE =
  /^(\d{4})-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|[+-]([01]\d):[0-5]\d))?)?$/;

/**
 * ISO 8601 as the W3C's note restricts it, or seconds since 1970, which a year alone is as well.
 *
 * @see https://www.w3.org/TR/NOTE-datetime
 */
function isDate(text: string): boolean {
  if (/^\d{1,13}$/.test(text)) return true;
  const match = DATE.exec(text);
  if (match === null) return false;
  const [, year, month, day = '01', hour = '00', minute = '00', second = '00'] = match;
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const time = Date.parse(written);
  return !Number.isNaN(time) && new Date(time).toISOString() === written;
}

function isAddress(text: string): boolean {
  const [, address = '', prefix] = /^([0-9a-fA-F:.]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  if (isIpv4(address)) return prefix === undefined || Number(prefix) <= 32;
  return isIpv6(address) && (prefix === undefined || Number(prefix) <= 128);
}

function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return (
    parts.length === 4 &&
    parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
  );
}

/** Eight groups, of which `::` replaces some; the last two may be an IPv4 address (RFC 4291, 2.2). */
function isIpv6(text: string): boolean {
  const [, last = ''] = /:([^:]*\.[^:]*)$/.exec(text) ?? [];
  if (last !== '' && !isIpv4(last)) return false;
  const halves = (last === '' ? text : text.replace(/[^:]*$/, '0:0')).split('::');
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  return halves.length === 1 ? groups.length === 8 : halves.length === 2 && groups.length <= 7;
}
