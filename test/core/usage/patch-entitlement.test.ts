import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { patchEntitlement, unifiedDiff } from '../../../core/usage/patch-entitlement.ts';
import { type Change, HEAD, patched, statementsIn, text, withAction, without } from './patched.ts';

describe('lines that do not change stay as they are', () => {
  test.each([
    [
      'a list on lines of its own',
      `  # First.
  - Effect: Allow
    Action:
      # Reading.
      - s3:GetObject   # downloads
      - "s3:PutObject" # uploads
      - 's3:ListBucket'
    Resource:   arn:aws:s3:::acme/*
`,
      `  # First.
  - Effect: Allow
    Action:
      # Reading.
      - s3:GetObject   # downloads
      - 's3:ListBucket'
    Resource:   arn:aws:s3:::acme/*
`,
    ],
    [
      'a list in brackets',
      `  - { Effect: Allow, Action: ['s3:GetObject',  s3:PutObject, "s3:ListBucket"], Resource: '*' } # all\n`,
      `  - { Effect: Allow, Action: ['s3:GetObject',  "s3:ListBucket"], Resource: '*' } # all\n`,
    ],
    [
      'the last of a list in brackets of several lines',
      `  - Effect: Allow
    Action: [
      s3:GetObject, # downloads
      s3:PutObject,
    ]
    Resource: '*'
`,
      `  - Effect: Allow
    Action: [
      s3:GetObject, # downloads
    ]
    Resource: '*'
`,
    ],
    [
      'a statement, with the comments about it',
      `  # Uploads.
  # They are rare.
  - Effect: Allow
    Action: s3:PutObject # one
    Resource: '*'
    # Until the move is done.

  # Downloads.
  - Effect: Allow
    Action: s3:GetObject
    Resource: '*'
`,
      `
  # Downloads.
  - Effect: Allow
    Action: s3:GetObject
    Resource: '*'
`,
    ],
    [
      'the last statement',
      `  - Effect: Allow
    Action: s3:GetObject
    Resource: '*'
  - Effect: Allow
    Action:
      - s3:PutObject
    Resource: '*'
# After it.
`,
      `  - Effect: Allow
    Action: s3:GetObject
    Resource: '*'
# After it.
`,
    ],
    [
      'a pasted policy that loses all of its statements',
      `  - Version: '2012-10-17'
    Statement:
      - { Effect: Allow, Action: s3:PutObject, Resource: '*' }
  - Version: '2012-10-17'
    Statement:
      - { Sid: Keep, Effect: Allow, Action: s3:GetObject, Resource: '*' }
      - { Effect: Allow, Action: s3:PutObject, Resource: '*' }
`,
      `  - Version: '2012-10-17'
    Statement:
      - { Sid: Keep, Effect: Allow, Action: s3:GetObject, Resource: '*' }
`,
    ],
    [
      'a pasted policy of one statement that is no list',
      `  # Uploads.
  - Version: '2012-10-17'
    Statement: { Effect: Allow, Action: s3:PutObject, Resource: '*' }
  - { Sid: Keep, Effect: Allow, Action: [s3:GetObject, s3:PutObject], Resource: '*' }
`,
      `  - { Sid: Keep, Effect: Allow, Action: [s3:GetObject], Resource: '*' }
`,
    ],
    [
      'a pasted policy of two statements, both of which go, and a statement beside pasted policies',
      `  - Version: '2012-10-17'
    Statement:
      - { Effect: Allow, Action: s3:PutObject, Resource: 'arn:aws:s3:::a/*' }
      - { Effect: Allow, Action: s3:PutObject, Resource: 'arn:aws:s3:::b/*' }
  - { Effect: Allow, Action: s3:PutObject, Resource: '*' }
  - Version: '2012-10-17'
    Statement:
      - { Effect: Allow, Action: s3:PutObject, Resource: '*' }
      - { Sid: One, Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::a/*' }
      - { Sid: Two, Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::a/*' }
`,
      `  - Version: '2012-10-17'
    Statement:
      - { Sid: One, Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::a/*' }
      - { Sid: Two, Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::a/*' }
`,
    ],
    [
      'two of three statements, and an action of the third',
      `  - { Sid: One, Effect: Allow, Action: s3:PutObject, Resource: 'arn:aws:s3:::a/*' }
  # Two.
  - { Sid: Two, Effect: Allow, Action: [s3:PutObject, s3:GetObject], Resource: 'arn:aws:s3:::b/*' }
  # Three.
  - Sid: Three
    Effect: Allow
    Action: [s3:PutObject]
    Resource: 'arn:aws:s3:::c/*'
`,
      `  # Two.
  - { Sid: Two, Effect: Allow, Action: [s3:GetObject], Resource: 'arn:aws:s3:::b/*' }
`,
    ],
    [
      'what nobody asked to change, however it is written',
      `  - { Effect: Allow, Action: [s3:PutObject, s3:GetObject], Resource: [ "*" ,'arn:aws:s3:::a/*' ] }
  - Effect: Deny
    NotAction: 's3:*'
    NotResource: >-
      arn:aws:s3:::a/*
`,
      `  - { Effect: Allow, Action: [s3:GetObject], Resource: [ "*" ,'arn:aws:s3:::a/*' ] }
  - Effect: Deny
    NotAction: 's3:*'
    NotResource: >-
      arn:aws:s3:::a/*
`,
    ],
  ])('%s', (_, before, after) => {
    const change: Change = (one, index) =>
      one.Action === undefined ? one : without('s3:PutObject')(one, index);
    expect(patched(text(before), change)).toEqual({
      ok: true,
      value: text(after),
    });
  });
});

