import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { COMMAND } from '../support/at-a-terminal.ts';
import { newHome } from '../support/run-command.ts';
import { CREDENTIALS, ENTITLEMENT, type FakeServer, fakeServer, GRANT } from './fake-server.ts';

/** Folders that cannot be used, and a Node that is too old: a message that says so, and no stack trace. */

const home = newHome();
let server: FakeServer;
beforeAll(async () => {
  server = await fakeServer((line) => {
    if (line.includes('/evaluate')) {
      return { body: { decision: GRANT.decision, sessionPolicy: null, expiresAt: null } };
    }
    if (line === 'GET /v1/grants') return { body: { grants: [], nextCursor: null } };
    if (line.includes('entitlements')) return { body: ENTITLEMENT };
    return { body: { grant: GRANT, credentials: CREDENTIALS } };
  });
});
afterAll(() => {
  home.remove();
  return server.close();
});

const PROCESS = ['credential-process', 'artifacts-read', '--for', '15m', '--reason', 'x'];

let made = 0;
function unusable(name: string): string {
  made += 1;
  const path = join(home.folder, `unusable-${made}`);
  if (name === 'a file') writeFileSync(path, '');
  if (name === 'a link to itself') symlinkSync(path, path);
  if (name === 'below a file') {
    writeFileSync(path, '');
    return join(path, 'below');
  }
  return path;
}

describe.each(['a file', 'a link to itself', 'below a file'])('a folder that is %s', (name) => {
  test.each([[['logout']], [PROCESS], [['status']], [['brokers', 'list']]])(
    'ends %j with an answer, or with what is wrong',
    async (args) => {
      const env = { VALETKEY_TOKEN: 'a', VALETKEY_BROKER: server.url };
      const folder = unusable(name);
      for (const variable of ['VALETKEY_HOME', 'XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME']) {
        const own = variable === 'VALETKEY_HOME' ? {} : { VALETKEY_HOME: '' };
        const { err, out } = await home.run(args, { ...env, ...own, [variable]: folder });
        expect(out + err).not.toMatch(/^ {2,}at |node:internal|Internal error/m);
      }
    },
  );
});

test('a Node that is too old is told which one is needed, before anything else is loaded', async () => {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    engines: { node: string };
  };
  mkdirSync(join(home.folder, 'old'), { recursive: true });
  const old = join(home.folder, 'old', 'old.cjs');
  writeFileSync(
    old,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.8' } });`,
  );
  const asOld = newHome([process.execPath, '--require', old, COMMAND]);
  const { code, out, err } = await asOld.run(['--version']);
  asOld.remove();
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain(`Node ${engines.node.replace('>=', '')} or newer`);
  expect(err).toContain('18.20.8');
});
