import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { valetkey } from '../../cli/program.ts';
import { candidates, completionScript } from '../../cli/setup/completion.ts';
import { terminal } from '../../cli/terminal.ts';
import { VERSION } from '../../cli/version.ts';

const silent = terminal({ write: () => true }, {});
const program = valetkey(silent, silent);

function leaves(command: Command): readonly Command[] {
  const shown = command.commands.filter((it) => !it.name().startsWith('__'));
  return shown.flatMap((it) => (it.commands.length === 0 ? [it] : leaves(it)));
}

function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  command.outputHelp();
  return help;
}

describe('the help', () => {
  test.each(leaves(program).map((it) => [it.name(), it] as const))(
    'of %s has examples',
    (_, it) => {
      expect(it.description()).not.toBe('');
      expect(helpOf(it)).toMatch(/Examples:\n {2}\$ .*valetkey /);
    },
  );

  test('of an option is there for every option', () => {
    const bare = leaves(program).flatMap((it) =>
      it.options.filter((one) => one.description === ''),
    );
    expect(bare.map(({ flags }) => flags)).toEqual([]);
  });
});

test('the version is that of the package', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(VERSION).toBe(version);
});

describe('completion', () => {
  test.each([
    [['re'], ['request', 'requests', 'release', 'revoke', 'review', 'resume', 'revoke-all']],
    [
      ['policy', ''],
      ['check', 'test', 'explain', 'diff', 'replay'],
    ],
    [['exec', '--rea'], ['--reason']],
    [['exec', '--', 're'], []],
  ])('of %j', (words, expected) => {
    expect([...candidates(program, words)].toSorted()).toEqual([...expected].toSorted());
  });

  test.each(['bash', 'zsh', 'fish'] as const)('for %s asks the command itself', (shell) => {
    expect(completionScript(shell)).toContain('valetkey __complete');
  });
});

test('every command answers JSON, but those whose answer is a script, a log, or JSON anyway', () => {
  const without = leaves(program).filter((it) => !it.options.some(({ long }) => long === '--json'));
  expect(without.map((it) => it.name())).toEqual(['completion', 'credential-process', 'local']);
});
