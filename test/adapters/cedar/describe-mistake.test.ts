import { describe, expect, test } from '@jest/globals';
import { CEDAR_SCHEMA } from '../../../core/bundle/cedar-schema.ts';
import { language } from '../../support/bundles.ts';

const REQUEST = 'principal, action == ValetKey::Action::"request", resource';
const when = (condition: string) => `@id("p") permit (${REQUEST}) when { ${condition} };`;

/** What an author reads of a policy: from the parser, or from the validator. */
function mistakesIn(text: string): readonly string[] {
  const parsed = language.parse(text);
  const found = parsed.ok ? language.validate(CEDAR_SCHEMA, { p: text }) : parsed.error;
  return found.map(({ message }) => message);
}

describe('a mistake in a policy is told in our words:', () => {
  test.each([
    [
      'context.durationSecond <= 3600',
      "context has no 'durationSecond' for request; did you mean 'durationSeconds'?",
    ],
    [
      'context.requester == principal',
      "context has no 'requester' for request; leave out actions that do not have it, or correct the name",
    ],
    [
      'context.history.recentDenial > 5',
      "context has no 'history.recentDenial' for request; did you mean 'recentDenials'?",
    ],
    [
      'principal.team == "x"',
      'a principal has no attribute \'team\', but may have a claim of this name as a tag; write principal.hasTag("team") && principal.getTag("team") == "…"',
    ],
    [
      'context.parameters.prefix == "x"',
      'parameters are read as tags; write context.parameters.hasTag("prefix") && context.parameters.getTag("prefix") == "…"',
    ],
    ['resource.risc == "low"', "an entitlement has no attribute 'risc'; did you mean 'risk'?"],
    [
      'context.ticket like "OPS-*"',
      'context.ticket may be missing; write context has ticket && before it',
    ],
    [
      'principal.getTag("ref") == "x"',
      'the tag \'ref\' may be missing; write principal.hasTag("ref") && before it',
    ],
    [
      'context.parameters.getTag("prefix") == "x"',
      'the tag \'prefix\' may be missing; write context.parameters.hasTag("prefix") && before it',
    ],
    [
      'context.durationSeconds == "3600"',
      'compares a whole number and text, which are never equal',
    ],
    [
      'context.sourceIp == "10.0.0.1"',
      'compares text and an address, such as ip("203.0.113.0/24"), which are never equal',
    ],
    ['["a", 1].contains("a")', 'a list mixes a whole number and text'],
    ['context.durationSeconds < "3600"', 'needs a whole number here, not text'],
    ['context.durationSeconds', 'needs true or false here, not a whole number'],
    [
      'context.sourceIp.isInRange(ip("10.0.0"))',
      "'10.0.0' is not an IP address or range, such as 203.0.113.0/24",
    ],
    [
      'context.now.toTime() >= duration("2 hours")',
      "'2 hours' is not a duration, such as 2h or 1d12h",
    ],
    ['context.mfa and context.scoped', "'and' is no operator; write &&"],
    ['resource.labels contains "x"', 'contains follows a dot; write resource.labels.contains("…")'],
    ['principal.issuer = "people"', "'=' is no operator; write =="],
    [
      "principal.issuer == 'people'",
      'has a character that does not belong here; write text in double quotes',
    ],
    [
      'duration_seconds < 5',
      "'duration_seconds' is unknown here; write text in double quotes, or begin with principal, action, resource or context",
    ],
    [
      'address("x") == context.sourceIp',
      "there is no function 'address'; there are ip, datetime, duration and decimal",
    ],
  ])('%s', (condition, says) => {
    expect(mistakesIn(when(condition))).toEqual([says]);
  });

  test.each([
    [
      'permit (principal, action == ValetKey::Action::"requst", resource);',
      "there is no action 'requst'; the actions are: request, autoApprove, vote, revoke, review, audit, administer; did you mean 'request'?",
    ],
    [
      'permit (principal, action == Action::"request", resource);',
      'there is no action \'request\' without its namespace; write ValetKey::Action::"request"',
    ],
    [
      'permit (principal in Group::"people:x", action, resource);',
      "there is no type 'Group'; write ValetKey::Group",
    ],
    [
      'permit (principal is ValetKey::Usr, action, resource);',
      "there is no type 'ValetKey::Usr'; the types are: ValetKey::User, ValetKey::Workload, ValetKey::Group, ValetKey::Entitlement, ValetKey::Broker; did you mean 'User'?",
    ],
    [
      'permit (principal, action == "request", resource);',
      '"request" names no entity; write its type as well, such as ValetKey::Action::"request"',
    ],
    ['permit (principal, action);', 'a head has principal, action and resource, in this order'],
    [
      'permit (resource, action, principal);',
      'a head has principal, action and resource, in this order',
    ],
    ['allow (principal, action, resource);', "'allow' begins no policy; write permit or forbid"],
    [
      'permit (principal, action, resource) if { true };',
      "'if' begins no clause; write when or unless",
    ],
    [
      'permit (principal, action resource);',
      "'resource' does not belong here; before it, a comma, a bracket, an operator, a quotation mark or a semicolon may be missing",
    ],
    [
      'permit (principal, action, resource)',
      'ends too early; a bracket or the semicolon of the last policy is missing',
    ],
    ['@id("a") @id("b") permit (principal, action, resource);', 'has @id twice; write it once'],
  ])('%s', (policy, says) => {
    expect(mistakesIn(policy)).toContain(says);
  });
});

