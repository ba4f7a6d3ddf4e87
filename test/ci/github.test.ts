import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import { ACTION_BUILD } from '../../tools/github-action.ts';
import { fakeServer, GRANT } from '../cli/fake-server.ts';

const { outputFiles } = buildSync({ ...ACTION_BUILD, write: false });

test.each(outputFiles.map(({ path, text }) => [path.replace(/^.*\/(ci\/)/, '$1'), text]))(
  '%s is up to date with its source (run npm run reference)',
  (path, text) => {
    expect(readFileSync(path, 'utf8')).toBe(text);
  },
);

test('the action contains no code of packages', () => {
  for (const { text } of outputFiles) expect(text).not.toContain('node_modules');
});

describe('the action with a hostile broker', () => {
  const CREDENTIALS = {
    accessKeyId: 'A'.repeat(16),
    secretAccessKey: 's'.repeat(40),
    sessionToken: 't'.repeat(80),
  };
  const run = async (answer: object) => {
    const server = await fakeServer(() => ({ body: answer }));
    const folder = mkdtempSync(join(tmpdir(), 'valetkey-action-'));
    const files = ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STATE'];
    for (const name of files) writeFileSync(join(folder, name), '');
    const env = {
      ...Object.fromEntries(files.map((name) => [name, join(folder, name)])),
      INPUT_URL: server.url,
      INPUT_ENTITLEMENT: 'x',
      VALETKEY_TOKEN: 'a-token',
    };
    const output = await new Promise<string>((resolve) => {
      execFile(process.execPath, ['ci/github/dist/main.mjs'], { env }, (_, out) => resolve(out));
    });
    const variables = readFileSync(join(folder, 'GITHUB_ENV'), 'utf8');
    rmSync(folder, { recursive: true });
    await server.close();
    return { output, variables };
  };

  test.each([
    ['a workflow command', { secretAccessKey: 'x\n::stop-commands::y' }],
    ['another variable', { sessionToken: 'x\nPATH=/evil' }],
    ['no text', { accessKeyId: 7 }],
  ])('sets nothing if a credential is %s', async (_, change) => {
    const credentials = { ...CREDENTIALS, expiration: '2099-01-01T00:00:00Z', ...change };
    const { output, variables } = await run({ grant: GRANT, credentials });
    expect(variables).toBe('');
    expect(output.match(/^::.*/gm)).toEqual([expect.stringMatching(/^::error title=Valet Key::/)]);
  });

  test('sets nothing if the grant id is a path', async () => {
    const grant = { ...GRANT, id: '../principals/x' };
    const { output, variables } = await run({ grant, credentials: CREDENTIALS });
    expect({ variables, error: output.startsWith('::error') }).toEqual({
      variables: '',
      error: true,
    });
  });
});
