import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { valetkey } from '../../cli/program.ts';
import { terminal } from '../../cli/terminal.ts';
import { VERSION } from '../../cli/version.ts';

const silent = terminal({ write: () => true }, {});
const commands = leaves(valetkey(silent, silent));

function leaves(parent: Command): readonly Command[] {
  const shown = parent.commands.filter((command) => !command.name().startsWith('__'));
  return shown.flatMap((command) => (command.commands.length === 0 ? [command] : leaves(command)));
}

function all(parent: Command): readonly Command[] {
  return [parent, ...parent.commands.flatMap(all)];
}

function helpOf(command: Command, width = 80): string {
  let help = '';
  command.configureOutput({
    getOutHelpWidth: () => width,
    writeOut: (text) => {
      help += text;
    },
  });
  command.outputHelp();
  return help;
}

describe('the help', () => {
  test.each(commands.map((command) => [command.name(), command] as const))(
    'of %s has a description and examples',
    (_, command) => {
      expect(command.description()).not.toBe('');
      expect(helpOf(command)).toMatch(/Examples:\n {2}\$ .*valetkey /);
    },
  );

  test.each(all(valetkey(silent, silent)).map((command) => [command.name(), command] as const))(
    'of %s fits 80 columns, and its examples can be pasted',
    (_, command) => {
      const lines = helpOf(command).split('\n');
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
      const broken = lines.findIndex((line) => line.endsWith(' \\'));
      if (broken >= 0) expect(lines[broken + 1]).toMatch(/^ {6}\S/);
    },
  );

  test('describes every option and argument', () => {
    const parts = commands.flatMap((command) => [
      ...command.options.map(({ flags, description }) => ({ name: flags, description })),
      ...command.registeredArguments.map((argument) => ({
        name: `${command.name()} ${argument.name()}`,
        description: argument.description,
      })),
    ]);
    expect(parts.filter(({ description }) => description === '')).toEqual([]);
  });
});

test('the version is that of the package', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(VERSION).toBe(version);
});

test('every command supports --json, except those whose output is a script, a log or JSON', () => {
  const without = commands.filter(
    (command) => !command.options.some(({ long }) => long === '--json'),
  );
  expect(without.map((command) => command.name())).toEqual([
    'completion',
    'credential-process',
    'local',
  ]);
});
