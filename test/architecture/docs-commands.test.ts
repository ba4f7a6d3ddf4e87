import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { valetkey } from '../../cli/program.ts';
import { terminal } from '../../cli/terminal.ts';
import { blocksOf, PAGES, stepsOf, wordsOf } from '../support/documentation.ts';

/** Every command that a page tells people to type exists, with the options that the page gives it. */

const silent = terminal({ write: () => true }, {});
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** The command lines of a page: in blocks, and in the text between backticks. */
function linesOf(page: string): readonly string[] {
  const text = readFileSync(page, 'utf8');
  const inText = text
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .matchAll(/`((?:valetkey|npm run) [^`]+)`/g);
  const inBlocks = blocksOf(page).flatMap((block) => {
    if (block.language === '') return stepsOf(block).map(({ command }) => command);
    if (!['sh', 'yaml'].includes(block.language)) return [];
    return block.text.replaceAll(/\\\n\s*/g, '').split('\n');
  });
  return [...Array.from(inText, ([, line = '']) => line.replaceAll('\n', ' ')), ...inBlocks];
}

/** What follows `valetkey` in a line, however it is called. */
function callsOf(line: string): readonly string[] {
  const calls = line.matchAll(/(?:^|[\s"'(`])(?:valetkey|npm run -s valetkey --) (.*?)(?=\)"|$)/g);
  return Array.from(calls, ([, rest = '']) => rest);
}

/** Why the program would not understand the words; null if it would. */
function mistakeIn(words: readonly string[]): string | null {
  let command: Command = valetkey(silent, silent);
  let at = 0;
  while (command.commands.length > 0) {
    const word = words[at];
    if (word === undefined || word.startsWith('-') || word === '…') break;
    const next = command.commands.find(
      (one) => one.name() === word || one.aliases().includes(word),
    );
    if (next === undefined) return `${command.name()} has no command ${word}`;
    command = next;
    at += 1;
  }
  const separator = words.indexOf('--');
  const own = words.slice(at, separator < 0 ? undefined : separator);
  const options = [command, command.parent].flatMap((one) => one?.options ?? []);
  const unknown = own.find(
    (word) =>
      /^--?[a-z]/i.test(word) &&
      !['--help', '-h'].includes(word) &&
      !options.some(({ short, long }) => [short, long].includes(word.split('=')[0])),
  );
  return unknown === undefined ? null : `${command.name()} has no option ${unknown}`;
}

const withCommands = PAGES.filter((page) => linesOf(page).some((line) => callsOf(line).length > 0));

test.each(withCommands)('%s names only commands and options that exist', (page) => {
  const mistakes = linesOf(page)
    .flatMap(callsOf)
    .flatMap((call) => mistakeIn(wordsOf(call)) ?? []);
  expect(mistakes).toEqual([]);
});

test('mails and messages to people name only commands and options that exist', () => {
  const calls = ['core/upkeep', 'core/chat'].flatMap((folder) =>
    readdirSync(folder).flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8').replaceAll(/\$\{[^}]*\}/g, 'X');
      return Array.from(text.matchAll(/\bvaletkey ([a-z][^'`\n]*)/g), ([, call = '']) => call);
    }),
  );
  expect(calls.length).toBeGreaterThan(15);
  expect(calls.flatMap((call) => mistakeIn(wordsOf(call)) ?? [])).toEqual([]);
});

test.each(PAGES)('%s names only scripts that package.json has', (page) => {
  const named = linesOf(page).flatMap((line) =>
    Array.from(line.matchAll(/npm run (?:-s )?([a-z][a-z:]*)/g), ([, name = '']) => name),
  );
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

test('a misspelt command or option is found', () => {
  expect(mistakeIn(['polcy', 'check'])).toBe('valetkey has no command polcy');
  expect(mistakeIn(['policy', 'chek'])).toBe('policy has no command chek');
  expect(mistakeIn(['exec', 'x', '-p', 'a=b', '--fro', '1h', '--', 'aws', '--any'])).toBe(
    'exec has no option --fro',
  );
  expect(mistakeIn(['exec', 'x', '-p', 'a=b', '--for', '1h', '--', 'aws', '--any'])).toBeNull();
  expect(callsOf('- run: valetkey ci exec x -- true')).toEqual(['ci exec x -- true']);
  expect(withCommands.length).toBeGreaterThan(5);
});
