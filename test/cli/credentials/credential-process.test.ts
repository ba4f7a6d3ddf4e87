import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Refusal } from '../../../cli/broker/client.ts';
import { credentialProcess } from '../../../cli/credentials/credential-process.ts';
import { Failure } from '../../../cli/failure.ts';
import type { RequestBody } from '../../../cli/grants/request.ts';
import { newHome } from '../../support/run-command.ts';
import { fakeBroker } from '../fake-broker.ts';
import { CREDENTIALS, GRANT } from '../fake-server.ts';

const before = process.env['VALETKEY_HOME'];
let home = newHome();
beforeEach(() => {
  home.remove();
  home = newHome();
  process.env['VALETKEY_HOME'] = home.folder;
});
afterAll(() => {
  home.remove();
  if (before === undefined) delete process.env['VALETKEY_HOME'];
  else process.env['VALETKEY_HOME'] = before;
});

const body: RequestBody = {
  entitlement: 'artifacts-read',
  parameters: { prefix: 'a' },
  durationSeconds: 900,
};
const same = { ...GRANT, parameters: { prefix: 'a' } };
const soon = new Date(Date.now() + 60_000).toISOString();

function answering(outcome: string, active: readonly object[]) {
  return fakeBroker((line) => {
    if (line === 'GET /v1/grants') return { grants: active, nextCursor: null };
    if (line === 'POST /v1/evaluate') {
      return { decision: { ...GRANT.decision, outcome }, sessionPolicy: null, expiresAt: null };
    }
    return { grant: GRANT, credentials: CREDENTIALS };
  });
}
function refuse(status: number): never {
  const answer = { title: 'x', detail: 'x', type: 'about:blank', status };
  throw new Refusal(status === 403 ? 'denied' : 'failed', answer);
}

const run = (broker: Parameters<typeof credentialProcess>[0]) =>
  credentialProcess(broker, async () => body, ['artifacts-read']);