describe('a wildcard becomes a list', () => {
  const by = { 's3:Get*': ['s3:GetObject', 's3:GetObjectTagging'] };
  test.each([
    ['Action: s3:Get* # some', 'Action: [s3:GetObject, s3:GetObjectTagging] # some'],
    ["Action: 's3:Get*'", "Action: ['s3:GetObject', 's3:GetObjectTagging']"],
    ['Action: "s3:Get*"', 'Action: ["s3:GetObject", "s3:GetObjectTagging"]'],
    [
      'Action: [s3:PutObject, s3:Get*, s3:ListBucket]',
      'Action: [s3:GetObject, s3:GetObjectTagging, s3:ListBucket]',
    ],
    ['Action: [s3:Get*, s3:PutObject]', 'Action: [s3:GetObject, s3:GetObjectTagging]'],
    [
      'Action:\n      - s3:Get* # some\n      - s3:ListBucket',
      'Action:\n      - s3:GetObject # some\n      - s3:GetObjectTagging\n      - s3:ListBucket',
    ],
  ])('%j', (before, after) => {
    const whole = (action: string) => text(`  - Effect: Allow\n    ${action}\n    Resource: '*'\n`);
    expect(patched(whole(before), without('s3:PutObject', by))).toEqual({
      ok: true,
      value: whole(after),
    });
  });

  const long = Array.from({ length: 8 }, (_, index) => `s3:GetObjectNumber${index}`);
  const lines = long.map((action) => `\n      - ${action}`).join('');
  test.each([
    [' s3:Get*', lines],
    ['   s3:Get*', lines],
    [" 's3:Get*'", long.map((action) => `\n      - '${action}'`).join('')],
    [' &reading s3:Get*', ` &reading${lines}`],
    [' # reads\n      s3:Get*', ` # reads${long.map((one) => `\n        - ${one}`).join('')}`],
    // The comment is about all of them.
    [' s3:Get* # reads', ` [${long.join(', ')}] # reads`],
  ])('%j, on lines of its own where one would be too long', (before, after) => {
    expect(patched(withAction(before), without('', { 's3:Get*': long }))).toEqual({
      ok: true,
      value: withAction(after),
    });
  });

  test('on lines of its own within the columns of its statement, where its key comes first', () => {
    const whole = (action: string) =>
      text(`  - Action:${action}\n    Effect: Allow\n    Resource: '*'\n`);
    expect(patched(whole(' s3:Get*'), without('', { 's3:Get*': long }))).toEqual({
      ok: true,
      value: whole(lines),
    });
  });

  test('within braces on the same line, however long it gets', () => {
    const whole = (action: string) =>
      text(`  - { Effect: Allow, Action: ${action}, Resource: '*' }\n`);
    expect(patched(whole('s3:Get*'), without('', { 's3:Get*': long }))).toEqual({
      ok: true,
      value: whole(`[${long.join(', ')}]`),
    });
  });

  test.each([
    [100, (list: string) => ` [${list}]`],
    [101, () => null],
  ])('a line may have %i columns', (columns, inOneLine) => {
    const two = ['s3:GetObject', `s3:Get${'x'.repeat(columns - 34)}`];
    const after = inOneLine(two.join(', ')) ?? two.map((one) => `\n      - ${one}`).join('');
    expect(`    Action: [${two.join(', ')}]`).toHaveLength(columns);
    expect(patched(withAction(' s3:Get*'), without('', { 's3:Get*': two }))).toEqual({
      ok: true,
      value: withAction(after),
    });
  });

  test.each([
    [' [s3:Get*, s3:GetObject]', ' [s3:GetObjectTagging, s3:GetObject]'],
    [
      '\n      - s3:Get*\n      - s3:GetObject # downloads',
      '\n      - s3:GetObjectTagging\n      - s3:GetObject # downloads',
    ],
    [
      ' [s3:GetObject, s3:GetObject, s3:Get*]',
      ' [s3:GetObject, s3:GetObject, s3:GetObjectTagging]',
    ],
    [' [s3:GetObject, s3:getobject, s3:PutObject]', ' [s3:GetObject]'],
  ])('%j, where an action of it stands in the list already', (before, after) => {
    const change: Change = (one) => ({
      ...one,
      Action: before.includes('*') ? by['s3:Get*'] : ['s3:GetObject'],
    });
    expect(patched(withAction(before), change)).toEqual({ ok: true, value: withAction(after) });
  });
});

