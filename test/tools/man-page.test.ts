import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { valetkey } from '../../cli/program.ts';
import { terminal } from '../../cli/terminal.ts';
import { fullName, leaves } from '../../tools/cli-commands.ts';
import { ENVIRONMENT, OF_CI_SYSTEMS } from '../../tools/environment.ts';
import { manPage } from '../../tools/man-page.ts';
import { readSource, sourceFiles } from '../support/source-files.ts';

const silent = terminal({ write: () => true }, {});

describe('the man page', () => {
  test('has every command with its options, and every variable', () => {
    const page = manPage().replaceAll('\\-', '-');
    for (const command of leaves(valetkey(silent, silent))) {
      expect(page).toContain(`.SS ${fullName(command)} `);
      for (const { long } of command.options) expect(page).toContain(long);
    }
    for (const { names } of ENVIRONMENT) expect(page).toContain(names.join(', '));
  });

  test('is one that man reads: ASCII, known macros, and no line of text that begins like one', () => {
    const macros = ['."', 'TH', 'SH', 'SS', 'TP', 'PP', 'B', 'I', 'BR', 'nf', 'fi'];
    const page = manPage();
    expect(page).toMatch(/^[\n -~]*$/);
    const used = page.split('\n').flatMap((line) => /^[.'](\\?"|\w+)/.exec(line)?.[1] ?? []);
    expect(used.filter((macro) => !macros.includes(macro.replace('\\', '.')))).toEqual([]);
  });

  test('is in the package, where npm links it for man', () => {
    const { man, files } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      readonly man: readonly [string];
      readonly files: readonly string[];
    };
    const [page] = man;
    expect(readFileSync(page, 'utf8')).toBe(manPage());
    expect(files).toContain(page.replace('./', ''));
    const listed = execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(listed).toContain('"docs/reference/valetkey.1"');
  });
});

test('every variable that the command reads is documented, and no other', () => {
  const text = sourceFiles(/^cli\//)
    .map((file) => readSource(file))
    .join('\n');
  const read = Array.from(text.matchAll(/\benv\['([A-Z][A-Z0-9_]*)'\]/g), ([, name = '']) => name);
  const documented = ENVIRONMENT.flatMap(({ names }) => names);
  const missing = read.filter((name) => !documented.includes(name) && !OF_CI_SYSTEMS.test(name));
  expect([...new Set(missing)]).toEqual([]);
  const unread = documented.filter((name) => !text.includes(name));
  expect(unread).toEqual([]);
});
