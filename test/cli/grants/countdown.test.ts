import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { rowsOf, type Size, type Step, typeAtTerminal } from '../../support/at-a-terminal.ts';
import { newHome } from '../../support/run-command.ts';
import { ENTITLEMENT, type FakeServer, fakeServer, GRANT } from '../fake-server.ts';

/** The wait for an approval, on terminals of every size. */

const home = newHome();
afterAll(() => home.remove());

const PENDING = {
  ...GRANT,
  status: 'pending',
  expiresAt: null,
  approvals: { required: 1, votes: [], lapsesAt: '2099-01-01T00:00:00Z' },
};
const POLLS_UNTIL_APPROVED = 2;

let server: FakeServer;
let polls = 0;
beforeAll(async () => {
  server = await fakeServer((line) => {
    if (line.startsWith('POST')) return { body: PENDING };
    if (line.includes('/entitlements/')) return { body: ENTITLEMENT };
    polls += 1;
    return { body: polls < POLLS_UNTIL_APPROVED ? PENDING : GRANT };
  });
});
beforeEach(() => {
  polls = 0;
});
afterAll(() => server.close());

const ARGS = ['request', 'artifacts-read', '--for', '15m', '--reason', 'x', '--yes', '--wait'];

function wait(size: Size, steps: readonly Step[] = [], more: Record<string, string> = {}) {
  const env = { ...home.env, VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url, ...more };
  return typeAtTerminal(ARGS, steps, { env, size });
}

const SENTENCE = `${GRANT.id} is waiting for approval`;

describe.each([80, 40, 20])('on %i columns', (columns) => {
  test('the wait is said once, and the time that is left counts down in one row', async () => {
    const { code, output } = await wait([40, columns]);
    expect(code).toBe(0);
    expect(output.match(/\d of 1 approved/g)?.length).toBeGreaterThan(3);
    const screen = rowsOf(output, columns);
    const text = screen.join('');
    expect(text.split(SENTENCE)).toHaveLength(2);
    expect(text).not.toContain('of 1 approved');
    const wrapped = Math.ceil(
      `${SENTENCE} (0 of 1, 999999:00:00 left). Ctrl-C cancels it.`.length / columns,
    );
    // The first row is the sentence, and then the grant begins that the command prints at its end.
    const before = screen.findIndex((row, at) => at > 0 && row.startsWith('gr_'));
    expect(before).toBeLessThanOrEqual(wrapped + 1);
  });
});

test('a terminal that becomes narrower is given lines that fit it', async () => {
  const { code, output } = await wait([40, 100], [['of 1 approved', '', [40, 16]]]);
  expect(code).toBe(0);
  const after = output.split('\r\n0 of 1').at(-1) ?? '';
  const drawn = after
    .split('\r\u001b[2K')
    .map((text) => text.split(/[\r\n]/)[0] ?? '')
    .filter((line) => /^\d of/.test(line));
  expect(drawn.length).toBeGreaterThan(1);
  expect(Math.max(...drawn.map((line) => line.length))).toBeLessThan(16);
});

test.each([
  ['is dumb', [40, 80], { TERM: 'dumb' }],
  ['does not say how wide it is', [0, 0], {}],
] as const)(
  'a terminal that %s gets the line of each status, and no sequences',
  async (_, size, env) => {
    const { code, output } = await wait(size, [], env);
    expect(code).toBe(0);
    expect(output.split(SENTENCE)).toHaveLength(2);
    expect(output).not.toContain('\u001b[2K');
  },
);
