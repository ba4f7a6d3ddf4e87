import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod';
import { readYaml } from '../../../core/bundle/yaml-file.ts';
import { cpuTime } from '../../support/cpu-time.ts';

const TEXT = `# a comment
id: one
nested:
  key: &anchor
    - first
    - second: 2

  "quoted key": { a: 1,
    b: 2 }
list:
  - name: x
  - name: y
    more: *anchor
`;

const readText = (text: string, schema: z.ZodType = z.unknown()) =>
  readYaml('f.yaml', text, schema);

function errorAt(path: readonly PropertyKey[]) {
  const read = readText(TEXT);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value.error(path, 'is wrong');
}

/** The mistakes of a text under a schema, as `line: message`. */
function mistakesIn(text: string, schema: z.ZodType): readonly string[] {
  const read = readText(text, schema);
  return read.ok ? [] : read.error.map(({ line, message }) => `${line}: ${message}`);
}

test.each([
  '%YAML 1.1\n---\na: no\n',
  '# one\n%YAML 1.2\n---\na: b\n',
  '# no %YAML\n%YAML 1.2\n---\na: b\n',
])('a file may not choose a version of YAML: %j', (text) => {
  expect(mistakesIn(text, z.unknown())).toEqual([
    `${text.split('\n').findIndex((line) => line.startsWith('%')) + 1}: has %YAML, which changes what words mean; remove it: files are YAML 1.2`,
  ]);
});

describe('an error about a part of a file', () => {
  test.each<[readonly PropertyKey[], number]>([
    [['id'], 2],
    [['nested'], 3],
    [['nested', 'key'], 4],
    [['nested', 'key', 0], 5],
    [['nested', 'key', 1], 6],
    [['nested', 'key', 1, 'second'], 6],
    [['nested', 'quoted key'], 8],
    [['nested', 'quoted key', 'a'], 8],
    [['nested', 'quoted key', 'b'], 9],
    [['list', 0], 11],
    [['list', 1], 12],
    [['list', 1, 'name'], 12],
    [['list', 1, 'more'], 13],
  ])('%j has line %d', (path, line) => {
    expect(errorAt(path)).toEqual({
      file: 'f.yaml',
      line,
      message: `${path.join('.')}: is wrong`,
    });
  });

  test.each<[readonly PropertyKey[], number]>([
    [['absent'], 1],
    [['absent', 'deeper'], 1],
    [['nested', 'absent'], 3],
    [['nested', 'absent', 'deeper'], 3],
    [['nested', 'key', 7], 4],
    [['list', 1, 'absent'], 12],
    [['list', 9, 'absent'], 10],
    [['id', 'deeper'], 2],
  ])('%j, which does not exist, has the line %d of the part around it', (path, line) => {
    expect(errorAt(path).line).toBe(line);
  });

  test('about the whole file has line 1 and no path', () => {
    expect(errorAt([])).toEqual({ file: 'f.yaml', line: 1, message: 'is wrong' });
  });
});

