import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { newHome } from '../../support/run-command.ts';
import { type FakeServer, fakeServer, GRANT } from '../fake-server.ts';

const home = newHome();
afterAll(() => home.remove());
let server: FakeServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const SUSPENDED = { at: '2026-11-24T00:00:00Z', by: 'broker', reason: '' };
const state = (changes: object, suspended: object | null = SUSPENDED) => ({
  principal: { id: 'people:ana', suspended },
  ...{ known: true, ended: 0, finished: true, grants: [], nextCursor: null },
  ...changes,
});

async function run(body: object, ...args: readonly string[]) {
  server = await fakeServer(() => ({ body }));
  const env = { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url };
  return home.run(args, env);
}

describe('an order about a principal', () => {
  test('prints how many grants ended', async () => {
    const revoking = { ...GRANT, status: 'revoking' };
    const answer = state({ ended: 1, grants: [revoking] });
    expect(await run(answer, 'suspend', 'people:ana')).toMatchObject({
      code: 0,
      out: `people:ana is suspended.\n1 grant ended.\n  ${GRANT.id} is revoking\n`,
    });
  });

  test('says so where the principal never requested anything', async () => {
    const unknown = state({ known: false });
    const { out } = await run(unknown, 'suspend', 'people:ana');
    expect(out.split('\n')).toEqual([
      'people:ana never requested anything from this broker. It is suspended all the same.',
      'Check the id: a grant of the principal shows it (valetkey status GRANT).',
      '',
    ]);
  });

  test('says so where there was nothing to end for an unknown principal', async () => {
    const { out } = await run(state({ known: false }, null), 'revoke-all', 'people:ana');
    expect(out).toContain('never requested anything from this broker. It is not suspended.');
  });

  test('says where the other grants are, and that the broker goes on', async () => {
    const answer = state({ ended: 500, finished: false, grants: [GRANT] });
    const { out } = await run(answer, 'suspend', 'people:ana');
    expect(out).toContain('500 grants ended.');
    expect(out).toContain('and 499 more: valetkey requests --requester people:ana');
    expect(out).toContain('the broker ends the rest by itself');
  });

  test('works with a broker that says less', async () => {
    const { principal, grants } = state({ grants: [GRANT] }, null);
    const { out } = await run({ principal, grants }, 'resume', 'people:ana');
    expect(out).toBe(`people:ana is not suspended.\n1 grant ended.\n  ${GRANT.id} is active\n`);
  });
});

describe('the list of suspended principals', () => {
  const zoe = { type: 'User', id: 'people:zoe', name: 'zoe' };

  test('shows when, who, by whom and why, of all pages', async () => {
    let pages = 0;
    server = await fakeServer(() => {
      pages += 1;
      const one = { ...SUSPENDED, principal: `people:p${pages}`, by: zoe, reason: 'left' };
      return { body: { principals: [one], nextCursor: pages === 1 ? 'next' : null } };
    });
    const env = { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url };
    const { code, out } = await home.run(['principals', '--suspended'], env);
    expect(code).toBe(0);
    expect(out).toMatch(/people:p1 {2}by zoe: left\n.*people:p2 {2}by zoe: left/);
  });

  test('says so where nobody is', async () => {
    const none = { principals: [], nextCursor: null };
    expect(await run(none, 'principals', '--suspended')).toMatchObject({
      code: 0,
      out: 'Nobody is suspended.\n',
    });
  });

  test('needs to be told which', async () => {
    expect(await run({}, 'principals')).toMatchObject({ code: 2 });
  });
});