test('a resource is replaced in its quotes', () => {
  const to = 'arn:aws:s3:::acme/{{p}}/releases/*';
  const parameters = "parameters: { p: { pattern: '[a-z]', description: P } }\n";
  const whole = (resource: string) =>
    `${parameters}${text(`  - { Effect: Allow, Action: s3:GetObject, Resource: [${resource}] }\n`)}`;
  const narrow: Change = (statement) => ({ ...statement, Resource: ['arn:aws:s3:::acme', to] });
  expect(patched(whole(`arn:aws:s3:::acme, "arn:aws:s3:::acme/{{p}}/*"`), narrow)).toEqual({
    ok: true,
    value: whole(`arn:aws:s3:::acme, "${to}"`),
  });
});

test.each([
  ['[arn:aws:s3:::acme/*]', "['arn:aws:s3:::acme/{{p}}/*']"],
  ['arn:aws:s3:::acme/*', "'arn:aws:s3:::acme/{{p}}/*'"],
  ["'arn:aws:s3:::acme/*'", "'arn:aws:s3:::acme/{{p}}/*'"],
])('within braces, %s gets the quotes that a parameter needs', (before, after) => {
  const parameters = "parameters: { p: { pattern: '[a-z]', description: P } }\n";
  const whole = (resource: string) =>
    `${parameters}${text(`  - { Effect: Allow, Action: s3:GetObject, Resource: ${resource} }\n`)}`;
  const narrow: Change = (one) => ({ ...one, Resource: ['arn:aws:s3:::acme/{{p}}/*'] });
  expect(patched(whole(before), narrow)).toEqual({ ok: true, value: whole(after) });
});

test.each([
  ['arn:aws:s3:::acme/{{p}}/*', 'arn:aws:s3:::acme/{{p}}/*'],
  ["arn:aws:s3:::acme/it's/*", "'arn:aws:s3:::acme/it''s/*'"],
  ['arn:aws:s3:::acme/a #b/*', "'arn:aws:s3:::acme/a #b/*'"],
  ['arn:aws:s3:::acme/a: b/*', "'arn:aws:s3:::acme/a: b/*'"],
])('on a line of its own, %s is written with the quotes that it needs', (to, as) => {
  const whole = (resource: string) =>
    `parameters: { p: { pattern: '[a-z]', description: P } }
${text(`  - Effect: Allow
    Action: s3:GetObject
    Resource:
      - arn:aws:s3:::acme # the bucket
      - ${resource} # its objects
`)}`;
  const narrow: Change = (one) => ({ ...one, Resource: ['arn:aws:s3:::acme', to] });
  expect(patched(whole('arn:aws:s3:::acme/*'), narrow)).toEqual({ ok: true, value: whole(as) });
});