describe('a file', () => {
  test('becomes the value that its schema makes of it', () => {
    const schema = z.object({ a: z.string().transform(({ length }) => length) });
    expect(readText('a: text\n', schema)).toMatchObject({ ok: true, value: { value: { a: 4 } } });
  });

  test.each([
    ['a: [1\n', 2, /./],
    ['a: 1\nb: 2\na: 3\n', 3, /unique/],
    ['a: 1\n--- \nb: 2\n', 2, /document/],
    ['a: *lost\n', 1, /lost/],
  ])('that is not valid YAML has an error with its line: %j', (text, line, says) => {
    const read = readText(text);
    expect(read.ok ? [] : read.error).toEqual([
      { file: 'f.yaml', line, message: expect.stringMatching(says) },
    ]);
  });

  test.each([
    ['a star', 'a: *\n', 1, "has a * without quotes; write '*'"],
    ['a star in a list', 'a:\n  b: [*, x]\n', 2, "has a * without quotes; write '*'"],
    ['a tag of CloudFormation', "a: !Sub 'x'\n", 1, /^has the tag !Sub, .* \{\{account\}\}/],
    ['a tab', 'a:\n\tb: 1\n', 2, 'is indented by a tab; use spaces'],
    ['a backslash', 'a: "\\d"\n', 1, /single quotes/],
    ['an @', 'a: @x\n', 1, /^begins with @, which needs quotes/],
    ['a second colon', 'a: b: c\n', 1, /second colon/],
    ['other indentation', 'a:\n  b: 1\n c: 2\n', 3, /indented differently/],
    ['a quote that is not closed', "a: 'x\n", 2, /quote that is not closed/],
    ['a comma that is missing', 'a:\n  { b: "1"\n    "c": 2 }\n', 3, /^needs a comma before it/],
    [
      'a comma that is missing after a number',
      'a:\n  { b: 1\n    "c": 2 }\n',
      2,
      /a comma or a colon is missing/,
    ],
    ['a bracket that is not closed', 'a:\n  { b: 1\n', 3, /^ends inside brackets; close them/],
    ['a bracket that closes nothing', 'a:\n  { b: 1 }\n  }\n', 3, /^has a bracket that closes/],
    ['a second value', 'a:\n  { b: 1 }\n  { b: 2 }\n', 3, /write both as one list$/],
    ['a text without a colon', 'a: 1\nb\n', 2, /name: value/],
  ])('that is not YAML because of %s says what to write', (_, text, line, says) => {
    const message = typeof says === 'string' ? says : expect.stringMatching(says);
    expect(readText(text)).toEqual({ ok: false, error: [{ file: 'f.yaml', line, message }] });
  });

  test('may contain JSON that is indented by tabs, with the lines that it has', () => {
    const text = 'a:\n\t[\n\t\t{\n\t\t\t"b": "c\td"\n\t\t}\n\t]\n';
    expect(readText(text)).toMatchObject({ ok: true, value: { value: { a: [{ b: 'c\td' }] } } });
    expect(mistakesIn(text, z.object({ a: z.array(z.object({ b: z.number() })) }))).toEqual([
      expect.stringMatching(/^4: a.0.b: /),
    ]);
  });

  test.each<[string, unknown]>([
    ['x: "a\tb"\na:\n\t[\n\t1\n\t]\n', { x: 'a\tb', a: [1] }],
    ['a:\n  b:\n \t{\n \t}\n', { a: { b: {} } }],
    ['a:\n  "b": 1\n\t"c": 2\n', { a: { b: 1, c: 2 } }],
    ['a: |\n  x\n  \t{ }\n', { a: 'x\n\t{ }\n' }],
  ])('has two spaces for a tab where only that makes it YAML: %j', (text, value) => {
    expect(readText(text)).toMatchObject({ ok: true, value: { value } });
  });

  test('that is JSON, indented by tabs, has the mistakes that it would have without them', () => {
    expect(mistakesIn('a:\n\t{\n\t\t"b": "1"\n\t\t"c": 2\n\t}\n', z.unknown())).toEqual([
      '4: needs a comma before it, at the end of the value above',
    ]);
    expect(mistakesIn('a:\n\t{\n\tb: 1\n\t}\n', z.unknown())).toContain(
      '2: is indented by a tab; use spaces',
    );
  });

  test('may contain tabs and the line ends of Windows', () => {
    const text = 'a: 1\r\nb:\r\n\t{\r\n\r\n\t\r\n\t\t"c": 2\r\n\t}\r\n';
    expect(readText(text)).toMatchObject({ ok: true, value: { value: { a: 1, b: { c: 2 } } } });
    expect(mistakesIn(text, z.object({ b: z.object({ c: z.string() }) }))).toEqual([
      '6: b.c: must be text',
    ]);
  });

  test('may merge keys', () => {
    const read = readText('x: &x { a: 1, b: 1 }\ny:\n  <<: *x\n  b: 2\n');
    expect(read).toMatchObject({ ok: true, value: { value: { y: { a: 1, b: 2 } } } });
  });

  test('names no line twice, in no words of a parser', () => {
    const piece = fc.constantFrom(
      ...[
        'a: ',
        '- ',
        '\n',
        '\t',
        '  ',
        '[',
        ']',
        '{',
        '}',
        '"',
        "'",
        '*',
        '&x ',
        '!Sub ',
        '@',
        ': ',
        '#',
        '|',
        '---\n',
        'b',
        '? ',
        '%',
        ',',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const mistakes = mistakesIn(pieces.join(''), z.unknown());
        const lines = mistakes.map((mistake) => Number.parseInt(mistake, 10));
        expect(new Set(lines).size).toBe(lines.length);
        for (const mistake of mistakes) {
          expect(mistake).not.toMatch(/flow|scalar|implicit|stream|node|compact|parseAll|at line/i);
        }
      }),
    );
  });

  test('whose aliases expand without end is refused', () => {
    const names = Array.from('abcdefgh');
    const levels = names.map((name, index) => {
      const before = names[index - 1];
      const entries = Array(9).fill(before === undefined ? 'x' : `*${before}`);
      return `${name}: &${name} [${entries.join(', ')}]`;
    });
    expect(mistakesIn(levels.join('\n'), z.unknown())).toEqual([
      expect.stringMatching(/^1: .*alias/i),
    ]);
  });
});

