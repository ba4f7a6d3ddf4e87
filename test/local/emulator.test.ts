import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmulator } from '../../local/emulator.ts';
import { emulatorPython } from '../../local/python.ts';

let stateDir: string;
let python: string;

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'valetkey-emulator-'));
  python = await emulatorPython(() => undefined);
});

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

test('stop() ends the emulator, and may be called again', async () => {
  const emulator = await startEmulator(python, stateDir);
  expect(await answers(emulator.url)).toBe(true);
  await emulator.stop();
  expect(await answers(emulator.url)).toBe(false);
  await emulator.stop();
});

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
});
