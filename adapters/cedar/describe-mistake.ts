import { didYouMean } from '../../core/did-you-mean.ts';
import { replaceControlCharacters } from '../../core/text.ts';
import { PARSER_MISTAKES } from './parser-mistakes.ts';

/** What Cedar says of a mistake: `help` and `label` add to the message, or are empty. */
export type Said = { readonly message: string; readonly help: string; readonly label: string };

/** A mistake in our words; `{}` stands for what it is about, of which several may have the same mistake. */
export type Described = { readonly text: string; readonly about: string };

type Rule = readonly [
  pattern: RegExp,
  describe: (found: readonly string[], said: Said) => Described | string,
];

const TYPES = ['User', 'Workload', 'Group', 'Entitlement', 'Broker', 'Parameters', 'Action'];
const ACTIONS = ['request', 'autoApprove', 'vote', 'revoke', 'review', 'audit', 'administer'];

/** Cedar's types, in words. */
const KINDS: Readonly<Record<string, string>> = {
  Bool: 'true or false',
  Long: 'a whole number',
  String: 'text',
  ipaddr: 'an address, such as ip("203.0.113.0/24")',
  datetime: 'a time, such as datetime("2026-11-23T10:00:00Z")',
  duration: 'a duration, such as duration("2h")',
};

const EXAMPLES: Readonly<Record<string, string>> = {
  'IP address': 'an IP address or range, such as 203.0.113.0/24',
  duration: 'a duration, such as 2h or 1d12h',
  datetime: 'a time, such as 2026-11-23T10:00:00Z',
};

