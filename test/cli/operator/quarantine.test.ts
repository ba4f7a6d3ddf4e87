import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { newHome } from '../../support/run-command.ts';
import { type FakeAnswer, type FakeServer, fakeServer, GRANT } from '../fake-server.ts';
import { refusal } from './fake-operated-broker.ts';

/** `valetkey quarantine`, and what `valetkey status` says of one. */

const home = newHome();
afterAll(() => home.remove());
let server: FakeServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const zoe = { type: 'User', id: 'people:zoe', name: 'zoe@acme.example' };
const mia = { type: 'User', id: 'people:mia', name: 'mia@acme.example' };
const SINCE = '2026-11-26T11:00:00Z';
const IN_FORCE = {
  ...{ cause: 'order', since: SINCE, by: zoe, reason: 'a token was stolen' },
  ...{ release: null, deployed: false },
};

/** @param answer to every call about the quarantine */
async function run(answer: FakeAnswer, ...args: readonly string[]) {
  server = await fakeServer((line) => {
    if (line === 'GET /v1/grants') return { body: { grants: [GRANT], nextCursor: null } };
    if (line === `GET /v1/grants/${GRANT.id}`) return { body: GRANT };
    return line.includes('/v1/quarantine') ? answer : { status: 404 };
  });
  const env = { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url };
  return home.run(args, env);
}

const holding = (facts: object | null = {}): FakeAnswer => ({
  body: { quarantine: facts && { ...IN_FORCE, ...facts } },
});
const asked = () => server?.requests.find(({ line }) => line.includes('/v1/quarantine'));

describe('valetkey quarantine', () => {
  test('says that there is none', async () => {
    const { code, out } = await run(holding(null), 'quarantine');
    expect([code, out]).toEqual([0, 'The broker is not in quarantine.\n']);
  });

  test.each([
    [
      'one that stands',
      {},
      [
        `The broker is in quarantine since ${SINCE}, by zoe@acme.example: a token was stolen`,
        'It gives no access, and ends nothing by itself. Revoking and suspending work.',
        'Two people end it: valetkey quarantine release',
      ],
    ],
    [
      'who asked to end it',
      { release: { by: mia, at: SINCE } },
      [
        `mia@acme.example asked to end it at ${SINCE}. Another person ends it:`,
        '  valetkey quarantine release',
      ],
    ],
    [
      'that the deployment keeps it',
      { cause: 'recovery', since: null, by: 'broker', deployed: true },
      [
        'The broker is in quarantine, by the broker: a token was stolen',
        'It is deployed like this: deploy it without -c recovery=on or standby first.',
      ],
    ],
  ])('shows %s', async (_, facts, lines) => {
    const { code, out } = await run(holding(facts), 'quarantine');
    expect(code).toBe(0);
    for (const line of lines) expect(out.split('\n')).toContain(line);
  });

  test('prints the answer of the broker with --json', async () => {
    const { out } = await run(holding(), 'quarantine', '--json');
    expect(JSON.parse(out)).toEqual({ quarantine: IN_FORCE });
  });
});

describe('valetkey quarantine begin', () => {
  test('sends the reason, and shows what is in force', async () => {
    const args = ['quarantine', 'begin', '--reason', 'a token was stolen'];
    const { code, out } = await run(holding(), ...args);
    expect([code, out]).toEqual([0, expect.stringContaining('a token was stolen')]);
    expect(asked()).toMatchObject({
      ...{ line: 'POST /v1/quarantine', body: { reason: 'a token was stolen' } },
      headers: { 'idempotency-key': expect.any(String) },
    });
  });

  test('needs a reason, and says nothing to the broker without one', async () => {
    const { code, err } = await run(holding(), 'quarantine', 'begin');
    expect([code, err]).toEqual([2, expect.stringContaining('--reason')]);
    expect(server?.requests).toEqual([]);
  });

  test('that policy refuses fails with what the broker says', async () => {
    const says = 'Policy does not let you put the broker into quarantine, or end it.';
    const { code, err } = await run(refusal(403, says), 'quarantine', 'begin', '--reason', 'x');
    expect([code, err]).toEqual([4, expect.stringContaining(says)]);
  });
});

describe('valetkey quarantine release', () => {
  test.each([
    [[], {}],
    [['--comment', 'new tokens'], { comment: 'new tokens' }],
  ])('with %j sends %j', async (options, body) => {
    const { code, out } = await run(holding(null), 'quarantine', 'release', '--json', ...options);
    expect([code, JSON.parse(out)]).toEqual([0, { quarantine: null }]);
    expect(asked()).toMatchObject({ line: 'POST /v1/quarantine/release', body });
  });

  test('while the deployment keeps it fails with what to do first', async () => {
    const says = 'Deploy it without -c recovery=on first';
    const { code, err } = await run(refusal(409, says), 'quarantine', 'release');
    expect([code, err]).toEqual([1, expect.stringContaining(says)]);
  });
});

describe('valetkey status', () => {
  const SAYS = 'The broker gives no access now: a token was stolen (see: valetkey quarantine)';

  test.each([[[]], [[GRANT.id]]])('of %j says it beside the answer', async (args) => {
    const { code, out, err } = await run(holding(), 'status', ...args);
    expect([code, err]).toEqual([0, `${SAYS}\n`]);
    expect(out).toContain(GRANT.id);
  });

  test('leaves --json as it is', async () => {
    const { out, err } = await run(holding(), 'status', '--json');
    expect(JSON.parse(out)).toMatchObject([{ id: GRANT.id }]);
    expect(JSON.parse(err)).toEqual({ note: SAYS });
  });

  test.each<[string, FakeAnswer]>([
    ['without one', holding(null)],
    ['of a broker that knows no quarantine', refusal(404, 'There is no such call.')],
  ])('%s says nothing of it', async (_, answer) => {
    expect(await run(answer, 'status')).toMatchObject({ code: 0, err: '' });
  });
});
