import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chainedRoleArns } from '../../../core/entitlement.ts';
import { compileBundle } from '../../../core/policy/compile-bundle.ts';
import { compiled, files, ISSUERS, language, READ } from '../../support/bundles.ts';

/** The mistakes as `line: message`, all of them in the same file. */
function mistakesIn(text: string): readonly string[] {
  const bundle = compileBundle(files({ 'entitlements/read.yaml': text }), language);
  if (bundle.ok) throw new Error('it compiled');
  expect(new Set(bundle.error.map(({ file }) => file))).toEqual(
    new Set(['entitlements/read.yaml']),
  );
  return bundle.error.map(({ line, message }) => `${line}: ${message}`);
}

const change = (from: string, to: string): string => {
  expect(READ).toContain(from);
  return READ.replace(from, to);
};
const more = (text: string): string => `${READ}${text}\n`;
const pattern = (text: string): string => change('[a-z0-9/]{1,20}', text);
const resource = (text: string): string => change('acme/{{prefix}}/*', text);

const OTHER_ROLE = 'arn:aws:iam::{{account}}:role/other';

type Case = readonly [what: string, text: string, says: RegExp];

const SHAPE: readonly Case[] = [
  ['nothing at all', '', /^1: /],
  ['a list', '- a\n', /^1: /],
  ['a tab for indentation', change('  prefix:', '\tprefix:'), /^8: /],
  ['a key twice', more('risk: high'), /^11: .*unique/],
  ['a second document', more('---\nid: second'), /^11: .*document/],
  ['an unknown alias', change('risk: low', 'risk: *low'), /alias.*low/],
  ['a scope', more('scope: { actions: [] }'), /^11: scope: is not a known field/],
  ['an unknown field of a parameter', change('description: P', 'max: 3, description: P'), /^8: /],
  ['an unknown field of a statement', change('{ Effect', '{ Sod: a, Effect'), /^10: .*Sod.*field/],
  ['a Sid that is not text', change('{ Effect', '{ Sid: 7, Effect'), /^10: .*Sid: must be text/],
  ['an unknown field of the approval', more("approval: { approver: ['people:x'] }"), /^11: .*appr/],
  ['no id', change('id: read\n', ''), /^1: id: is missing; it must be text/],
  ['no statements', change(/^ {2}- .*$/m.exec(READ)?.[0] ?? '', '  []'), /^9: /],
  ['a duration in seconds', change('8h', '28800'), /^6: maxDuration: .*90s, 15m, 8h or 7d/],
  ['a duration of nothing', change('8h', '0s'), /^6: maxDuration/],
  [
    'a session below 15 minutes',
    more('sessionDuration: 899s'),
    /^11: sessionDuration: .*15m to 1h/,
  ],
  ['a session above an hour', more('sessionDuration: 61m'), /^11: sessionDuration: .*15m to 1h/],
  ['a session without a unit', more('sessionDuration: 900'), /^11: sessionDuration: is not a dur/],
  ['an id that is too long', change('id: read', `id: ${'r'.repeat(64)}`), /^1: id: .*at most 63/],
  [
    'a group with a control character',
    more('approval: { approvers: ["people:a\\u0001"] }'),
    /^11: approval.approvers.0: has a line break, another control character/,
  ],
  ['a label in capitals', change('[data]', '[Data]'), /^4: labels/],
  ['a word for a boolean', more('breakGlass: yes'), /^11: breakGlass/],
  ['an unknown network', more('network: office'), /^11: network: write one of: bind, any/],
  [
    'a chained role that is not a role',
    more("chainedRoles: ['arn:x']"),
    /^11: chainedRoles\.0: is not the ARN of one IAM role/,
  ],
  [
    'roles that nobody listed',
    more(
      `  - { Effect: Allow, Action: 'sts:AssumeRole', Resource: ['${OTHER_ROLE}', '${OTHER_ROLE}-2'] }`,
    ),
    /^9: statements: allow sts:AssumeRole on arn:\S+role\/other, arn:\S+role\/other-2, where the kill switch has no effect; list the roles under chainedRoles and in Resource, or add \{ Effect: Deny, Action: "sts:AssumeRole", Resource: "\*" \}$/,
  ],
  [
    'a chained role that no statement allows it to assume',
    more(`chainedRoles: ['${OTHER_ROLE}']`),
    /^11: chainedRoles: lists roles that no statement allows/,
  ],
];