test('a list in brackets gets the quotes that a parameter needs there, wherever it stands', () => {
  const whole = (resource: string) =>
    `parameters: { p: { pattern: '[a-z]', description: P } }
${text(`  - Effect: Allow
    Action: s3:GetObject
    Resource: [arn:aws:s3:::acme, ${resource}]
`)}`;
  const to = 'arn:aws:s3:::acme/{{p}}/*';
  const narrow: Change = (one) => ({ ...one, Resource: ['arn:aws:s3:::acme', to] });
  expect(patched(whole('arn:aws:s3:::acme/*'), narrow)).toEqual({
    ok: true,
    value: whole(`'${to}'`),
  });
});

test('the case of a resource counts: a narrower one stands where the one was that covers it', () => {
  const whole = (capital: string, small: string) =>
    text(`  - Effect: Allow
    Action: s3:GetObject
    Resource:
      - ${capital} # capitals
      - ${small} # small
`);
  const [capital, small] = ['arn:aws:s3:::acme/A/1/*', 'arn:aws:s3:::acme/a/1/*'];
  const narrow: Change = (one) => ({ ...one, Resource: [capital, small] });
  expect(patched(whole('arn:aws:s3:::acme/A/*', 'arn:aws:s3:::acme/a/*'), narrow)).toEqual({
    ok: true,
    value: whole(capital, small),
  });
});

test('lines may end as on Windows', () => {
  const before = text(
    '  - Effect: Allow\n    Action:\n      - s3:Get*\n      - s3:PutObject\n    Resource: "*"\n',
  );
  const found = patched(
    before.replaceAll('\n', '\r\n'),
    without('s3:PutObject', { 's3:Get*': ['s3:GetObject', 's3:GetObjectAcl'] }),
  );
  const after =
    '  - Effect: Allow\n    Action:\n      - s3:GetObject\n      - s3:GetObjectAcl\n    Resource: "*"\n';
  expect(found).toEqual({ ok: true, value: text(after).replaceAll('\n', '\r\n') });
});

test('new lines end as those around them do', () => {
  const description = 'description: "One.\r\n  Two."\n';
  const before = `${description}${withAction('\n      - s3:Get*')}`;
  const after = `${description}${withAction('\n      - s3:GetObject\n      - s3:GetObjectAcl')}`;
  const change = without('', { 's3:Get*': ['s3:GetObject', 's3:GetObjectAcl'] });
  expect(patched(before, change)).toEqual({ ok: true, value: after });
});

describe('a last line without a line break stays one', () => {
  const last = (actions: string) =>
    `${HEAD}statements:\n  - Effect: Allow\n    Resource: '*'\n    Action:${actions}`;
  test.each([
    ['\n      - s3:GetObject # a\n      - s3:PutObject', '\n      - s3:GetObject # a'],
    ['\n      - s3:GetObject\n      - s3:PutObject # b', '\n      - s3:GetObject'],
    [
      '\n      - s3:GetObject\n      - s3:PutObject\n      # b\n        # c',
      '\n      - s3:GetObject\n      # b\n        # c',
    ],
    ['\n      - s3:PutObject\n      - s3:GetObject', '\n      - s3:GetObject'],
    ['\n      - s3:Get*', '\n      - s3:GetObject\n      - s3:GetObjectAcl'],
    [' s3:Get*', ' [s3:GetObject, s3:GetObjectAcl]'],
  ])('%j', (before, after) => {
    const change = without('s3:PutObject', { 's3:Get*': ['s3:GetObject', 's3:GetObjectAcl'] });
    expect(patched(last(before), change)).toEqual({ ok: true, value: last(after) });
    expect(patched(last(before).replaceAll('\n', '\r\n'), change)).toEqual({
      ok: true,
      value: last(after).replaceAll('\n', '\r\n'),
    });
    const withBreak = `${last(before)}\n`;
    expect(patched(withBreak, change)).toEqual({ ok: true, value: `${last(after)}\n` });
  });
});

test.each([
  ['in one line', undefined],
  ['with two blanks a level', 2],
  ['with tabs', '\t'],
])('a file of JSON stays one, %s', (_, indent) => {
  const whole = (...actions: readonly (readonly string[])[]) => {
    const statements = actions.map((Action) => ({ Effect: 'Allow', Action, Resource: '*' }));
    const target = 'arn:aws:iam::{{account}}:role/e';
    const data = { id: 'e', title: 'E', risk: 'low', target, maxDuration: '1h', statements };
    return JSON.stringify(data, null, indent);
  };
  const before = whole(
    ['s3:PutObject', 's3:GetObject'],
    ['s3:PutObject'],
    ['s3:ListBucket', 's3:PutObject'],
    ['s3:PutObject'],
  );
  expect(patched(before, without('s3:PutObject'))).toEqual({
    ok: true,
    value: whole(['s3:GetObject'], ['s3:ListBucket']),
  });
});

