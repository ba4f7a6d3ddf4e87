import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { launcher, launcherText, runsFromNpx } from '../../../cli/credentials/launcher.ts';

const folder = mkdtempSync(join(tmpdir(), "valetkey launcher's "));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program that prints its name, its arguments and its settings folder. */
function program(name: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "${name}:$*:$VALETKEY_HOME"\n`);
  chmodSync(path, 0o755);
  return path;
}

function run(text: string, path: string): string {
  const script = join(folder, 'launcher');
  writeFileSync(script, text, { mode: 0o755 });
  const env = { PATH: path, HOME: folder };
  return execFileSync('/bin/sh', [script, 'credential-process', '@a b'], {
    env,
    encoding: 'utf8',
    stdio: 'pipe',
  });
}

test('the launcher runs the command that wrote it, with the settings folder of that time', () => {
  const node = program('node');
  const script = program('valetkey.cjs');
  const text = launcherText(node, script, { VALETKEY_HOME: '/srv/it s' });
  expect(run(text, '/bin')).toBe(`node:${script} credential-process @a b:/srv/it s\n`);
  expect(run(launcherText(node, script, {}), '/bin')).toContain('@a b:\n');
});

test('the launcher runs the command in PATH, once Node or the script has gone with an upgrade', () => {
  const node = program('node');
  const inPath = join(program('bin/valetkey'), '..');
  const gone = join(folder, 'gone');
  for (const text of [launcherText(gone, node, {}), launcherText(node, gone, {})]) {
    expect(run(text, inPath)).toBe('bin/valetkey:credential-process @a b:\n');
  }
});

test('the launcher looks where a short PATH does not lead', () => {
  program('.local/bin/valetkey');
  const gone = join(folder, 'gone');
  expect(run(launcherText(gone, gone, {}), '/bin')).toContain('valetkey:credential-process');
  rmSync(join(folder, '.local'), { recursive: true });
});

test('the launcher says what to do if there is no command any more', () => {
  const gone = join(folder, 'gone');
  let failure: unknown = null;
  try {
    run(launcherText(gone, gone, {}), '/bin');
  } catch (error) {
    failure = error;
  }
  expect(failure).toMatchObject({
    status: 127,
    stdout: '',
    stderr: expect.stringContaining('valetkey profile add NAME @NAME --replace'),
  });
});

test('the launcher is written for the user alone; on Windows Node runs the script', () => {
  const before = process.env['VALETKEY_HOME'];
  process.env['VALETKEY_HOME'] = join(folder, 'home');
  expect(launcher('linux')).toEqual([join(folder, 'home', 'bin', 'valetkey')]);
  expect(statSync(join(folder, 'home', 'bin', 'valetkey')).mode & 0o777).toBe(0o700);
  expect(launcher('win32')).toHaveLength(2);
  if (before === undefined) delete process.env['VALETKEY_HOME'];
  else process.env['VALETKEY_HOME'] = before;
});

test('the cache of npx is recognised', () => {
  expect(runsFromNpx('/home/ana/.npm/_npx/1f/node_modules/valetkey/dist/valetkey.cjs')).toBe(true);
  expect(runsFromNpx('/usr/lib/node_modules/valetkey/dist/valetkey.cjs')).toBe(false);
});
