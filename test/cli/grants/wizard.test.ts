import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { choiceOf } from '../../../cli/grants/find.ts';
import { commandLineOf } from '../../../cli/grants/settle.ts';
import { type Step, typeAtTerminal } from '../../support/at-a-terminal.ts';
import { newHome } from '../../support/run-command.ts';
import {
  ENTITLEMENT,
  type FakeAnswer,
  type FakeServer,
  fakeServer,
  GRANT,
} from '../fake-server.ts';

/** The prompts of a request, on a terminal. */

const home = newHome();
afterAll(() => home.remove());

const ENTER = '\r';
const CLEAR = '\u0015';
const DOWN = '\u001b[B';
const TABLES = {
  ...ENTITLEMENT,
  parameters: {
    properties: {
      prefix: { type: 'string', pattern: '^(?:[a-z/0-9]+)$', maxLength: 20, description: 'Prefix' },
    },
  },
};

let server: FakeServer;
let evaluate: readonly FakeAnswer[] = [];
let evaluations = 0;
beforeAll(async () => {
  server = await fakeServer((line) => {
    if (line === 'GET /v1/entitlements') return { body: { entitlements: [TABLES] } };
    if (line.includes('/entitlements/')) return { body: TABLES };
    if (line === 'POST /v1/grants') return { body: GRANT };
    evaluations += 1;
    return evaluate[Math.min(evaluations, evaluate.length) - 1] ?? {};
  });
});
afterAll(() => server.close());
afterEach(() => {
  evaluations = 0;
});

const decision = (outcome: string, advice: readonly string[] = []): FakeAnswer => ({
  body: { decision: { ...GRANT.decision, outcome, advice }, sessionPolicy: null, expiresAt: null },
});
const wrong = (pointer: string, detail: string): FakeAnswer => ({
  status: 400,
  body: { type: 't', title: 'Invalid', status: 400, detail: 'x', errors: [{ pointer, detail }] },
});

function type(args: readonly string[], steps: readonly Step[], more: Record<string, string> = {}) {
  const env = { ...home.env, VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url, ...more };
  return typeAtTerminal(['request', ...args], steps, { env });
}

const sent = (): number => server.requests.filter(({ line }) => line === 'POST /v1/grants').length;
const COMPLETE = ['artifacts-read', '-p', 'prefix=a', '--for', '15m', '--reason', "it's a test"];

test('every answer is checked where it is given, and asked for again', async () => {
  evaluate = [decision('allow')];
  const { code, output } = await type(
    [],
    [
      ['What do you need', ENTER],
      ['prefix:', `NO${ENTER}`],
      ['does not match', `${CLEAR}releases/1${ENTER}`],
      ['For how long', `${CLEAR}soon${ENTER}`],
      ['is not a duration', `${CLEAR}9h${ENTER}`],
      ['may be at most 8h', `${CLEAR}15m${ENTER}`],
      ['What for', ENTER],
      ['is empty', `a test${ENTER}`],
      ['Send the request', ENTER],
    ],
  );
  expect(output).toContain('is not a duration');
  expect(code).toBe(0);
  expect(evaluations).toBe(1);
});

describe('a request that policy denies', () => {
  test('is not offered to be sent: an answer can be changed, and the others are kept', async () => {
    evaluate = [decision('deny', ['Ask for at most 10 minutes.']), decision('allow')];
    const { code, output } = await type(COMPLETE, [
      ['What do you want to change', `${DOWN}${DOWN}${ENTER}`],
      ['For how long', `${CLEAR}10m${ENTER}`],
      ['Send the request', ENTER],
    ]);
    expect(output).toContain('Ask for at most 10 minutes.');
    expect({ code, evaluations }).toEqual({ code: 0, evaluations: 2 });
  });

  test('ends with the command line that asks again, and sends nothing', async () => {
    evaluate = [decision('deny')];
    const before = sent();
    const { code, output } = await type(COMPLETE, [['What do you want to change', ENTER]]);
    expect(code).toBe(4);
    expect(sent()).toBe(before);
    expect(output).not.toContain('Send the request');
    expect(output).toContain(
      "valetkey request artifacts-read -p prefix=a --for 15m --reason 'it'\\''s a test'",
    );
  });
});

test('what the broker does not accept is asked for again, by the name of its option', async () => {
  evaluate = [wrong('/ticket', 'must begin with OPS-'), decision('allow')];
  const { code, output } = await type(COMPLETE, [
    ['Ticket or incident', `OPS-1${ENTER}`],
    ['Send the request', ENTER],
  ]);
  expect(output).toContain('--ticket must begin with OPS-.');
  expect(code).toBe(0);
});

test('an answer that cannot be asked for again ends with the command line', async () => {
  evaluate = [wrong('/scope/actions/0', 'must be an action')];
  const { code, output } = await type([...COMPLETE, '--action', 'x'], []);
  expect({ code, named: output.includes('--action must be an action.') }).toEqual({
    code: 2,
    named: true,
  });
  expect(output).toContain('To ask again: valetkey request artifacts-read');
});

test('a dumb terminal gets prompts of whole lines', async () => {
  evaluate = [decision('allow')];
  const { code, output } = await type(
    [],
    [
      ['What do you need', '1\n'],
      ['prefix:', 'NO\n'],
      ['does not match(.|\\s)*prefix:', 'releases/1\n'],
      ['For how long', '\n'],
      ['What for', 'a test\n'],
      ['Send the request', 'yes\n'],
    ],
    { TERM: 'dumb' },
  );
  expect(code).toBe(0);
  expect(output).not.toContain('\u001b');
});

test('grants to choose from differ in their first column, and say until when they last', () => {
  const rows = ['1', '2', '3'].map((last) =>
    choiceOf({ ...GRANT, id: GRANT.id.slice(0, -1) + last }),
  );
  expect(new Set(rows.map(({ label }) => label.slice(0, GRANT.id.length))).size).toBe(3);
  expect(rows[0]?.label).toContain('active until 2099-01-01T00:00:00Z  artifacts-read  ana: x');
});

test('a command line that asks again has everything that was asked', () => {
  const scope = { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::b/k'] };
  const all = {
    entitlement: 'e',
    parameters: { a: 'b c' },
    scope,
    durationSeconds: 5400,
    startsAt: '2099-01-01T00:00:00Z',
    justification: 'x',
    ticket: 'T',
  };
  expect(commandLineOf(all)).toBe(
    "valetkey request e -p 'a=b c' --for 90m --at 2099-01-01T00:00:00Z --reason x --ticket T --action s3:GetObject --resource arn:aws:s3:::b/k",
  );
});
