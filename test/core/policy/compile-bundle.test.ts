import { describe, expect, test } from '@jest/globals';
import { compileBundle } from '../../../core/policy/compile-bundle.ts';
import { compiled, files, ISSUERS, language, PERMIT_READ, READ } from '../../support/bundles.ts';

type Mistake = readonly [
  what: string,
  changes: Readonly<Record<string, string | null>>,
  place: string,
  says: RegExp,
];

const read = (from: string | RegExp, to: string) => ({
  'entitlements/read.yaml': READ.replace(from, to),
});
const policy = (text: string) => ({ 'policies/more.cedar': text });
const request = 'action == ValetKey::Action::"request"';

const MISTAKES: readonly Mistake[] = [
  ['broken YAML', read('risk: low', 'risk: [low'), 'entitlements/read.yaml', /./],
  [
    'an unknown field',
    read('risk: low', 'risk: low\nowner: me'),
    'entitlements/read.yaml:4',
    /owner: is not a known field/,
  ],
  [
    'a missing field',
    read('risk: low\n', ''),
    'entitlements/read.yaml:1',
    /risk: is missing; write one of: low/,
  ],
  ['a wrong risk', read('low', 'none'), 'entitlements/read.yaml:3', /low, medium, high, critical/],
  ['a wrong duration', read('8h', '8 hours'), 'entitlements/read.yaml:6', /90s, 15m, 8h or 7d/],
  ['a wrong id', read('id: read', 'id: Read!'), 'entitlements/read.yaml:1', /lower-case/],
  [
    'an unknown placeholder',
    read('{{prefix}}', '{{prefx}}'),
    'entitlements/read.yaml',
    /\{\{prefx\}\} is not a known placeholder/,
  ],
  [
    'a placeholder in an IAM variable',
    read('{{prefix}}', '${{{prefix}}}'),
    'entitlements/read.yaml:10',
    /IAM policy variable/,
  ],
  [
    'an unused parameter',
    read('{{prefix}}', 'x'),
    'entitlements/read.yaml:8',
    /is not used in any statement/,
  ],
  [
    'a parameter named account',
    read('  prefix:', '  account: { pattern: a, description: b }\n  prefix:'),
    'entitlements/read.yaml:8',
    /is built in/,
  ],
  [
    'a pattern that backtracks',
    read('[a-z0-9/]{1,20}', '(a+)+'),
    'entitlements/read.yaml:8',
    /exponential/,
  ],
  [
    'a target that is no role',
    read(':role/valetkey/read', ':user/x'),
    'entitlements/read.yaml:5',
    /is not the ARN of one IAM role/,
  ],
  [
    'a parameter in the target',
    read('valetkey/read', '{{prefix}}'),
    'entitlements/read.yaml:5',
    /is not the ARN of one IAM role/,
  ],
  [
    'an action without a service',
    read('s3:GetObject', 'GetObject'),
    'entitlements/read.yaml',
    /service:Action/,
  ],
  [
    'role chaining by sts:*',
    read('s3:GetObject', 'sts:*'),
    'entitlements/read.yaml:9',
    /sts:AssumeRole/,
  ],
  [
    'role chaining by *',
    read("['s3:GetObject']", "'*'"),
    'entitlements/read.yaml:9',
    /sts:AssumeRole/,
  ],
  [
    'role chaining by NotAction',
    read("Action: ['s3:GetObject']", "NotAction: ['s3:*']"),
    'entitlements/read.yaml:9',
    /sts:AssumeRole/,
  ],
  [
    'both Action and NotAction',
    read('Action: [', "NotAction: ['a:b'], Action: ["),
    'entitlements/read.yaml',
    /exactly one of Action and NotAction/,
  ],
  [
    'an approver of an unknown issuer',
    { 'entitlements/read.yaml': `${READ}approval: { approvers: ['pepole:x'] }\n` },
    'entitlements/read.yaml:11',
    /people, github/,
  ],
  [
    'a policy that is too long',
    {
      'entitlements/read.yaml': READ.replace('{1,20}', '{1,128}').replace(
        'statements:\n',
        `statements:\n${Array.from({ length: 14 }, (_, i) => `  - { Effect: Allow, Action: 's3:Get${i}', Resource: 'arn:aws:s3:::b${i}/{{prefix}}' }\n`).join('')}`,
      ),
    },
    'entitlements/read.yaml:9',
    /can make a session policy of \d+ characters, but AWS accepts at most 2048; .* of 'prefix'/,
  ],
  [
    'two entitlements of one id',
    { 'entitlements/two.yaml': READ },
    'entitlements/two.yaml:1',
    /'read' is already used in entitlements\/read.yaml/,
  ],
  ['no entitlement at all', { 'entitlements/read.yaml': null }, 'entitlements:1', /at least one/],
  ['no policy at all', { 'policies/read.cedar': null }, 'policies:1', /at least one/],
  ['no issuers', { 'issuers.yaml': null }, 'issuers.yaml:1', /is missing/],
  [
    'an issuer without https',
    { 'issuers.yaml': ISSUERS.replace('https://login', 'http://login') },
    'issuers.yaml:2',
    /https/,
  ],
  [
    'two issuers of one URL',
    { 'issuers.yaml': ISSUERS.replace('https://ci', 'https://login') },
    'issuers.yaml:3',
    /is also the url of issuer 'people'; tell their tokens apart/,
  ],
  [
    'an id without a value',
    policy(`@id permit (principal, ${request}, resource);`),
    'policies/more.cedar:1',
    /a permit has an @id without a value; write @id\("a-short-name"\)/,
  ],
  [
    'advice without a value',
    policy(`@id("no") @advice forbid (principal, ${request}, resource);`),
    'policies/more.cedar:1',
    /the forbid 'no' has no @advice/,
  ],
  [
    'a policy without an id',
    policy(`permit (principal, ${request}, resource);`),
    'policies/more.cedar:1',
    /@id/,
  ],
  [
    'a forbid without advice',
    policy(`\n@id("no")\nforbid (principal, ${request}, resource);`),
    'policies/more.cedar:2',
    /@advice/,
  ],
  ['two policies of one id', policy(PERMIT_READ), 'policies/more.cedar:1', /already used in/],
  [
    'a syntax error',
    policy('@id("x")\npermit (principal, action, resource'),
    'policies/more.cedar:2',
    /ends too early; a bracket or the semicolon/,
  ],
  [
    'a template',
    policy('@id("x") permit (principal == ?principal, action, resource);'),
    'policies/more.cedar:1',
    /templates/,
  ],
  [
    'an unknown attribute',
    policy(`@id("x")\npermit (principal, ${request}, resource)\nwhen { context.duration > 1 };`),
    'policies/more.cedar:3',
    /durationSeconds/,
  ],
  [
    'an optional attribute without a check',
    policy(`@id("x")\npermit (principal, ${request}, resource)\nwhen { context.ticket == "a" };`),
    'policies/more.cedar:3',
    /ticket/,
  ],
  [
    'an unknown entitlement',
    policy(`@id("x") permit (principal, ${request}, resource == ValetKey::Entitlement::"rad");`),
    'policies/more.cedar:1',
    /entitlement 'rad' does not exist; the bundle has: read/,
  ],
  [
    'a group of an unknown issuer',
    policy(`@id("x") permit (principal in ValetKey::Group::"readers", ${request}, resource);`),
    'policies/more.cedar:1',
    /'readers' does not start/,
  ],
  [
    'another broker',
    policy(
      '@id("x") permit (principal, action == ValetKey::Action::"audit", resource == ValetKey::Broker::"b");',
    ),
    'policies/more.cedar:1',
    /Broker::"broker"/,
  ],
];

