import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Home, newHome } from '../support/run-command.ts';
import { CREDENTIALS, type FakeServer, fakeServer, GRANT } from './fake-server.ts';

/** What the packed command loads of Node. */

let home: Home;
let server: FakeServer;
beforeAll(async () => {
  home = newHome();
  server = await fakeServer(() => ({ body: { grant: GRANT, credentials: CREDENTIALS } }));
});
afterAll(async () => {
  await server.close();
  home.remove();
});

const EXEC = ['exec', 'artifacts-read', '--for', '15m', '--reason', 'x', '--', 'true'];

test.each([
  ['--version', ['--version']],
  ['exec, with its calls and its endpoint', EXEC],
])('%s does not load undici, which takes as long as all the rest', async (_, args) => {
  const list = join(home.folder, 'loaded');
  const hook = join(home.folder, 'hook.cjs');
  const loaded = 'process.moduleLoadList.join("\\n")';
  writeFileSync(
    hook,
    `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(list)}, ${loaded}));`,
  );
  const { code, err } = await home.run(args, {
    NODE_OPTIONS: `--require=${hook}`,
    VALETKEY_TOKEN: 'a-token',
    VALETKEY_BROKER: server.url,
  });
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  const names = readFileSync(list, 'utf8').split('\n');
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name) => name.includes('undici'))).toEqual([]);
});
