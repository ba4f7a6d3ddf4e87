import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { entitlementFile } from '../../../core/bundle/entitlement-file.ts';
import { withStatements } from '../../../core/bundle/pasted-policy.ts';
import { readYaml } from '../../../core/bundle/yaml-file.ts';
import type { Statement } from '../../../core/entitlement.ts';
import { patchEntitlement, unifiedDiff } from '../../../core/usage/patch-entitlement.ts';

const FILE = 'entitlements/e.yaml';
const HEAD = `# Who asks for it: the platform team.
id: e
title:   'E'   # short
risk: low
target: arn:aws:iam::{{account}}:role/e
maxDuration: 1h
`;

type Change = (statement: Statement, index: number) => Statement | null;

function patched(text: string, change: Change, file = FILE) {
  const read = readYaml(file, text, entitlementFile, withStatements);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return patchEntitlement(file, text, read.value.value.statements.map(change));
}

/** Without the action of a name, and with others in place of another one. */
const without =
  (gone: string, by: Readonly<Record<string, readonly string[]>> = {}): Change =>
  (statement) => {
    const Action = (statement.Action ?? [])
      .filter((action) => action !== gone)
      .flatMap((action) => by[action] ?? [action]);
    return Action.length === 0 ? null : { ...statement, Action };
  };

function text(statements: string): string {
  return `${HEAD}statements:\n${statements}network: bind # last\n`;
}

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
      s3:GetObject,
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
  ])('%s', (_, before, after) => {
    expect(patched(text(before), without('s3:PutObject'))).toEqual({
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

  test('on lines of its own where one would be too long', () => {
    const long = Array.from({ length: 8 }, (_, index) => `s3:GetObjectNumber${index}`);
    const before = text("  - Effect: Allow\n    Action: s3:Get*\n    Resource: '*'\n");
    const after = long.map((action) => `\n      - ${action}`).join('');
    expect(patched(before, without('', { 's3:Get*': long }))).toEqual({
      ok: true,
      value: text(`  - Effect: Allow\n    Action:${after}\n    Resource: '*'\n`),
    });
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

test('a file in which another statement has the same list by an alias is left to people', () => {
  const before =
    text(`  - { Effect: Allow, Action: &all [s3:GetObject, s3:PutObject], Resource: 'arn:aws:s3:::a/*' }
  - { Effect: Deny, Action: *all, Resource: 'arn:aws:s3:::b/*' }
`);
  const change: Change = (statement, index) =>
    index === 0 ? { ...statement, Action: ['s3:GetObject'] } : statement;
  expect(patched(before, change)).toMatchObject({
    ok: false,
    error: expect.stringContaining('change it by hand'),
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
  ])('is taken by %s', (name, [program = '', ...args], file, was) => {
    const bundle = join(folder, name.replaceAll(/\W/g, '-'));
    mkdirSync(dirname(join(bundle, file)), { recursive: true });
    writeFileSync(join(bundle, file), was);
    const now = patched(was, without('dynamodb:DeleteItem'), file);
    if (!now.ok) throw new Error(now.error);
    const difference = unifiedDiff(file, was, now.value);
    expect(difference).toContain(`--- a/${file}`);
    // Outside of a repository, so that git takes the folder as the root.
    const env = { ...process.env, GIT_CEILING_DIRECTORIES: folder };
    execFileSync(program, args, { cwd: bundle, input: difference, env });
    expect(readFileSync(join(bundle, file), 'utf8')).toBe(now.value);
    expect(difference.split('\n').filter((line) => /^[-+][^-+]/.test(line))).toHaveLength(1);
  });
});
