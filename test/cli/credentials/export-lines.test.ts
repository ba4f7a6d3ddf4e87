import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { CONFLICTING } from '../../../cli/credentials/child-environment.ts';
import {
  exportLines,
  SHELLS,
  type Shell,
  shellOf,
  unsetLines,
} from '../../../cli/credentials/export-lines.ts';
import { COMMAND } from '../../support/at-a-terminal.ts';
import { CREDENTIALS } from '../fake-server.ts';

/** Every character that keys may have. */
const ALL = { ...CREDENTIALS, secretAccessKey: 'a/b+c=d_e.f-g', sessionToken: 'x/y+z==_.:-' };

const SET = {
  AWS_ACCESS_KEY_ID: ALL.accessKeyId,
  AWS_CREDENTIAL_EXPIRATION: ALL.expiration,
  AWS_SECRET_ACCESS_KEY: ALL.secretAccessKey,
  AWS_SESSION_TOKEN: ALL.sessionToken,
};

const folder = mkdtempSync(join(tmpdir(), 'valetkey-shells-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Program = {
  readonly shell: Shell;
  readonly program: string;
  /** Runs the lines of each file, as the help says, and then `env`. */
  readonly args: (files: readonly string[]) => readonly string[];
};

const cat = (files: readonly string[], then: string): string =>
  [...files.map((file) => `eval "$(cat ${file})"`), then].join('; ');

const PROGRAMS: readonly Program[] = [
  ...(['sh', 'bash', 'zsh'] as const).map((shell) => ({
    shell,
    program: shell,
    args: (files: readonly string[]) => ['-c', cat(files, 'env')],
  })),
  {
    shell: 'fish',
    program: 'fish',
    args: (files) => ['-c', [...files.map((file) => `cat ${file} | source`), 'env'].join('; ')],
  },
  {
    shell: 'pwsh',
    program: 'pwsh',
    args: (files) => [
      '-NoProfile',
      '-Command',
      [...files.map((file) => `Get-Content ${file} | Out-String | Invoke-Expression`), 'env'].join(
        '; ',
      ),
    ],
  },
  {
    shell: 'nushell',
    program: 'nu',
    args: (files) => [
      '-n',
      '-c',
      [...files.map((file) => `open --raw ${file} | from json | load-env`), '^env'].join('; '),
    ],
  },
];

const isThere = (program: string): boolean => {
  try {
    execFileSync(program, ['-c', 'exit 0'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** Shells that a machine lacks are left out; sh and bash are everywhere. */
const THERE = PROGRAMS.filter(({ program }) => isThere(program)).map(
  (one) => [one.shell, one] as const,
);

describe.each(THERE)('in %s', (shell, { program, args }) => {
  const run = (...texts: readonly string[]): readonly string[] => {
    const files = texts.map((text, index) => {
      const file = join(folder, `${shell}-${index}`);
      writeFileSync(file, text);
      return file;
    });
    const env = {
      ...{
        PATH: process.env['PATH'] ?? '',
        HOME: folder,
        AWS_PROFILE: 'other',
        AWS_ROLE_ARN: 'other',
      },
      AWS_REGION: 'eu-central-1',
    };
    const out = execFileSync(program, args(files), { env, encoding: 'utf8' });
    return out
      .split('\n')
      .filter((line) => line.startsWith('AWS_'))
      .toSorted();
  };
  const REGION = 'AWS_REGION=eu-central-1';

  test('programs get the new keys, and no variable that would override them', () => {
    const expected = Object.entries(SET).map(([name, value]) => `${name}=${value}`);
    expect(run(exportLines(ALL, shell))).toEqual([...expected, REGION].toSorted());
  });

  test('--unset removes what was set', () => {
    expect(run(exportLines(ALL, shell), unsetLines(shell))).toEqual([REGION]);
  });
});

test.each(SHELLS)('for %s every conflicting variable is set or removed', (shell) => {
  const lines = exportLines(CREDENTIALS, shell);
  for (const name of CONFLICTING) expect(lines).toMatch(new RegExp(`\\b${name}\\b`));
});

test('for cmd, the lines are commands that need no other quotes', () => {
  expect(exportLines(ALL, 'cmd').split('\n')).toContain(
    `set "AWS_SESSION_TOKEN=${ALL.sessionToken}"`,
  );
  expect(unsetLines('cmd').split('\n')).toContain('set "AWS_SESSION_TOKEN="');
});

describe('the shell', () => {
  test.each([
    ['zsh', 'zsh'],
    ['nu', 'nushell'],
    ['dash', 'sh'],
    ['pwsh', 'pwsh'],
  ])('%s, which runs the command, is that of %s', (parent, shell) => {
    expect(shellOf(undefined, () => parent)).toBe(shell);
  });

  test('is the named one, whatever runs the command', () => {
    expect(shellOf('fish', () => 'bash')).toBe('fish');
  });

  test('is named if it cannot be told, or is not supported', () => {
    expect(() => shellOf(undefined, () => 'node')).toThrow('Your shell is not known.');
    expect(() => shellOf(undefined, () => null)).toThrow('Your shell is not known.');
    expect(() => shellOf('tcsh')).toThrow('--shell: "tcsh" is not supported.');
  });

  test.each(THERE.filter(([shell]) => ['bash', 'sh', 'zsh', 'fish'].includes(shell)))(
    '%s is told from what runs the command, not from SHELL',
    (shell, { program }) => {
      // By a name of its own, since `sh` is a link to another shell.
      symlinkSync(process.execPath, join(folder, `node-${shell}`));
      const env = {
        ...{ PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`, HOME: folder },
        SHELL: '/bin/tcsh',
      };
      const script = `node-${shell} ${COMMAND} env --unset; true`;
      const out = execFileSync(program, ['-c', script], { env, encoding: 'utf8' });
      const fish = shell === 'fish';
      expect(out).toContain(fish ? 'set -e AWS_SESSION_TOKEN;' : 'unset AWS_SESSION_TOKEN');
    },
  );
});