describe('credential-process', () => {
  test('uses the active grant of the same request that ends last', async () => {
    const last = { ...same, id: 'gr_11111111111111111111', expiresAt: '2099-06-01T00:00:00Z' };
    const { broker, calls } = answering('allow', [same, last]);
    expect(JSON.parse(await run(broker))).toMatchObject({
      Version: 1,
      AccessKeyId: CREDENTIALS.accessKeyId,
    });
    expect(calls).toEqual(['GET /v1/grants', `POST /v1/grants/${last.id}/credentials`]);
  });

  test.each([
    ['has other parameters', { ...same, parameters: { prefix: 'b' } }],
    ['has a scope', { ...same, scope: { actions: ['s3:GetObject'] } }],
    ['ends soon', { ...same, expiresAt: soon }],
  ])('requests a new grant if the active one %s', async (_, active) => {
    const { broker, calls } = answering('allow', [active]);
    await run(broker);
    expect(calls).toEqual(['GET /v1/grants', 'POST /v1/evaluate', 'POST /v1/credentials']);
  });

  test('answers from its cache the next time', async () => {
    const first = answering('allow', [same]);
    const second = answering('allow', [same]);
    expect(await run(second.broker)).toBe(await run(first.broker));
    expect([first.calls.length, second.calls.length].toSorted()).toEqual([0, 2]);
  });

  describe('after a minute asks the broker about the grant, and', () => {
    const asked = `GET /v1/grants/${GRANT.id}`;

    /** Changes what is cached, and returns it. */
    function cachedWith(changes: object): object {
      const [name = ''] = readdirSync(join(home.folder, 'cache'));
      const file = join(home.folder, 'cache', name);
      const entry = { ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...changes };
      writeFileSync(file, JSON.stringify(entry));
      return entry;
    }
    const anHourAgo = (): number => Date.now() - 3_600_000;
    const old = () => cachedWith({ from: anHourAgo(), checkedAt: Date.now() - 61_000 });

    test('gives the same keys again if it is active, for another minute', async () => {
      const before = await run(answering('allow', [same]).broker);
      old();
      const next = fakeBroker(() => GRANT);
      expect(await run(next.broker)).toBe(before);
      expect(await run(next.broker)).toBe(before);
      expect(next.calls).toEqual([asked]);
    });

    test.each([
      ['was revoked', () => ({ ...GRANT, status: 'revoked' })],
      ['is being revoked', () => ({ ...GRANT, status: 'revoking' })],
      ['is not there any more', () => refuse(404)],
      ['may not be seen by who is suspended', () => refuse(403)],
    ])('gets new keys if it %s', async (_, answer) => {
      await run(answering('allow', [same]).broker);
      old();
      const other = { ...CREDENTIALS, accessKeyId: 'B'.repeat(16) };
      const next = fakeBroker((line) => {
        if (line === asked) return answer();
        if (line === 'GET /v1/grants') return { grants: [], nextCursor: null };
        if (line !== 'POST /v1/evaluate') return { grant: GRANT, credentials: other };
        return { decision: GRANT.decision, sessionPolicy: null, expiresAt: null };
      });
      expect(JSON.parse(await run(next.broker))).toMatchObject({ AccessKeyId: 'B'.repeat(16) });
      expect(next.calls[0]).toBe(asked);
    });

    test('gives no keys of a revoked grant, also if there are no new ones', async () => {
      await run(answering('allow', [same]).broker);
      old();
      const next = fakeBroker((line) => (line === asked ? refuse(404) : refuse(403)));
      await expect(run(next.broker)).rejects.toMatchObject({ exitCode: 4 });
      await expect(run(next.broker)).rejects.toMatchObject({ exitCode: 4 });
    });

    test.each([
      ['cannot be reached', () => Promise.reject(new Failure('unreachable', 'x'))],
      ['does not know the sign-in', () => Promise.reject(new Failure('signIn', 'x'))],
      ['is busy', async () => refuse(503)],
      ['does not answer', () => new Promise<never>(() => undefined)],
    ])('gives the same keys if the broker %s', async (_, get) => {
      const before = await run(answering('allow', [same]).broker);
      old();
      expect(await run({ ...answering('allow', []).broker, get })).toBe(before);
      expect(await run(fakeBroker(() => refuse(500)).broker)).toBe(before);
    });

    test('does so if the clock was set back, and for entries of earlier versions', async () => {
      for (const checkedAt of [Date.now() + 60_000, undefined]) {
        await run(answering('allow', [same]).broker);
        cachedWith({ from: anHourAgo(), checkedAt });
        const next = fakeBroker(() => GRANT);
        await run(next.broker);
        expect(next.calls).toEqual([asked]);
      }
    });
  });

  test.each(['{}', 'null', '[]', '{"from":', '{"from":0,"until":9e15,"checkedAt":9e15}'])(
    'passes over the cached answer %s',
    async (text) => {
      await run(answering('allow', [same]).broker);
      const [name = ''] = readdirSync(join(home.folder, 'cache'));
      writeFileSync(join(home.folder, 'cache', name), text);
      const { broker, calls } = answering('allow', [same]);
      await run(broker);
      expect(calls).toHaveLength(2);
    },
  );

  test('requests nothing that needs approval', async () => {
    const { broker, calls } = answering('approve', []);
    await expect(run(broker)).rejects.toMatchObject({
      exitCode: 6,
      hint: expect.stringContaining('valetkey request artifacts-read'),
    });
    expect(calls).toEqual(['GET /v1/grants', 'POST /v1/evaluate']);
  });

  test('says how to request the same, by its saved name or with all options', async () => {
    const { broker } = answering('approve', []);
    for (const [args, words] of [
      [['@release'], '@release'],
      [['a', '-p', "x=it's", '--for', '15m'], "a -p 'x=it'\\''s' --for 15m"],
    ] as const) {
      await expect(credentialProcess(broker, async () => body, args)).rejects.toMatchObject({
        hint: expect.stringContaining(`\`valetkey request ${words}\``),
      });
    }
  });
});