describe('a mistake', () => {
  const schema = z.strictObject({
    text: z.string().min(2).max(3).optional(),
    own: z.string('is not a name').optional(),
    number: z.int().min(1).max(9).optional(),
    flag: z.boolean().optional(),
    list: z.array(z.string()).min(1).max(2).optional(),
    choice: z.enum(['a', 'b']).optional(),
    keys: z.record(z.string().regex(/^[a-z]+$/, 'is not a valid key'), z.number()).optional(),
    inner: z
      .strictObject({
        name: z.string('is not a name'),
        kind: z.enum(['a', 'b']),
        either: z.union([z.string(), z.array(z.string())], 'is neither text nor a list'),
      })
      .optional(),
  });

  test.each([
    ['text: 7', 'text: must be text'],
    ['text: a', 'text: must have at least 2 characters'],
    ['text: abcd', 'text: must have at most 3 characters'],
    ['own: 7', 'own: is not a name'],
    ['number: one', 'number: must be a number'],
    ['number: 1.5', 'number: must be a whole number'],
    ['number: 0', 'number: must be at least 1'],
    ['number: 10', 'number: must be at most 9'],
    ['flag: yes', 'flag: must be true or false'],
    ['list: a', 'list: must be a list'],
    ['list: []', 'list: must have at least 1 entry'],
    ['list: [a, b, c]', 'list: must have at most 2 entries'],
    ['list: [a, 7]', 'list.1: must be text'],
    ['choice: c', 'choice: write one of: a, b'],
    ['keys: { A: 1 }', 'keys.A: is not a valid key'],
    ['inner: text', 'inner: must be a mapping'],
    ['inner: { name: a, kind: a, either: 7 }', 'inner.either: is neither text nor a list'],
    ['unknown: 7', 'unknown: is not a known field; correct it or remove it'],
  ])('in %s says what is wrong', (text, message) => {
    expect(mistakesIn(`${text}\n`, schema)).toEqual([`1: ${message}`]);
  });

  test('about an absent field says what it must be', () => {
    expect(mistakesIn('text: ab\ninner: {}\n', schema)).toEqual([
      '2: inner.name: is missing; it must be text',
      '2: inner.kind: is missing; write one of: a, b',
      '2: inner.either: is missing',
    ]);
  });

  test('in an empty file says what the file must be', () => {
    expect(mistakesIn('', schema)).toEqual(['1: must be a mapping']);
  });
});

test('a line of 40,000 tabs takes no time', () => {
  const took = cpuTime(() => {
    expect(mistakesIn(`${'\t'.repeat(40_000)}x`, z.unknown())).toEqual([
      '1: is indented by a tab; use spaces',
    ]);
  });
  expect(took).toBeLessThan(8000);
});

test.each(['a: &b *c\n', 'a: & b\n'])('a sign that is not meant as one is named: %j', (text) => {
  expect(mistakesIn(text, z.unknown())).toEqual([
    '1: has a * or & that means something else in YAML; put quotes around the text',
  ]);
});
