import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const MODULE = fileURLToPath(new URL('../../../cli/credentials/run-child.ts', import.meta.url));

/** Starts nothing: prints what Node would be given to start, on this platform. */
const PROGRAM = `
  import child_process from 'node:child_process';
  import { EventEmitter } from 'node:events';
  const [platform, module, path, ...command] = process.argv.slice(1);
  Object.defineProperty(process, 'platform', { value: platform });
  child_process.spawn = (program, args, { shell }) => {
    console.log(JSON.stringify({ program, args, shell: shell ?? false }));
    const child = new EventEmitter();
    process.nextTick(() => child.emit('exit', 0, null));
    return child;
  };
  const { runChild } = await import(module);
  process.env.PATHEXT = '.exe;.cmd';
  process.env.comspec = 'cmd.exe';
  process.exitCode = await runChild(command, { PATH: path });
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-child-'));
  for (const name of ['npm.cmd', 'aws.exe', 'npm']) writeFileSync(join(folder, name), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

async function started(platform: string, ...command: readonly string[]): Promise<unknown> {
  const args = ['--input-type=module', '-e', PROGRAM, platform, MODULE, folder];
  const { stdout } = await promisify(execFile)(process.execPath, [...args, ...command]);
  return JSON.parse(stdout);
}

test('elsewhere than on Windows a command is started as it was given', async () => {
  expect(await started('linux', 'npm', 'run', 'a & b')).toEqual({
    program: 'npm',
    args: ['run', 'a & b'],
    shell: false,
  });
});

test('on Windows npm runs, which is a .cmd file, and no argument becomes a command', async () => {
  expect(await started('win32', 'npm', 'run', 'a & calc', '%PATH%')).toEqual({
    program: 'cmd.exe',
    args: ['/d', '/s', '/c', '"npm ^"run^" ^"a^ ^&^ calc^" ^"^%PATH^%^""'],
    shell: false,
  });
});

test('on Windows a program is started without a shell', async () => {
  expect(await started('win32', 'aws', 's3', 'ls & calc')).toEqual({
    program: 'aws',
    args: ['s3', 'ls & calc'],
    shell: false,
  });
});
