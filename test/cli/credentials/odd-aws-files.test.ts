import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { ODD_AWS_FILES, OLD_KEY, writeOddFiles } from '../../support/odd-aws-files.ts';
import { newHome } from '../../support/run-command.ts';
import { CREDENTIALS, type FakeServer, fakeServer, GRANT } from '../fake-server.ts';

/** Whatever the user's AWS files look like, a command under `exec` sees none of their keys. */

const home = newHome();
const folders: string[] = [];
afterAll(() => {
  home.remove();
  for (const folder of folders) rmSync(folder, { recursive: true });
});
let server: FakeServer;
afterEach(() => server.close());

const EXEC = ['exec', 'artifacts-read', '--for', '15m', '--reason', 'x', '--'];
/** Prints all that an SDK reads: its variables, and the files that they name. */
const SHOW = `
  const { readFileSync } = require('node:fs');
  const names = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_CREDENTIAL_PROFILES_FILE', 'BOTO_CONFIG'];
  const files = names.map((name) => readFileSync(process.env[name], 'latin1'));
  console.log(JSON.stringify({ env: process.env, files }));`;

test.each(ODD_AWS_FILES.map((odd) => [odd.what, odd] as const))('%s', async (_, odd) => {
  server = await fakeServer((line) =>
    line.endsWith('/revoke')
      ? { body: GRANT }
      : { body: { grant: GRANT, credentials: CREDENTIALS } },
  );
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-odd-'));
  folders.push(folder);
  const env = {
    HOME: folder,
    AWS_CONFIG_FILE: '',
    AWS_SHARED_CREDENTIALS_FILE: '',
    VALETKEY_TOKEN: 'a-token',
    VALETKEY_BROKER: server.url,
    ...writeOddFiles(folder, odd),
  };
  const { code, out, err } = await home.runIn(folder, [...EXEC, process.execPath, '-e', SHOW], env);
  if (odd.refused !== undefined) {
    expect({ code, out, err }).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(odd.refused),
    });
    return expect(server.requests).toEqual([]);
  }
  expect(code).toBe(0);
  const seen = JSON.parse(out) as {
    readonly env: Record<string, string>;
    readonly files: string[];
  };
  expect(JSON.stringify(seen)).not.toMatch(new RegExp(`${OLD_KEY}|old`));
  expect(seen.files.join('')).not.toMatch(/^\s*(aws_|credential|role|sso|source)/im);
  expect(seen.env['AWS_REGION']).toBe(odd.region);
  expect(seen.env['AWS_DEFAULT_REGION']).toBe(odd.region);
  const region = odd.region === undefined ? '' : `region = ${odd.region}\n`;
  expect(seen.files[0]).toContain(
    `[default]\n${odd.what.includes('beside') ? 'output = text\n' : ''}${region}`,
  );
  for (const name of Object.keys(odd.files)) {
    if (!name.endsWith('/'))
      expect(readFileSync(join(folder, name), 'latin1')).toBe(odd.files[name]);
  }
  const keys = Object.entries(odd.files).filter(
    ([name, text]) => name.startsWith('.') && text.includes(OLD_KEY),
  );
  const told = keys.filter(([name]) => err.includes(`hiding the keys in ${join(folder, name)}`));
  expect(told).toEqual(keys.filter(([name]) => odd.unused?.includes(name) !== true));
});
