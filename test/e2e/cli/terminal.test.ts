import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { run } from '../../../local/process.ts';
import type { Home } from '../../support/run-command.ts';
import { MFA } from '../grant-actions.ts';
import { ARTIFACTS_ARGS, json, shellOf } from './support.ts';

/** The command on a terminal. */

const TERMINAL = fileURLToPath(new URL('at-a-terminal.py', import.meta.url));
const COMMAND = fileURLToPath(new URL('../../../cli/valetkey.ts', import.meta.url));

let shell: Home;
beforeAll(async () => {
  shell = await shellOf(['platform', 'developers'], MFA);
});
afterAll(() => shell.remove());

type Step = readonly [pattern: string, keys: string];

const type = (args: readonly string[], steps: readonly Step[], env = {}) =>
  typeIn([process.execPath, COMMAND, ...args], steps, env);

async function typeIn(command: readonly string[], steps: readonly Step[], env = {}) {
  const wanted = { command, steps };
  const out = await run('python3', [TERMINAL, JSON.stringify(wanted)], {
    env: { ...shell.env, TERM: 'xterm', ...env },
  });
  return json<{ code: number; output: string }>(out.trim().split('\n').at(-1) ?? '');
}

const ENTER = '\r';
const CLEAR = '\u0015';

describe('request without arguments', () => {
  const answers: readonly Step[] = [
    ['What do you need', ENTER],
    ['prefix:', `releases/1${ENTER}`],
    ['For how long', `${CLEAR}15m${ENTER}`],
    ['What for', `a test${ENTER}`],
  ];

  test('prompts for everything, shows the decision, and sends after confirmation', async () => {
    const { code, output } = await type(['request'], [...answers, ['Send the request', ENTER]]);
    expect(code).toBe(0);
    expect(output).toContain('allowed at once');
    expect(output).toMatch(/gr_\w+.*active.*artifacts-read/);
  });

  test('sends nothing without confirmation', async () => {
    const before = (await shell.run(['requests', '--json'])).out;
    const { code, output } = await type(['request'], [...answers, ['Send the request', `n`]]);
    expect({ code, nothing: output.includes('Nothing was sent') }).toEqual({
      code: 2,
      nothing: true,
    });
    expect((await shell.run(['requests', '--json'])).out).toBe(before);
  });

  test('never prompts in CI, even on a terminal', async () => {
    const { code, output } = await type(['request'], [], { CI: 'true' });
    expect(code).toBe(2);
    expect(output).toContain('No entitlement given');
  });
});

test('the wait for approval counts down, and Ctrl-C cancels the request', async () => {
  const args = ['exec', 'database-admin', '-p', 'table=orders', '--for', '15m', '--reason', 'x'];
  const steps: readonly Step[] = [['waiting for approval', '\u0003']];
  const { code, output } = await type([...args, '--', 'true'], steps);
  expect(code).toBe(130);
  expect(output).toMatch(/waiting for approval \(0 of 1, \d\d:\d\d:\d\d left\)/);
  expect(output).toMatch(/gr_\w+ is cancelled/);
});

test('Ctrl-C reaches the running command once, which decides what happens', async () => {
  const script = 'trap "echo signal; exit 9" INT; echo ready; while :; do sleep 0.1; done';
  const args = ['exec', ...ARTIFACTS_ARGS, '--', 'sh', '-c', script];
  const { code, output } = await type(args, [['ready', '\u0003']]);
  expect({ code, signals: output.match(/signal/g)?.length }).toEqual({ code: 9, signals: 1 });
});

test('Ctrl-C reaches the running command once, also where stdin is no terminal', async () => {
  // A second signal would come at once.
  const script = 'trap "echo signal" INT; echo ready; sleep 2 & wait; sleep 1; exit 9';
  const exec = ['exec', ...ARTIFACTS_ARGS, '--', 'sh', '-c', script];
  const { code, output } = await typeIn(
    ['sh', '-c', 'exec "$@" < /dev/null', 'sh', process.execPath, COMMAND, ...exec],
    [['ready', '\u0003']],
  );
  expect({ code, signals: output.match(/signal/g)?.length }).toEqual({ code: 9, signals: 1 });
});

describe('colours', () => {
  test('are used on a terminal', async () => {
    expect((await type(['list'], [])).output).toContain('\u001b[1m');
  });

  test('are not used with NO_COLOR, nor in a pipe', async () => {
    expect((await type(['list'], [], { NO_COLOR: '1' })).output).not.toContain('\u001b[');
    expect((await shell.run(['list'])).out).not.toContain('\u001b[');
  });
});

test('shell opens the user’s own shell, and ends the grant with it', async () => {
  const { code, output } = await type(
    ['shell', ...ARTIFACTS_ARGS],
    [['[#$] ', `echo "in $VALETKEY_GRANT"; exit 4${ENTER}`]],
    { SHELL: '/bin/sh' },
  );
  expect(code).toBe(4);
  const [, id = ''] = /in (gr_\w+)/.exec(output) ?? [];
  expect(json((await shell.run(['status', id, '--json'])).out)).toMatchObject({
    status: expect.stringMatching(/^revok/),
  });
});

test('bash completes commands and options', async () => {
  const { out } = await shell.run(['completion', 'bash']);
  const script = `valetkey() { "${process.execPath}" "${COMMAND}" "$@"; }
${out}
COMP_WORDS=(valetkey exec --rea); COMP_CWORD=2; _valetkey; echo "\${COMPREPLY[*]}"
COMP_WORDS=(valetkey app); COMP_CWORD=1; _valetkey; echo "\${COMPREPLY[*]}"`;
  const completed = await run('bash', ['-c', script], { env: shell.env });
  expect(completed).toBe('--reason\napprove\n');
});
