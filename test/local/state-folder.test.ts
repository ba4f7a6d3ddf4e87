import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '../../local/stack.ts';

let stateDir: string;
beforeAll(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'valetkey-state-'));
});
afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

const start = () => startStack({ stateDir, policyDir: 'no-such-folder', log: () => undefined });

test.each(['local.json', 'starting.pid'])(
  'a stack does not start where %s names a living process',
  async (name) => {
    const file = join(stateDir, name);
    writeFileSync(file, JSON.stringify({ pid: process.pid }));
    await expect(start()).rejects.toThrow(/is already running here .* VALETKEY_STATE=/);
    expect(readFileSync(file, 'utf8')).toContain(String(process.pid));
    rmSync(file);
  },
);

test.each(['{"pid": 999999999}', 'half a fi'])(
  'a local.json left behind with %j is removed',
  async (text) => {
    writeFileSync(join(stateDir, 'local.json'), text);
    // The start goes on to the next thing that is wrong.
    await expect(start()).rejects.toThrow(/no-such-folder.*issuers\.yaml/);
    expect(() => readFileSync(join(stateDir, 'local.json'))).toThrow('ENOENT');
    expect(() => readFileSync(join(stateDir, 'starting.pid'))).toThrow('ENOENT');
  },
);