test('a mark of the byte order moves nothing', () => {
  expect(
    patched(`\uFEFF${withAction(' [s3:PutObject, s3:GetObject]')}`, without('s3:PutObject')),
  ).toEqual({
    ok: true,
    value: `\uFEFF${withAction(' [s3:GetObject]')}`,
  });
});

describe('a file is left to people', () => {
  const drop = without('s3:PutObject', { 's3:Get*': ['s3:GetObject', 's3:GetObjectAcl'] });
  const first: Change = (one, index) => (index === 0 ? drop(one, index) : one);
  const one = (action: string) => `  - { Effect: Allow, Action: ${action}, Resource: '*' }\n`;
  test.each<[string, string, Change]>([
    [
      'in which another statement has the same list by an alias',
      `  - { Effect: Allow, Action: &all [s3:GetObject, s3:PutObject], Resource: 'arn:aws:s3:::a/*' }
  - { Effect: Deny, Action: *all, Resource: 'arn:aws:s3:::b/*' }
`,
      first,
    ],
    [
      'in which a statement that stays is an alias of one that goes',
      "  - &one { Effect: Allow, Action: [s3:PutObject], Resource: '*' }\n  - *one\n",
      first,
    ],
    [
      'in which an action that stays is an alias of one that goes',
      `${one('[&put s3:PutObject, s3:GetObject]')}${one('[*put]')}`,
      first,
    ],
    [
      'in which a list has an alias among its actions',
      `${one('&get s3:GetObject')}${one('[*get, s3:PutObject]')}`,
      drop,
    ],
    [
      'in which the list to change is an alias',
      `${one('&all [s3:GetObject, s3:PutObject]')}${one('*all')}`,
      drop,
    ],
    [
      'in which a statement takes its actions from another one by a merge',
      `  - &one { Effect: Allow, Action: [s3:GetObject, s3:PutObject], Resource: '*' }
  - { <<: *one, Resource: 'arn:aws:s3:::b/*' }
`,
      (one, index) => (index === 1 ? drop(one, index) : one),
    ],
    ['in which a tag says what the action is', one('!!str s3:Get*'), drop],
    ['in which the action is a block of text', withBlock('>- # reads\n      s3:Get*'), drop],
    [
      'in which an action of the list is a block of text',
      withBlock('\n      - |- # reads\n        s3:Get*'),
      drop,
    ],
    [
      'in which a pasted policy is an alias of another one',
      `  - &policy
    Version: '2012-10-17'
    Statement: [{ Effect: Allow, Action: [s3:GetObject, s3:PutObject], Resource: '*' }]
  - *policy
`,
      drop,
    ],
    [
      'if a resource would be another one',
      "  - { Effect: Allow, Action: s3:GetObject, Resource: ['arn:aws:s3:::a/*', 'arn:aws:s3:::b/*'] }\n",
      (one) => ({ ...one, Resource: ['arn:aws:s3:::a/*', 'arn:aws:s3:::c/*'] }),
    ],
    [
      'if a resource that goes is not all that changes',
      "  - { Effect: Allow, Action: s3:GetObject, Resource: ['arn:aws:s3:::a/*', 'arn:aws:s3:::b/*'] }\n",
      (one) => ({ ...one, Resource: ['arn:aws:s3:::a/*', '*'] }),
    ],
    ['that would have no statement', one('s3:PutObject'), drop],
    [
      'if something else than actions and resources changes',
      one('s3:GetObject'),
      (one) => ({ ...one, Effect: 'Deny' }),
    ],
    [
      'if a statement gets wider',
      one('s3:GetObject'),
      (one) => ({ ...one, Action: ['s3:GetObject', 's3:PutObject'] }),
    ],
    [
      'if a statement gets resources that it does not have',
      "  - { Effect: Allow, Action: s3:GetObject, NotResource: 'arn:aws:s3:::a/*' }\n",
      ({ NotResource: _, ...one }) => ({ ...one, Resource: ['arn:aws:s3:::b/*'] }),
    ],
  ])('%s', (_, before, change) => {
    expect(patched(text(before), change)).toEqual({
      ok: false,
      error:
        'entitlements/e.yaml cannot be changed in place, because of how its statements are written (anchors, for example); change it by hand',
    });
  });

  function withBlock(action: string): string {
    return `  - Effect: Allow\n    Action: ${action}\n    Resource: '*'\n`;
  }

  test.each([' >- # reads\n      s3:Get*', '\n      - |- # reads\n        s3:Get*'])(
    'in which the last line is of a block of text, whose comment would go: %j',
    (action) => {
      const before = `${HEAD}statements:\n  - Effect: Allow\n    Resource: '*'\n    Action:${action}\n`;
      expect(patched(before, without('', { 's3:Get*': ['s3:GetObject'] }))).toMatchObject({
        ok: false,
      });
    },
  );

  test('if there are fewer statements than it has', () => {
    const before = text(`${one('s3:GetObject')}${one('s3:ListBucket')}`);
    const [kept = null] = statementsIn(before);
    expect(patchEntitlement('e.yaml', before, [kept])).toMatchObject({ ok: false });
  });

  test.each([
    ['no entitlement', 'id: e\n'],
    ['no YAML', 'id: [\n'],
    ['an alias of nothing', 'id: *nothing\n'],
  ])('if it is %s', (_, before) => {
    expect(patchEntitlement('e.yaml', before, [])).toEqual({
      ok: false,
      error: 'e.yaml is not a valid entitlement',
    });
  });
});