const PARTITION: readonly Case[] = [
  [
    'a target of the partition that the target names',
    change('arn:aws:iam', 'arn:{{partition}}:iam'),
    /^5: target: names no partition, .*write aws/,
  ],
  [
    'a target in capitals',
    change('arn:aws:iam', 'arn:AWS:iam'),
    /^5: target: is not the ARN of one IAM role/,
  ],
  [
    'a chained role of another placeholder',
    more("chainedRoles: ['arn:{{p}}:iam::{{account}}:role/other']"),
    /^11: chainedRoles\.0: is not the ARN/,
  ],
];

const STATEMENTS: readonly Case[] = [
  ['an effect in lower case', change('Allow', 'allow'), /^10: .*Allow, Deny/],
  ['no resource', change(", Resource: 'arn:aws:s3:::acme/{{prefix}}/*'", ''), /^10: .*Resource/],
  ['an empty list of actions', change("['s3:GetObject']", '[]'), /^10: /],
  ['a placeholder in an action', change('s3:GetObject', 's3:{{prefix}}'), /^10: .*service:Action/],
  ['a wildcard for the service', change('s3:GetObject', 's?s:AssumeRole'), /^10: .*service:Action/],
  ['a resource that is not an ARN', change('arn:aws:s3:::acme', 'acme'), /^10: .*ARN/],
  [
    'an unknown placeholder',
    resource('{{prefix}}/{{user}}'),
    /^10: .*\{\{user\}\} is not a known placeholder/,
  ],
  [
    'spaces in a placeholder',
    resource('{{ prefix }}'),
    /^10: .*\{\{ prefix \}\} is not a known placeholder/,
  ],
  ['a placeholder right after a dollar', resource('${{prefix}}'), /^10: .*IAM policy variable/],
  [
    'a placeholder in an IAM variable',
    resource('${aws:PrincipalTag/{{prefix}}}'),
    /^10: .*IAM policy variable/,
  ],
  [
    'a placeholder in an IAM variable that is not closed',
    resource('${aws:{{prefix}}'),
    /^10: .*IAM policy variable/,
  ],
  ['a placeholder that is not closed', resource('{{prefix}}/{{prefix}/*'), /^10: .*\{\{/],
  ['a placeholder that is not opened', resource('{{prefix}}/{prefix}}/*'), /^10: .*\}\}/],
  [
    'an unknown placeholder in a condition',
    change("/*' }", "/*', Condition: { StringLike: { 's3:prefix': ['a', '{{b}}'] } } }"),
    /^10: .*\{\{b\}\} is not a known placeholder/,
  ],
  [
    'a placeholder for a condition key',
    change("/*' }", "/*', Condition: { StringLike: { '{{prefix}}': a } } }"),
    /^10: .*condition key/,
  ],
];

const PARAMETERS: readonly Case[] = [
  ['a parameter without a description', change(', description: Prefix', ''), /^8: .*description/],
  ['a parameter in capitals', change('  prefix:', '  Prefix:'), /^8: .*is not a valid name/],
  ['a pattern that is not a regular expression', pattern('[a-z'), /^8: .*regular expression/],
  ['a pattern that breaks out of its anchors', pattern('a)|(?:b'), /^8: .*regular expression/],
  ['a pattern of a wildcard', pattern('\\*'), /^8: .*no character that a value may contain/],
  [
    'a pattern of nothing but a path trick',
    pattern('//'),
    /^8: .*has '\/\/' as its simplest match, but a value may not/,
  ],
  ['a pattern that matches nothing', pattern('a^b'), /^8: .*'ab' .* but a value must match/],
  ['a pattern that looks ahead', pattern('(?=a)a'), /^8: .*not supported/],
  ['a pattern that refers back', pattern('(a)\\1'), /^8: .*not supported/],
  ['values with a wildcard', change("pattern: '[a-z0-9/]{1,20}'", "enum: ['a*']"), /^8: /],
  ['values with a variable', change("pattern: '[a-z0-9/]{1,20}'", "enum: ['${a}']"), /^8: /],
  ['a region among the parameters', change('  prefix:', '  region:'), /^8: .*is built in/],
  [
    'a pattern that is none, and the field that has it',
    pattern('[a-z'),
    /^8: parameters\.prefix\.pattern: /,
  ],
  [
    'a parameter that no statement uses',
    change('{{prefix}}/', ''),
    /^8: parameters\.prefix: is not used in any statement; write \{\{prefix\}\} where the value belongs, or remove it$/,
  ],
];

const APPROVAL: readonly Case[] = [
  ['no approver', more('approval: { approvers: [] }'), /^11: approval.approvers/],
  [
    'approval by no vote',
    more("approval: { required: 0, approvers: ['people:a'] }"),
    /^11: .*requ/,
  ],
  [
    'an approver without an issuer',
    more('approval: { approvers: [boss] }'),
    /^11: .*'people:platform'/,
  ],
  [
    'a second tier of an unknown issuer',
    more("approval:\n  approvers: ['people:a']\n  escalateTo: ['people:a', 'pepole:b']"),
    /^13: approval.escalateTo.1: 'pepole:b'.*people, github/,
  ],
  [
    'a reminder without a unit',
    more("approval:\n  approvers: ['people:a']\n  remindAfter: '15'"),
    /^13: approval.remindAfter/,
  ],
];

