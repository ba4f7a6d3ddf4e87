import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../adapters/processes/is-alive.ts';
import { startEmulator } from '../../local/emulator.ts';
import { run } from '../../local/process.ts';
import { emulatorPython } from '../../local/python.ts';
import { startStack } from '../../local/stack.ts';

let stateDir: string;
let python: string;

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'valetkey-life-'));
  python = await emulatorPython(() => undefined);
}, 60_000);

afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/_ministack/health`).then(
    () => true,
    () => false,
  );

async function untilGone(url: string): Promise<boolean> {
  for (let look = 0; look < 100; look++) {
    if (!(await answers(url))) return true;
    await sleep(50);
  }
  return false;
}

test('the emulator ends when it is told to', async () => {
  const emulator = await startEmulator(python, stateDir);
  expect(await answers(emulator.url)).toBe(true);
  await emulator.stop();
  expect(await answers(emulator.url)).toBe(false);
  await emulator.stop();
}, 20_000);

test('the emulator ends when the process that started it is killed', async () => {
  const module = new URL('../../local/emulator.ts', import.meta.url).href;
  const script = `const { startEmulator } = await import(${JSON.stringify(module)});
    console.log((await startEmulator(...process.argv.slice(1))).url);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script, python, stateDir], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const url = line.toString().trim();
  expect(await answers(url)).toBe(true);
  parent.kill('SIGKILL');
  expect(await untilGone(url)).toBe(true);
}, 20_000);

test('a command that is stopped ends with everything that it started', async () => {
  const stopping = new AbortController();
  const pidFile = join(stateDir, 'grandchild');
  const running = run('sh', ['-c', 'sleep 60 & echo $! > "$0"; wait', pidFile], {
    signal: stopping.signal,
  });
  let grandchild = 0;
  while (grandchild === 0) {
    await sleep(20);
    grandchild = Number(await run('sh', ['-c', 'cat "$0" 2>/dev/null || echo 0', pidFile], {}));
  }
  stopping.abort();
  await expect(running).rejects.toThrow('abort');
  // Killed by now, but its entry stays until init has looked after it.
  for (let look = 0; look < 40 && isAlive(grandchild); look++) await sleep(50);
  expect(isAlive(grandchild)).toBe(false);
});

test('a command that fails says so with the end of its output', async () => {
  const failing = run('sh', ['-c', 'echo the reason; exit 3'], { what: 'The thing' });
  await expect(failing).rejects.toThrow(/^The thing failed \(exit code 3\):\nthe reason$/);
});

describe('two stacks in one folder', () => {
  const start = () => startStack({ stateDir, policyDir: 'no-such-folder', log: () => undefined });

  test.each(['local.json', 'starting.pid'])('%s of a living process is respected', async (name) => {
    const file = join(stateDir, name);
    await run('sh', ['-c', 'echo "$1" > "$0"', file, JSON.stringify({ pid: process.pid })], {});
    await expect(start()).rejects.toThrow(/is already running here .* VALETKEY_STATE=/);
    expect(readFileSync(file, 'utf8')).toContain(String(process.pid));
    rmSync(file);
  });

  test.each(['{"pid": 999999999}', 'half a fi'])('a leftover %j is cleared away', async (text) => {
    const file = join(stateDir, 'local.json');
    await run('sh', ['-c', 'echo "$1" > "$0"', file, text], {});
    // It goes on to the next thing that is wrong.
    await expect(start()).rejects.toThrow(/no-such-folder.*issuers\.yaml/);
    expect(() => readFileSync(file)).toThrow('ENOENT');
    expect(() => readFileSync(join(stateDir, 'starting.pid'))).toThrow('ENOENT');
  });
});
