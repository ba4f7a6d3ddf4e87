/** What Cedar's parser says of single places, and what we say; each of them is about one policy. */
export const PARSER_MISTAKES: readonly (readonly [
  pattern: RegExp,
  describe: (found: readonly string[]) => string,
])[] = [
  [
    /^expected an entity uid with type `Action` but got `(.+)`$/,
    ([text = '']) => `${text} is no action; write one such as ValetKey::Action::"request"`,
  ],
  [
    /^expected an entity uid(?: or matching template slot)?, found name `(.+)`$/,
    ([name = '']) =>
      `'${name}' names no entity; write type and id, such as ValetKey::Group::"people:platform", or is for a type alone`,
  ],
  [
    /^expected an entity uid(?: or matching template slot)?, found literal `(.+)`$/,
    ([text = '']) =>
      `${text} names no entity; write its type as well, such as ValetKey::Action::"request"`,
  ],
  [
    /^expected an entity uid(?: or matching template slot)?, found/,
    () => 'a head takes one entity for each of its parts; write everything else under when',
  ],
  [
    /^too many occurrences of `(.)`$/,
    ([sign = '']) => `has more than four ${sign} in a row; write one or none`,
  ],
  [/^integer parse error/, () => 'has a number that is too large; the largest has 19 digits'],
  [
    /^right hand side of a `like` expression/,
    () => 'like needs a pattern in double quotes after it, such as "prod-*"',
  ],
  [
    /^right hand side of an `is` expression/,
    () => 'is needs a type after it, without quotes, such as ValetKey::User',
  ],
  [
    /^invalid RHS of a `has` operation/,
    () => 'has needs a name after it, such as context has ticket',
  ],
  [/^duplicate key `(.+)` in record/, ([key = '']) => `has the key '${key}' twice; write it once`],
  [
    /^multiple relational operators/,
    () => 'compares a comparison; join comparisons with &&, or put brackets around one',
  ],
  [
    /^call to `(\w+)` requires exactly (\d+) arguments?, but got (\d+)/,
    ([name = '', wanted = '', found = '']) =>
      `${name} takes ${wanted} in its brackets, not ${found}`,
  ],
  [
    /^wrong number of arguments in extension function application\. Expected (\d+), got (\d+)/,
    ([wanted = '', found = '']) => `a function takes ${wanted} in its brackets here, not ${found}`,
  ],
  [
    /^`(.+)` is not a valid method$/,
    ([name = '']) =>
      `there is no method '${name}'; there are contains, containsAll, containsAny, isEmpty, hasTag, getTag and those of addresses and times`,
  ],
  [
    /^`(.+)` is a method, not a function$/,
    ([name = '']) => `${name} follows a dot; write ip("203.0.113.7").${name}() or the like`,
  ],
  [
    /^`(.+)` is a function, not a method$/,
    ([name = '']) => `${name} stands alone; write ${name}("…")`,
  ],
  [
    /^the input `(.+)` is not a valid escape$/,
    ([text = '']) => `has ${text} in a text; write \\\\ for a backslash`,
  ],
  [/^division is not supported$/, () => 'has a /; there is no division, write the result'],
  [
    /^remainder\/modulo is not supported$/,
    () => 'has a %; there is no remainder, write the result',
  ],
  [
    /^this identifier is reserved and cannot be used: (.+)$/,
    ([word = '']) => `'${word}' is a word of the language; as a name, write it as ["${word}"]`,
  ],
  [
    /^found template slot (\?\w+)/,
    ([slot = '']) => `has ${slot}, which only templates have; name an entity instead`,
  ],
  [
    /^`(when|unless)` condition clause cannot be empty$/,
    ([word = '']) => `has an empty ${word}; write a condition, or remove it`,
  ],
  [
    /^`is` cannot appear in the action scope$/,
    () => 'has is after action; write action == or action in',
  ],
  [
    /^invalid operator in the (policy|action) scope: (.+)$/,
    ([, operator = '']) =>
      `has ${operator} in its head; a head takes ==, in and is, write everything else under when`,
  ],
  [/^type constraints using `:`/, () => 'has a colon after a part of its head; write is'],
  [
    /^found an invalid variable in the policy scope/,
    () => 'a head has principal, action and resource, in this order',
  ],
];
