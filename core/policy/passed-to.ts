import type { ConditionBlock, Statement } from '../entitlement.ts';
import { contains } from '../session-policy/glob.ts';

/** AWS's own name of a service; in China some end in `.cn` (IAM User Guide, "Service principals"). */
const NAMES = ['.amazonaws.com', '.amazonaws.com.cn'];
const KEY = 'iam:passedtoservice';

/**
 * Whether a condition lets a role be passed to a service. Only a condition on `iam:PassedToService` can say
 * no, and only if it also holds that the key is there: with `…IfExists` a call without it passes.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */
export function mayPassTo(service: string, { Condition = {} }: Statement): boolean {
  return tests(Condition).every((test) => verdict(test, service) !== 'no');
}

/** Whether a statement is sure to apply to a role that is passed to a service. */
export function surelyPassesTo(service: string, { Condition = {} }: Statement): boolean {
  return tests(Condition).every((test) => verdict(test, service) === 'yes');
}

type Test = {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
};

function tests(condition: ConditionBlock): readonly Test[] {
  return Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => ({ operator, key, values: [value].flat() })),
  );
}

function verdict({ operator, key, values }: Test, service: string): 'yes' | 'no' | 'unknown' {
  const [, not, rest] =
    /^(?:ForAnyValue:)?String(Not)?(Equals|EqualsIgnoreCase|Like)$/.exec(operator) ?? [];
  if (key.toLowerCase() !== KEY || rest === undefined) return 'unknown';
  const matches = values.map((value) => match(rest, value, service));
  const positive = matches.includes('yes') ? 'yes' : matches.includes('unknown') ? 'unknown' : 'no';
  if (not === undefined || positive === 'unknown') return positive;
  return positive === 'yes' ? 'no' : 'yes';
}

function match(rest: string, value: string, service: string): 'yes' | 'no' | 'unknown' {
  const names = NAMES.map((suffix) => `${service}${suffix}`);
  if (/\{\{|\$\{/.test(value)) return 'unknown';
  if (rest === 'Like') return names.some((name) => contains(value, name)) ? 'yes' : 'no';
  const given = rest === 'Equals' ? value : value.toLowerCase();
  return names.includes(given) ? 'yes' : 'no';
}