describe('the compiler', () => {
  test.each(MISTAKES)('reports %s, with its place and what to do', (_, changes, place, says) => {
    const bundle = compileBundle(files(changes), language);
    if (bundle.ok) throw new Error('it compiled');
    const lines = bundle.error.map(({ file, line, message }) => `${file}:${line}: ${message}`);
    const there = lines.filter((line) => line.startsWith(place));
    expect(there).toContainEqual(expect.stringMatching(says));
  });

  test('reports all mistakes at once', () => {
    const changes = {
      ...read('low', 'none'),
      'issuers.yaml': ISSUERS.replace('https://ci', 'http://ci'),
    };
    const bundle = compileBundle(files(changes), language);
    expect(bundle.ok ? 0 : bundle.error.length).toBe(2);
  });

  test('lists the policies of the bundle to a case that expects another', () => {
    const changes = {
      'policies/more.cedar': PERMIT_READ.replace('read-is-fine', 'more'),
      'cases/a.yaml': `- name: a
  principal: { issuer: people, subject: ana }
  request: { entitlement: read, parameters: { prefix: a }, durationSeconds: 60 }
  context: { mfa: false, sourceIp: 10.0.0.1, now: '2026-11-23T10:00:00Z' }
  expect: { outcome: deny, policies: [gone] }
`,
    };
    expect(compileBundle(files(changes), language)).toMatchObject({
      error: [
        {
          message:
            "case 'a': expect.policies.0: policy 'gone' does not exist; the bundle has: read-is-fine, more",
        },
      ],
    });
  });

  test('accepts an Allow of everything if role chaining is denied without a condition', () => {
    const text = READ.replace("['s3:GetObject']", "'*'");
    const deny = `${text}  - { Effect: Deny, Action: 'sts:AssumeRole', Resource: '*' }\n`;
    expect(compiled(files({ 'entitlements/read.yaml': deny })).entitlements['read']).toBeDefined();
    const halfDeny = deny.replace(
      "Resource: '*' }",
      "Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }",
    );
    expect(compileBundle(files({ 'entitlements/read.yaml': halfDeny }), language).ok).toBe(false);
  });
});
