import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { run } from '../../local/process.ts';
import { CREDENTIALS, fakeServer, GRANT } from '../cli/fake-server.ts';
import { packedCommand } from '../support/packed-command.ts';
import { brokerNamed, closeAll, proxy } from '../support/proxied-broker.ts';
import { type Home, newHome } from '../support/run-command.ts';

/** The packed command, with the Nodes that people have. Needs npm's registry, so it is not part of `npm test`. */

const PROXIED = 'b.acme.example';
const ME = {
  type: 'User',
  id: 'people:ana',
  issuer: 'people',
  groups: [],
  mfa: false,
  name: 'ana',
  signedInAt: null,
};
const REQUEST = ['artifacts-read', '--for', '15m', '--reason', 'x'];
const POLICY = join(process.cwd(), 'policy');

const folder = mkdtempSync(join(tmpdir(), 'valetkey-nodes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(closeAll);

describe.each(['20.20.2', '22.23.3', process.versions.node])('Node %s', (version) => {
  let node = process.execPath;
  let home: Home;
  beforeAll(async () => {
    if (version !== process.versions.node) {
      const prefix = join(folder, version);
      await run('npm', ['install', '--silent', '--prefix', prefix, `node@${version}`], {});
      node = join(prefix, 'node_modules/node/bin/node');
    }
    home = newHome([node, packedCommand()]);
  }, 600_000);
  afterAll(() => home.remove());

  test('is what runs', async () => {
    expect(await run(node, ['--version'], {})).toBe(`v${version}\n`);
    expect((await home.run(['--help'])).out).toContain('valetkey configure');
  });

  test('loads every part that is loaded when needed', async () => {
    const parts = join(dirname(packedCommand()), 'chunks');
    const files = readdirSync(parts).map((name) => pathToFileURL(join(parts, name)).href);
    const script = `for (const file of ${JSON.stringify(files)}) await import(file); console.log('loaded');`;
    expect(existsSync(parts)).toBe(true);
    expect(await run(node, ['--input-type=module', '-e', script], { cwd: folder })).toMatch(
      /loaded\n$/,
    );
  });

  test('goes through a proxy', async () => {
    const { port, trust } = await brokerNamed(PROXIED, ME, home.folder);
    const between = await proxy(port);
    const { code, out, err } = await home.run(
      ['whoami', '--broker', `https://${PROXIED}`, '--json'],
      {
        VALETKEY_TOKEN: 'a-token',
        HTTPS_PROXY: `http://127.0.0.1:${between.port}`,
        NODE_EXTRA_CA_CERTS: trust,
      },
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ id: 'people:ana' });
    expect(between.requests).toHaveLength(1);
  });

  test('provides credentials, checks bundles and writes them', async () => {
    const server = await fakeServer((line) => {
      if (line.endsWith('/revoke')) return { body: { ...GRANT, status: 'revoked' } };
      if (line === 'GET /v1/grants') return { body: { grants: [GRANT], nextCursor: null } };
      return { body: { grant: GRANT, credentials: CREDENTIALS } };
    });
    const env = { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url };
    const exec = await home.run(
      ['exec', ...REQUEST, '--', 'sh', '-c', 'echo "$VALETKEY_GRANT"'],
      env,
    );
    expect({ code: exec.code, out: exec.out }).toEqual({ code: 0, out: `${GRANT.id}\n` });
    const served = await home.run(['credential-process', ...REQUEST], env);
    expect(JSON.parse(served.out)).toMatchObject({ AccessKeyId: CREDENTIALS.accessKeyId });
    await server.close();
    const bundle = join(home.folder, 'bundle');
    for (const args of [
      ['policy', 'check', '--policy', POLICY],
      ['policy', 'test', '--policy', POLICY],
      ['policy', 'init', bundle, '--preset', 'github'],
    ]) {
      const { code, err } = await home.run(args);
      expect({ args, code, err }).toEqual({ args, code: 0, err: '' });
    }
  });
});
