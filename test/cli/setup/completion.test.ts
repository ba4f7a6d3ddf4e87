import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { valetkey } from '../../../cli/program.ts';
import { placeOf } from '../../../cli/setup/candidates.ts';
import { complete } from '../../../cli/setup/complete.ts';
import { terminal } from '../../../cli/terminal.ts';
import { COMMAND } from '../../support/at-a-terminal.ts';
import { newHome } from '../../support/run-command.ts';
import { ENTITLEMENT, type FakeServer, fakeServer, GRANT } from '../fake-server.ts';

const silent = terminal({ write: () => true }, {});
const program = valetkey(silent, silent);

const PENDING = { ...GRANT, id: 'gr_11111111111111111111', status: 'pending' };
const ENDED = { ...GRANT, id: 'gr_22222222222222222222', status: 'revoked' };
const TABLES = {
  ...ENTITLEMENT,
  parameters: {
    properties: {
      table: { type: 'string', enum: ['orders', 'shops', '$(touch owned)'] },
      write: { type: 'boolean' },
      prefix: { type: 'string', pattern: '.*' },
    },
  },
};
const DENIED = { ...ENTITLEMENT, id: 'denied', outcome: 'deny' };

const home = newHome();
let server: FakeServer;
beforeAll(async () => {
  server = await fakeServer((line) => {
    if (line === 'GET /.well-known/valetkey') {
      return { body: { apiVersion: 'v1', issuer: null, clientId: null, audience: null } };
    }
    if (line === 'GET /v1/entitlements') return { body: { entitlements: [TABLES, DENIED] } };
    if (line === 'GET /v1/grants')
      return { body: { grants: [GRANT, PENDING, ENDED], nextCursor: null } };
    return line.includes('/v1/entitlements/')
      ? { body: TABLES }
      : { status: 500, delayMs: 600_000 };
  });
  await home.run(['configure', server.url, '--name', 'prod']);
});
afterAll(() => {
  home.remove();
  return server.close();
});

async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const { out } = await home.run(['__complete', ...words], { VALETKEY_TOKEN: 'a-token' });
  return out.split('\n').filter((line) => line !== '');
}

describe('completion', () => {
  test.each([
    [
      ['re'],
      [
        ...['recover', 'request', 'requests', 'release', 'revoke', 'revoke-all'],
        ...['review', 'review-access', 'resume'],
      ],
    ],
    [
      ['policy', ''],
      ['init', 'check', 'test', 'explain', 'diff', 'replay', 'export', 'learn'],
    ],
    [
      ['usage', ''],
      ['grant', 'entitlement', 'propose'],
    ],
    [['exec', '--rea'], ['--reason']],
    [['exec', '--', 're'], []],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [
      ['env', 'x', '--shell', 'p'],
      ['powershell', 'pwsh'],
    ],
    [['env', '--shell=nu'], ['--shell=nushell']],
    [['requests', '--status', 'den'], ['denied']],
    [['status', '--op'], ['--operator']],
    [
      ['quarantine', ''],
      ['begin', 'release'],
    ],
    [['quarantine', 'begin', '--rea'], ['--reason']],
    [['quarantine', 'release', '--com'], ['--comment']],
  ])('of %j offers %j', async (words, expected) => {
    expect([...(await complete(program, words))].toSorted()).toEqual([...expected].toSorted());
  });

  test.each([
    ['entitlements', ['exec', ''], ['artifacts-read']],
    ['entitlements', ['requests', '--entitlement', 'a'], ['artifacts-read']],
    ['parameters', ['exec', 'artifacts-read', '-p', ''], ['table=', 'write=', 'prefix=']],
    [
      'parameters not given yet',
      ['exec', 'artifacts-read', '-p', 'table=orders', '-p', ''],
      ['write=', 'prefix='],
    ],
    [
      'values, but none that a shell would expand',
      ['exec', 'artifacts-read', '-p', 'table='],
      ['table=orders', 'table=shops'],
    ],
    ['values', ['request', 'artifacts-read', '--parameter', 'write=t'], ['write=true']],
    ['grants', ['release', ''], [GRANT.id]],
    ['grants', ['exec', '--grant', 'gr_'], [GRANT.id]],
    ['grants', ['approve', 'gr_1'], [PENDING.id]],
    ['grants', ['status', 'gr_2'], [ENDED.id]],
    ['grants', ['usage', 'grant', 'gr_2'], [ENDED.id]],
    ['entitlements', ['usage', 'propose', ''], ['artifacts-read']],
    ['brokers', ['whoami', '--broker', ''], ['prod']],
    ['brokers', ['brokers', 'remove', 'p'], ['prod']],
    ['nothing, so that the shell offers files', ['policy', 'explain', '--file', ''], []],
    ['nothing of a broker in a bundle', ['policy', 'explain', '--entitlement', ''], []],
  ])('offers %s: %j', async (_, words, expected) => {
    expect(await offered(...words)).toEqual(expected);
  });

  test('without a sign-in offers nothing, and is silent', async () => {
    expect(await home.run(['__complete', 'exec', ''])).toEqual({ code: 0, out: '', err: '' });
  });

  test('does not wait for a broker that does not answer', async () => {
    const mute = await fakeServer(() => ({ delayMs: 600_000 }));
    const env = { VALETKEY_TOKEN: 'a', VALETKEY_BROKER: mute.url };
    expect(await home.run(['__complete', 'exec', ''], env)).toMatchObject({ code: 0, out: '' });
    await mute.close();
  });

  test('knows where a value stands', () => {
    const place = placeOf(program, ['exec', 'e', '-p', 'a=b', '--broker', 'x', '--for', '']);
    expect(place).toMatchObject({
      what: '--for',
      before: { positionals: ['e'], options: { '--parameter': ['a=b'], '--broker': ['x'] } },
    });
  });
});