const RULES: readonly Rule[] = [
  [
    /^attribute `(.+)` in context for ValetKey::Action::"(\w+)" not found$/,
    ([name = '', action = ''], { help }) => ({
      about: action,
      text: `context has no '${name}' for {}${suggestion(name, help) || '; leave out actions that do not have it, or correct the name'}`,
    }),
  ],
  [
    /^attribute `(.+)` on entity type `ValetKey::(\w+)` not found$/,
    ([name = '', type = ''], { help }) => {
      if (type === 'Parameters')
        return `parameters are read as tags; write ${tagOf('context.parameters', name)}`;
      if (type === 'Entitlement' || type === 'Broker') {
        return `${type === 'Broker' ? 'the broker' : 'an entitlement'} has no attribute '${name}'${suggestion(name, help) || '; docs/reference/cedar.md lists what it has'}`;
      }
      return `a principal has no attribute '${name}', but may have a claim of this name as a tag; write ${tagOf('principal', name)}`;
    },
  ],
  [
    /^unable to guarantee safety of access to optional attribute `(.+)` in context for/,
    ([name = '']) => `context.${name} may be missing; write context has ${name} && before it`,
  ],
  [
    /^unable to guarantee safety of access to tag `"(.+)"` on entity type `ValetKey::(\w+)`$/,
    ([name = '', type = '']) =>
      `the tag '${name}' may be missing; write ${type === 'Parameters' ? 'context.parameters' : 'principal'}.hasTag("${name}") && before it`,
  ],
  [
    /^the types (.+) and (.+) are not compatible$/,
    (kinds, { help }) => {
      const both = kinds.map(inWords).join(' and ');
      return /elements of a set/.test(help)
        ? `a list mixes ${both}`
        : `compares ${both}, which are never equal`;
    },
  ],
  [
    /^unexpected type: expected (.+) but saw (.+)$/,
    ([wanted = '', found = '']) => `needs ${inWords(wanted)} here, not ${inWords(found)}`,
  ],
  [
    /^unrecognized entity type `(.+)`$/,
    ([type = '']) => {
      const name = type.replace(/^ValetKey::/, '');
      if (TYPES.includes(name)) return `there is no type '${type}'; write ValetKey::${name}`;
      return `there is no type '${type}'; the types are: ${TYPES.slice(0, 5)
        .map((one) => `ValetKey::${one}`)
        .join(', ')}${didYouMean(name, TYPES)}`;
    },
  ],
  [
    /^unrecognized action `(?:(.*)::)?Action::"(.*)"`$/,
    ([namespace = '', action = '']) =>
      namespace !== 'ValetKey' && ACTIONS.includes(action)
        ? `there is no action '${action}' without its namespace; write ValetKey::Action::"${action}"`
        : `there is no action '${action}'; the actions are: ${ACTIONS.join(', ')}${didYouMean(action, ACTIONS)}`,
  ],
  [
    /failed to parse as (?:an? )?(IP address|duration|datetime)[^:]*: `"(.*)"`$/,
    ([kind = '', text = '']) => `'${text}' is not ${EXAMPLES[kind] ?? kind}`,
  ],
  [/^unexpected token `(and|AND)`$/, ([word = '']) => `'${word}' is no operator; write &&`],
  [/^unexpected token `(or|OR)`$/, ([word = '']) => `'${word}' is no operator; write ||`],
  [
    /^unexpected token `contains`$/,
    () => 'contains follows a dot; write resource.labels.contains("…")',
  ],
  [
    /^unexpected token `(.+)`$/,
    ([token = '']) =>
      `'${token}' does not belong here; before it, a comma, a bracket, an operator, a quotation mark or a semicolon may be missing`,
  ],
  [
    /^unexpected end of input$/,
    () => 'ends too early; a bracket or the semicolon of the last policy is missing',
  ],
  [
    /^invalid token$/,
    () => 'has a character that does not belong here; write text in double quotes',
  ],
  [
    /^invalid policy condition: (.+)$/,
    ([word = '']) => `'${word}' begins no clause; write when or unless`,
  ],
  [
    /^invalid policy effect: (.+)$/,
    ([word = '']) => `'${word}' begins no policy; write permit or forbid`,
  ],
  [/^'=' is not a valid operator/, () => "'=' is no operator; write =="],
  [/^duplicate annotation: (.+)$/, ([name = '']) => `has ${name} twice; write it once`],
  [
    /^`(.+)` is not a valid function$/,
    ([name = '']) => `there is no function '${name}'; there are ip, datetime, duration and decimal`,
  ],
  [
    /^invalid variable: (.+)$/,
    ([name = '']) =>
      `'${name}' is unknown here; write text in double quotes, or begin with principal, action, resource or context`,
  ],
  [
    /^expected single entity uid/,
    () => 'names a list where one entity belongs; in a head, only actions can be a list',
  ],
  [
    /^(found the variable|this policy is missing the|this policy has an extra)/,
    () => 'a head has principal, action and resource, in this order',
  ],
  [/^policy is impossible/, () => 'its head and its clauses are never true together'],
  [
    /^(?:string|identifier) `(.+)` contains mixed scripts$/su,
    ([text = '']) =>
      `has letters of several scripts in ${escaped(text)}, which can look like another text; write it with letters of one`,
  ],
  [
    /^(?:string|identifier) `(.+)` contains BIDI control characters$/su,
    ([text = '']) =>
      `has characters in ${escaped(text)} that change the order in which text is shown; leave them out`,
  ],
  [
    /^identifier `(.+)` contains characters that fall outside of the General Security Profile for Identifiers$/su,
    ([text = '']) => `has uncommon characters in ${escaped(text)}, which can look like others`,
  ],
  [
    /^unable to find an applicable action/,
    () =>
      'its actions do not exist for its principal and its resource; docs/reference/cedar.md lists what belongs together',
  ],
];

/** Says a mistake in our words; one that is not known here keeps Cedar's. */
export function describeMistake(said: Said): Described {
  // The caller adds the id of the policy.
  const [message, help] = [said.message, said.help].map((text) =>
    text.replace(/^for policy `[^`]*`, /, ''),
  ) as [string, string];
  for (const [pattern, describe] of [...RULES, ...PARSER_MISTAKES]) {
    const [found, ...groups] = pattern.exec(message) ?? [];
    if (found === undefined) continue;
    const described = describe(
      groups.map((group) => group ?? ''),
      { ...said, message, help },
    );
    return typeof described === 'string' ? { text: described, about: '' } : described;
  }
  return { text: [message, said.label, help].filter((part) => part !== '').join('; '), about: '' };
}

/** As its author could write it: whoever reads the warning sees what is there. */
function escaped(text: string): string {
  return replaceControlCharacters(
    text,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** Cedar suggests the nearest name, however far it is. */
function suggestion(name: string, help: string): string {
  const [, near = ''] = /did you mean `(.+)`\?/.exec(help) ?? [];
  const last = name.split('.').at(-1) ?? name;
  if (last.length > 2 && near.startsWith(last)) return `; did you mean '${near}'?`;
  return didYouMean(last, [near]);
}

function tagOf(owner: string, name: string): string {
  return `${owner}.hasTag("${name}") && ${owner}.getTag("${name}") == "…"`;
}

function inWords(type: string): string {
  return KINDS[type] ?? (type.startsWith('Set<') ? 'a list' : 'an entity');
}
