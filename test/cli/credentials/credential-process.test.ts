import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { credentialProcess } from '../../../cli/credentials/credential-process.ts';
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

  test('requests nothing that needs approval', async () => {
    const { broker, calls } = answering('approve', []);
    await expect(run(broker)).rejects.toMatchObject({
      exitCode: 6,
      hint: expect.stringContaining('valetkey request artifacts-read'),
    });
    expect(calls).toEqual(['GET /v1/grants', 'POST /v1/evaluate']);
  });
});
