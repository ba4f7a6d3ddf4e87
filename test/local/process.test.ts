import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../adapters/processes/is-alive.ts';
import { run } from '../../local/process.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-process-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a command that is stopped ends with everything that it started', async () => {
  const stopping = new AbortController();
  const pidFile = join(folder, 'grandchild');
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
  // It has been killed, but its entry stays until init has collected it.
  for (let look = 0; look < 40 && isAlive(grandchild); look++) await sleep(50);
  expect(isAlive(grandchild)).toBe(false);
});

test('a command that fails is reported with the end of its output', async () => {
  const failing = run('sh', ['-c', 'echo the reason; exit 3'], { what: 'The thing' });
  await expect(failing).rejects.toThrow(/^The thing failed \(exit code 3\):\nthe reason$/);
});
