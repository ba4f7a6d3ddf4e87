import { afterAll, expect, test } from '@jest/globals';
import { wordsOf } from '../../../cli/credentials/command-words.ts';
import { cleanUp, valetkey } from '../command.ts';

afterAll(cleanUp);

const GRANT = 'gr_00000000000000000000';

test.each([
  ['the entitlement and the command', ['a', 'ls'], 'exec a -- ls', 'a', ['ls']],
  ['no entitlement', ['aws', 's3', 'ls'], 'exec -- aws s3 ls', undefined, ['aws', 's3', 'ls']],
  [
    'a command with -- of its own',
    ['a', 'git', '--', 'x'],
    'exec a -- git -- x',
    'a',
    ['git', '--', 'x'],
  ],
  ['an option whose value is --', ['a', 'ls'], 'exec a --reason -- -- ls', 'a', ['ls']],
  ['a command like the entitlement', ['ls', 'ls'], 'exec ls -- ls', 'ls', ['ls']],
  [
    'options of the command',
    ['a', 'ls', '--grant'],
    'exec a -- ls --grant',
    'a',
    ['ls', '--grant'],
  ],
])('the words are told apart: %s', (_, operands, line, entitlement, command) => {
  expect(wordsOf(operands, line.split(' '), false)).toEqual({ entitlement, command });
});

test('with --grant all that follows -- is the command', () => {
  const raw = ['exec', '--grant', GRANT, '--', 'aws', 's3', 'ls'];
  expect(wordsOf(['aws', 's3', 'ls'], raw, true)).toEqual({
    entitlement: undefined,
    command: ['aws', 's3', 'ls'],
  });
});

test.each([
  [
    ['a', 'aws', 's3'],
    ['No --', 'valetkey exec a … -- aws s3`'],
  ],
  [
    ['--grant', GRANT, 'aws', 's3'],
    ['no --', 'valetkey exec … -- aws s3`'],
  ],
  [
    ['a', 'aws', 's3', '--recursive'],
    ["unknown option '--recursive'", 'after --'],
  ],
  [['a'], ['No command given after --', 'For example']],
  [
    ['a', '--'],
    ['No command given after --', 'For example'],
  ],
  [
    ['a', '--', ''],
    ['The command after -- is empty', 'For example'],
  ],
  [['a', 'b', '--', 'ls'], ['"b" stands before --']],
  [
    ['--grant', GRANT, 'a', '--', 'ls'],
    ['no entitlement', '"a" stands before --'],
  ],
])('exec %j is refused, and the message says where -- belongs', async (args, parts) => {
  const { code, err } = await valetkey('exec', '--broker', 'https://b.acme.example', ...args);
  expect(code).toBe(2);
  for (const part of parts) expect(err.toLowerCase()).toContain(part.toLowerCase());
});