/** The scripts, in the shells that this machine has. bash is everywhere. */
const there = (shell: string): boolean => {
  try {
    execFileSync(shell, ['-c', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const run = promisify(execFile);

async function inShell(shell: string, text: string): Promise<string> {
  const bin = join(home.folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'valetkey'), `#!/bin/sh\nexec "${process.execPath}" "${COMMAND}" "$@"\n`);
  chmodSync(join(bin, 'valetkey'), 0o755);
  const env = {
    ...home.env,
    PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
    VALETKEY_TOKEN: 'a-token',
    ZDOTDIR: home.folder,
  };
  const args = shell === 'zsh' ? ['-f', '-i', '-c', text] : ['-c', text];
  const { stdout, stderr } = await run(shell, args, { env, cwd: home.folder });
  return stdout + stderr;
}

describe('in bash', () => {
  const reply = 'printf "<%s>" "${COMPREPLY[@]}"; echo';
  const completed = (words: readonly string[]): Promise<string> => {
    const list = words.map((word) => `'${word}'`).join(' ');
    return inShell(
      'bash',
      `eval "$(valetkey completion bash)"; COMP_WORDS=(valetkey ${list}); COMP_CWORD=${words.length}; _valetkey; ${reply}`,
    );
  };

  test.each([
    [['exec', '--rea'], '<--reason>\n'],
    [['exec', 'artifacts-read', '-p', 'pre'], '<prefix=>\n'],
    [['exec', 'artifacts-read', '-p', 'table', '='], '<orders><shops>\n'],
    [['exec', 'artifacts-read', '-p', 'table', '=', 'or'], '<orders>\n'],
  ])('%j is completed to %s, as bash splits words', async (words, expected) => {
    expect(await completed(words)).toBe(expected);
  });
});

(there('zsh') ? describe : describe.skip)('in zsh', () => {
  const SCRIPT = 'eval "$(valetkey completion zsh)"';

  test('a start without compinit prints nothing, and completes', async () => {
    const out = await inShell('zsh', `${SCRIPT}; print -r -- \${_comps[valetkey]}`);
    expect(out).toBe('_valetkey\n');
  });

  test('a start with compinit does, too', async () => {
    const out = await inShell(
      'zsh',
      `autoload -Uz compinit; compinit -i; ${SCRIPT}; print -r -- \${_comps[valetkey]}`,
    );
    expect(out).toBe('_valetkey\n');
  });

  test('offers what the command says', async () => {
    const fakes = 'compadd() { print -r -- "add $*: ${(P)@[-1]}" }; _files() { print files }';
    const words = 'words=(valetkey exec artifacts-read -p "table="); CURRENT=5; _valetkey';
    expect(await inShell('zsh', `${SCRIPT}; ${fakes}; ${words}`)).toBe(
      'add -a answers: table=orders table=shops\n',
    );
    const none = 'words=(valetkey policy explain --file ""); CURRENT=5; _valetkey';
    expect(await inShell('zsh', `${SCRIPT}; ${fakes}; ${none}`)).toBe('files\n');
  });
});

(there('fish') ? describe : describe.skip)('in fish', () => {
  test.each([
    ['valetkey exec artifacts-read -p table=', 'table=orders\ntable=shops\n'],
    ['valetkey appr', 'approve\n'],
    ['valetkey release ', `${GRANT.id}\n`],
  ])('%s is completed', async (line, expected) => {
    expect(await inShell('fish', `valetkey completion fish | source; complete -C '${line}'`)).toBe(
      expected,
    );
  });

  test('files are offered where the command offers nothing', async () => {
    writeFileSync(join(home.folder, 'a-case.yaml'), '');
    const out = await inShell(
      'fish',
      `valetkey completion fish | source; complete -C 'valetkey policy explain --file a-ca'`,
    );
    expect(out).toBe('a-case.yaml\n');
  });
});