const JOB: readonly Case[] = [
  [
    'a job of a claim that no issuer reads',
    more('job: [ref, run_id]'),
    /^11: job\.1: 'run_id' is not in the tags of a Workload issuer \(they are: ref, protected\)/,
  ],
  ['a job of a claim of people', more('job: [email]'), /^11: job\.0: 'email' is not in the tags/],
  ['a job in other capitals', more('job: [Ref]'), /^11: job\.0: 'Ref' is not in the tags/],
];

describe('an entitlement', () => {
  test.each([...SHAPE, ...PARTITION, ...STATEMENTS, ...PARAMETERS, ...APPROVAL, ...JOB])(
    'with %s is refused at its line',
    (_, text, says) => {
      expect(mistakesIn(text)).toContainEqual(expect.stringMatching(says));
    },
  );

  test('may be bound only to claims that one Workload issuer reads together', () => {
    const gitlab =
      '  - { id: gitlab, type: Workload, url: https://gl.acme.example, audience: valetkey, subject: [id], name: id, tags: [job_id] }\n';
    const bound = (job: string, issuers = ISSUERS) =>
      compileBundle(
        files({ 'entitlements/read.yaml': more(job), 'issuers.yaml': issuers }),
        language,
      );
    expect(bound('job: [ref, protected]').ok).toBe(true);
    expect(bound('job: []').ok).toBe(true);
    expect(bound('job: []', ISSUERS.replace(/ {2}- \{ id: github.*\n/, '')).ok).toBe(true);
    expect(bound('job: [job_id]', ISSUERS + gitlab).ok).toBe(true);
    expect(bound('job: [ref, job_id]', ISSUERS + gitlab)).toMatchObject({
      error: [
        {
          file: 'entitlements/read.yaml',
          line: 11,
          message: expect.stringContaining('no Workload issuer has all of ref, job_id in its tags'),
        },
      ],
    });
    const onlyPeople = ISSUERS.replace(/ {2}- \{ id: github.*\n/, '').replace(
      'name: email,',
      'name: email, tags: [ref],',
    );
    expect(bound('job: [ref]', onlyPeople)).toMatchObject({
      error: [{ message: expect.stringContaining('(there are none)') }],
    });
    expect(bound('job: [ref]', ISSUERS.replace(', tags: [ref, protected]', ''))).toMatchObject({
      error: [{ message: expect.stringContaining('(there are none)') }],
    });
  });

  test('has one mistake for each text', () => {
    expect(mistakesIn(resource('${aws:{{prefix}}'))).toHaveLength(1);
    expect(mistakesIn(resource('{{prefix}}/{{user}}/${var.x}'))).toHaveLength(1);
  });

  test('may chain to roles of the partition of its target', () => {
    const role = 'arn:{{partition}}:iam::{{account}}:role/other';
    const text = more(
      `  - { Effect: Allow, Action: 'sts:AssumeRole', Resource: '${role}' }\nchainedRoles: ['${role}']`,
    ).replaceAll('arn:aws:', 'arn:aws-cn:');
    const { entitlements } = compiled(files({ 'entitlements/read.yaml': text }));
    const { read } = entitlements;
    if (read === undefined) throw new Error('no entitlement');
    const deployment = { account: '111122223333', region: 'cn-north-1' };
    expect(chainedRoleArns(read, deployment)).toEqual(['arn:aws-cn:iam::111122223333:role/other']);
  });

  test('may have a target that is called like its Region', () => {
    const text = change('role/valetkey/read', 'role/{{region}}');
    expect(compileBundle(files({ 'entitlements/read.yaml': text }), language).ok).toBe(true);
  });

  test('may use IAM variables beside placeholders', () => {
    const text = resource('{{prefix}}/${aws:username}/{{prefix}}/${$}{{account}}');
    expect(compileBundle(files({ 'entitlements/read.yaml': text }), language).ok).toBe(true);
  });
});

test('no name of an approvers’ group is a surprise to the compiler', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (group) => {
      const text = more(`approval: { approvers: [${JSON.stringify(`people:${group}`)}] }`);
      const bundle = compileBundle(files({ 'entitlements/read.yaml': text }), language);
      const usable = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]*$/u.test(group);
      expect(bundle.ok).toBe(usable);
    }),
    { numRuns: 30 },
  );
});
