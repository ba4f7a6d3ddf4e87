import { describe, expect, test } from '@jest/globals';
import { readCases, readQuestions } from '../../../core/policy/read-cases.ts';

const BODY = `
  principal: { issuer: people, subject: ana }
  request: { entitlement: read, parameters: { prefix: a }, durationSeconds: 60, justification: x }
  context: { mfa: false, sourceIp: 10.0.0.1, now: '2026-11-23T10:00:00Z' }
`;
const listed = (name: string) => `- name: ${name}${BODY}`;
const single = (name: string) => `name: ${name}${BODY.replaceAll('\n  ', '\n')}`;

/** The names of the questions with their lines, or the mistakes with theirs. */
function read(text: string): readonly string[] {
  const found = readQuestions('q.yaml', text);
  if (!found.ok) return found.error.map(({ line, message }) => `${line}: ${message}`);
  return found.value.map(({ value, line, file }) => `${file}:${line} ${value.name}`);
}

describe('a file of questions', () => {
  test.each([
    ['one question', single('one'), ['q.yaml:1 one']],
    ['one with a - in its text', single('"- one"'), ['q.yaml:1 - one']],
    ['one below a comment', `# - a list?\n---\n${single('one')}`, ['q.yaml:3 one']],
    ['a list', listed('one') + listed('two'), ['q.yaml:1 one', 'q.yaml:5 two']],
    [
      'a list whose dashes stand alone',
      listed('one').replace('- name', '-\n  name'),
      ['q.yaml:2 one'],
    ],
    ['a list below a comment', `\n# name: x\n\n${listed('one')}`, ['q.yaml:4 one']],
    [
      'a list in brackets',
      `[{ name: one, ${BODY.trim().replaceAll('\n', ',\n')} }]`,
      ['q.yaml:1 one'],
    ],
  ])('holds %s', (_, text, names) => {
    expect(read(text)).toEqual(names);
  });

  test('has its mistakes counted from one in a list, and not in a single question', () => {
    expect(read(listed('one') + listed('two').replace('mfa: false', 'mfa: 1'))).toEqual([
      expect.stringMatching(/^8: case 2: context\.mfa: /),
    ]);
    const many = Array.from({ length: 11 }, (_, index) => listed(`number ${index + 1}`)).join('');
    expect(read(many.replace('name: number 11', 'name: 11'))).toEqual([
      '41: case 11: name: must be text',
    ]);
    expect(read('- name: *v1.x\n')).toEqual([
      expect.stringMatching(/^1: has the alias \*v1\.x, and no anchor/),
    ]);
    expect(read(single('one').replace('mfa: false', 'mfa: 1'))).toEqual([
      expect.stringMatching(/^4: context\.mfa: /),
    ]);
  });
});

test('a number elsewhere in a message is not that of a case', () => {
  const error = [{ message: expect.stringMatching(/^has the alias \*v1\.x, and no anchor/) }];
  expect(readCases('c.yaml', '- name: *v1.x\n')).toMatchObject({ error });
});

test('a case needs an expectation; an error about one names it and the part', () => {
  const without = readCases('c.yaml', listed('one'));
  expect(without).toMatchObject({
    error: [{ message: 'case 1: expect: is missing; it must be a mapping' }],
  });
  const found = readCases('c.yaml', `${listed('one')}  expect: { outcome: allow }\n`);
  const [one] = found.ok ? found.value : [];
  expect(one?.error(['principal', 'subject'], 'is wrong')).toEqual({
    ...{ file: 'c.yaml', line: 2 },
    message: "case 'one': principal.subject: is wrong",
  });
  expect(one?.error([], 'is wrong')).toEqual({
    ...{ file: 'c.yaml', line: 1 },
    message: "case 'one': is wrong",
  });
});