describe('the difference', () => {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-patch-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const example = 'entitlements/database-admin.yaml';
  const before = readFileSync(`policy/${example}`, 'utf8');
  const crlf = before.replaceAll('\n', '\r\n');

  test.each([
    ['git apply', ['git', 'apply', '-'], example, before],
    ['patch -p1', ['patch', '-p1'], example, before],
    ['git apply, with lines as on Windows', ['git', 'apply', '-'], example, crlf],
    ['git apply, without a last line break', ['git', 'apply', '-'], example, before.trimEnd()],
    ['patch -p1, without a last line break', ['patch', '-p1'], example, before.trimEnd()],
    ...['my file', ' a  b ', 'a 2026-01-01', 'f\u00FCr', 'a"b', 'a\\b'].flatMap(
      (name): [string, string[], string, string][] => [
        [`git apply, as ${name}`, ['git', 'apply', '-'], `entitlements/${name}.yaml`, before],
        [`patch -p1, as ${name}`, ['patch', '-p1'], `entitlements/${name}.yaml`, before],
      ],
    ),
  ])('is taken by %s', (name, [program = '', ...args], file, was) => {
    const bundle = join(folder, name.replaceAll(/\W/g, '-'));
    mkdirSync(dirname(join(bundle, file)), { recursive: true });
    writeFileSync(join(bundle, file), was);
    const now = patched(was, without('dynamodb:DeleteItem'), file);
    if (!now.ok) throw new Error(now.error);
    const difference = unifiedDiff(file, was, now.value);
    // Outside of a repository, so that git takes the folder as the root.
    const env = { ...process.env, GIT_CEILING_DIRECTORIES: folder };
    execFileSync(program, args, { cwd: bundle, input: difference, env });
    expect(readFileSync(join(bundle, file), 'utf8')).toBe(now.value);
    expect(difference.split('\n').filter((line) => /^[-+][^-+]/.test(line))).toHaveLength(1);
  });

  test('has lines that begin with hyphens as they are', () => {
    expect(unifiedDiff('e.yaml', 'a\n-- b c\nd\n', 'a\nd\n')).toBe(
      '--- a/e.yaml\n+++ b/e.yaml\n@@ -1,3 +1,2 @@\n a\n--- b c\n d\n',
    );
  });

  test('names the file before and after, and has three lines around what changes', () => {
    const lines = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((one) => `${one}\n`);
    const [was, now] = [lines.join(''), lines.toSpliced(4, 1).join('')];
    expect(unifiedDiff('entitlements/e.yaml', was, now)).toBe(
      '--- a/entitlements/e.yaml\n+++ b/entitlements/e.yaml\n@@ -2,7 +2,6 @@\n 2\n 3\n 4\n-5\n 6\n 7\n 8\n',
    );
  });
});
