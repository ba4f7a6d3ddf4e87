import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { outputOf } from '../../../cli/ci/output-of.ts';

const MODULE = fileURLToPath(new URL('../../../cli/ci/output-of.ts', import.meta.url));
const LIMIT = { timeoutMs: 60_000 };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-ci-program-'));
  writeFileSync(join(folder, 'buildkite-agent.cmd'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

function program(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('a program of a CI system', () => {
  test('gets its input, and its output is returned without the end of the line', async () => {
    const path = program('prints', 'echo "$1 $(cat)"');
    expect(await outputOf(path, ['a & b'], { input: 'in', ...LIMIT })).toBe('a & b in');
  });

  test('need not read its input', async () => {
    const input = 'x'.repeat(1_000_000);
    expect(await outputOf(program('silent', 'exit 0'), [], { input, ...LIMIT })).toBe('');
  });

  test.each([
    ['fails', 'echo no; exit 3', LIMIT],
    ['does not end', 'exec sleep 600', { timeoutMs: 50 }],
  ])('that %s says nothing', async (name, script, limit) => {
    expect(await outputOf(program(name.replaceAll(' ', '-'), script), [], limit)).toBeNull();
  });

  test('that does not exist says nothing', async () => {
    expect(await outputOf(join(folder, 'nowhere'), [], LIMIT)).toBeNull();
  });
});

/** Starts nothing: prints what Node would be given to start on Windows. */
const ON_WINDOWS = `
  import child_process from 'node:child_process';
  import { EventEmitter } from 'node:events';
  const [module, path] = process.argv.slice(1);
  Object.defineProperty(process, 'platform', { value: 'win32' });
  Object.assign(process.env, { PATHEXT: '.exe;.cmd', comspec: 'cmd.exe', PATH: path });
  child_process.spawn = (program, args) => {
    console.log(JSON.stringify([program, ...args]));
    const child = new EventEmitter();
    process.nextTick(() => child.emit('close', 0));
    return child;
  };
  const { outputOf } = await import(module);
  await outputOf('buildkite-agent', ['oidc', 'a & calc'], { timeoutMs: 1000 });
`;

test('on Windows a .cmd file is found, and no argument becomes a command', async () => {
  const args = ['--input-type=module', '-e', ON_WINDOWS, MODULE, folder];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(JSON.parse(stdout)).toEqual([
    'cmd.exe',
    '/d',
    '/s',
    '/c',
    expect.stringContaining('^"a^ ^&^ calc^"'),
  ]);
});