test('a mistake that several actions and types share is told once, in a fixed order', () => {
  const all =
    '@id("p") permit (principal, action, resource) when { context.mfa && principal.team == "x" };';
  expect(mistakesIn(all)).toEqual([
    "context has no 'mfa' for administer, audit, review, revoke; leave out actions that do not have it, or correct the name",
    expect.stringContaining("a principal has no attribute 'team'"),
  ]);
});

test('what can never apply is told in our words as well', () => {
  const never = `permit (${REQUEST}) when { resource in ValetKey::Group::"people:x" };`;
  const apart =
    'permit (principal, action == ValetKey::Action::"audit", resource == ValetKey::Entitlement::"x");';
  const of = (p: string) => language.warnings(CEDAR_SCHEMA, { p }).map(({ message }) => message);
  expect(of(never)).toEqual(['its head and its clauses are never true together']);
  expect([...of(apart), ...mistakesIn(apart)]).toContainEqual(
    expect.stringContaining('its actions do not exist for its principal and its resource'),
  );
});

describe('what the parser says is told in our words:', () => {
  test.each([
    ['!!!!!true', 'has more than four ! in a row; write one or none'],
    ['99999999999999999999 == 1', 'has a number that is too large; the largest has 19 digits'],
    ['"a" like context.x', 'like needs a pattern in double quotes after it, such as "prod-*"'],
    ['principal is "x"', 'is needs a type after it, without quotes, such as ValetKey::User'],
    ['context has 1', 'has needs a name after it, such as context has ticket'],
    ['{a: 1, a: 2} == {}', "has the key 'a' twice; write it once"],
    ['1 == 1 == 1', 'compares a comparison; join comparisons with &&, or put brackets around one'],
    ['principal.hasTag()', 'hasTag takes 1 in its brackets, not 0'],
    ['isIpv4("x")', 'isIpv4 follows a dot; write ip("203.0.113.7").isIpv4() or the like'],
    ['"\\q" == "a"', 'has \\q in a text; write \\\\ for a backslash'],
    ['1 / 2 == 1', 'has a /; there is no division, write the result'],
    ['resource.if', '\'if\' is a word of the language; as a name, write it as ["if"]'],
    [
      'principal == ?principal',
      'has ?principal, which only templates have; name an entity instead',
    ],
    ['', 'has an empty when; write a condition, or remove it'],
  ])('%s', (condition, says) => {
    expect(mistakesIn(when(condition))).toEqual([says]);
  });

  test.each([
    [
      'principal, action == ValetKey::User::"a", resource',
      'ValetKey::User::"a" is no action; write one such as ValetKey::Action::"request"',
    ],
    [
      'principal == ValetKey::Group, action, resource',
      `'ValetKey::Group' names no entity; write type and id, such as ValetKey::Group::"people:platform", or is for a type alone`,
    ],
    [
      'principal == "a", action, resource',
      '"a" names no entity; write its type as well, such as ValetKey::Action::"request"',
    ],
    [
      'principal, action == Action.request, resource',
      'a head takes one entity for each of its parts; write everything else under when',
    ],
    [
      'principal, action != ValetKey::Action::"request", resource',
      'has != in its head; a head takes ==, in and is, write everything else under when',
    ],
    ['user, action, resource', 'a head has principal, action and resource, in this order'],
  ])('(%s)', (head, says) => {
    expect(mistakesIn(`@id("p") permit (${head});`)).toEqual([says]);
  });
});
