import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { principalFromPath } from '../../../core/principal-path.ts';
import { cleanUp, valetkeyWith } from '../command.ts';
import { type FakeServer, fakeServer } from '../fake-server.ts';

/** Answers for the principal in the path, as a gateway that decodes twice delivers it. */
let broker: FakeServer;
beforeAll(async () => {
  broker = await fakeServer((line) => {
    const part = /^POST \/v1\/principals\/(.+)\/[a-z]+$/.exec(line)?.[1] ?? '';
    const id = principalFromPath(decodeURIComponent(decodeURIComponent(part)));
    const called = id === 'me' ? 'people:ana' : id;
    return { body: { principal: { id: called, suspended: null }, grants: [] } };
  });
});
afterAll(async () => {
  await broker.close();
  cleanUp();
});

const run = (...args: readonly string[]) =>
  valetkeyWith({ VALETKEY_TOKEN: 'a.b.c' }, ...args, '--broker', broker.url);

describe('an order on a principal', () => {
  test.each([
    ['suspend', 'ci:a/b', 'ci%3Aa%2Fb/suspend'],
    ['resume', 'ci:a%2Fb', '~Y2k6YSUyRmI/resume'],
    [
      'revoke-all',
      'ci:spiffe://acme.example/shop?x',
      '~Y2k6c3BpZmZlOi8vYWNtZS5leGFtcGxlL3Nob3A_eA/revoke',
    ],
  ])('%s %s is sent so that it arrives unchanged', async (name, id, path) => {
    const { code, out, err } = await run(name, id);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toContain(`${id} is not suspended.`);
    expect(broker.requests.at(-1)?.line).toBe(`POST /v1/principals/${path}`);
  });

  test('suspend me is for whoever calls, and says who lets them in again', async () => {
    const { code, out } = await run('suspend', 'me');
    expect(code).toBe(0);
    expect(broker.requests.at(-1)?.line).toBe('POST /v1/principals/me/suspend');
    expect(out).toContain('Only an administrator lets you in again: valetkey resume people:ana');
  });

  test('fails if the broker answers for another principal', async () => {
    const other = await fakeServer(() => ({
      body: { principal: { id: 'people:bob', suspended: null }, grants: [] },
    }));
    const args = ['suspend', 'people:ana', '--broker', other.url];
    const { code, out, err } = await valetkeyWith({ VALETKEY_TOKEN: 'a.b.c' }, ...args);
    await other.close();
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toContain('The broker answered for "people:bob", not for "people:ana".');
  });
});
