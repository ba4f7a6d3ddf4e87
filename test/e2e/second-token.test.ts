import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { act, ask, eventTypes, read } from './grant-actions.ts';
import { ARTIFACTS, CI_CLAIMS, call, person, tokenFor } from './support.ts';

/** Two tokens of one principal, of which one could not request the grant. */

const DEPLOY = {
  entitlement: 'service-deploy',
  parameters: { service: 'shop' },
  durationSeconds: 900,
  justification: 'deploy',
};

const job = (claims: object = {}) => tokenFor('github', { ...CI_CLAIMS, ...claims });
const PULL_REQUEST = {
  event_name: 'pull_request',
  ref: 'refs/pull/7/merge',
  ref_protected: 'false',
};

describe('a job of a pull request', () => {
  const key = { 'idempotency-key': randomUUID() };
  let main: string;
  let pull: string;
  let id: string;

  test('finds no grant of the job on main', async () => {
    [main, pull] = [await job(), await job(PULL_REQUEST)];
    const vended = await call('POST', '/v1/credentials', main, DEPLOY, key);
    expect(vended.status).toBe(200);
    id = (vended.body['grant'] as { readonly id: string }).id;
    const list = await call('GET', '/v1/grants?status=active', pull);
    const listed = (list.body['grants'] as readonly { readonly id: string }[]).map((one) => one.id);
    expect(listed).not.toContain(id);
    expect((await call('GET', `/v1/grants/${id}`, pull)).status).toBe(404);
    expect((await call('GET', `/v1/grants/${id}/events`, pull)).status).toBe(404);
  });

  test.each([
    ['vends under it', 'credentials', {}],
    ['extends it', 'extend', { durationSeconds: 1800, justification: 'longer' }],
    ['releases it', 'revoke', {}],
    ['cancels it', 'cancel', {}],
  ])('never %s', async (_, what, body) => {
    const answer = await act(pull, id, what, body);
    expect(answer).toMatchObject({ status: 403, body: { grantId: id } });
    expect(answer.body['detail']).toContain('no-keys-for-pull-requests');
    expect(answer.body).not.toHaveProperty('grant');
    expect(JSON.stringify(answer.body)).not.toContain('secretAccessKey');
  });

  test('ends nothing by ending everything of its workload', async () => {
    const all = await call('POST', '/v1/principals/github%3A1001%2F2002/revoke', pull, {});
    expect(all.status).toBe(403);
    expect(all.body).not.toHaveProperty('grants');
    expect(await read(main, id)).toMatchObject({ status: 'active' });
  });

  test('replays no request of the job on main', async () => {
    const replayed = await call('POST', '/v1/credentials', pull, DEPLOY, key);
    expect(replayed.status).toBe(403);
    expect(replayed.body).not.toHaveProperty('credentials');
    expect(await read(main, id)).toMatchObject({ status: 'active' });
  });

  test('leaves the job on main its grant', async () => {
    expect((await act(main, id, 'credentials')).status).toBe(200);
    expect((await act(main, id, 'revoke')).status).toBe(200);
  });
});

test('a person who asked with a second factor vends nothing with a password alone', async () => {
  const sub = `p-${randomUUID()}`;
  const claims = { sub, email: `${sub}@acme.example`, groups: ['developers'] };
  const strong = await tokenFor('people', {
    ...claims,
    amr: ['mfa'],
    auth_time: Math.floor(Date.now() / 1000),
  });
  const weak = await tokenFor('people', { ...claims, amr: ['pwd'] });
  const table = { parameters: { table: 'orders' }, durationSeconds: 900 };
  const { id } = await ask(strong, 'database-admin', table);
  for (const what of ['cancel', 'revoke', 'credentials']) {
    expect(await act(weak, id, what)).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('production-needs-mfa') },
    });
  }
  expect((await act(strong, id, 'cancel')).status).toBe(200);
});

describe('a repeat under one Idempotency-Key', () => {
  const key = () => ({ 'idempotency-key': randomUUID() });

  test('of the deciding vote is answered as the first', async () => {
    const [ana, boss] = [await person(['testers']), await person(['first-tier'])];
    const { id } = await ask(ana, 'known-use');
    const voteKey = key();
    const vote = () => call('POST', `/v1/grants/${id}/approve`, boss, { comment: 'go' }, voteKey);
    const first = await vote();
    expect(first).toMatchObject({ status: 200, body: { status: 'active' } });
    expect((await vote()).body).toEqual(first.body);
    const other = await call('POST', `/v1/grants/${id}/deny`, boss, { comment: 'go' }, voteKey);
    expect(other.status).toBe(422);
    const types = await eventTypes(ana, id);
    expect(types).toEqual(['requested', 'voted', 'approved']);
  });

  test('of a denial says who denied, and why', async () => {
    const [ana, boss] = [await person(['testers']), await person(['first-tier'])];
    const body = { entitlement: 'known-use', durationSeconds: 900, justification: 'a test' };
    const requestKey = key();
    const request = () => call('POST', '/v1/grants', ana, body, requestKey);
    const id = (await request()).body['id'] as string;
    await act(boss, id, 'deny', { comment: 'not today' });
    expect(await request()).toMatchObject({ status: 403, body: { grantId: id } });
  });

  test('of an extension is answered as the first, also after the grant was released', async () => {
    const ana = await person(['platform']);
    const { id } = await ask(ana, ARTIFACTS.entitlement, { parameters: ARTIFACTS.parameters });
    const extendKey = key();
    const body = { durationSeconds: 1800, justification: 'longer' };
    const extend = () => call('POST', `/v1/grants/${id}/extend`, ana, body, extendKey);
    expect((await extend()).status).toBe(200);
    expect((await act(ana, id, 'revoke')).status).toBe(200);
    expect(await extend()).toMatchObject({ status: 200, body: { id } });
    expect((await act(ana, id, 'extend', body)).status).toBe(409);
  });
});

test('only a use that began makes the next one a later use', async () => {
  const [ana, boss] = [await person(['testers']), await person(['first-tier'])];
  const first = await ask(ana, 'known-use');
  expect(first.status).toBe('pending');
  const second = await ask(ana, 'known-use');
  expect(second.status).toBe('pending');
  await act(ana, second.id, 'cancel');
  const seen = await call('GET', `/v1/grants/${first.id}`, boss);
  expect(seen.body).toMatchObject({ details: { history: { firstUse: true } } });
  expect((await act(boss, first.id, 'approve')).status).toBe(200);
  expect((await ask(ana, 'known-use')).status).toBe('active');
  // The first request saw a first use, whatever has begun since.
  const later = await call('GET', `/v1/grants/${first.id}`, boss);
  expect(later.body).toMatchObject({ details: { history: { firstUse: true } } });
});

test('a trail is read in pages', async () => {
  const ana = await person(['platform']);
  const { id } = await ask(ana, ARTIFACTS.entitlement, { parameters: ARTIFACTS.parameters });
  await act(ana, id, 'credentials');
  await act(ana, id, 'credentials');
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page = await call('GET', `/v1/grants/${id}/events?limit=2${after}`, ana);
    expect(page.status).toBe(200);
    const events = page.body['events'] as readonly { readonly type: string }[];
    expect(events.length).toBeLessThanOrEqual(2);
    seen.push(...events.map(({ type }) => type));
    cursor = page.body['nextCursor'] as string | null;
  }
  expect(seen).toEqual(['requested', 'vended', 'vended']);
  for (const wrong of ['limit=0', 'limit=201', 'cursor=AAAA', 'page=2']) {
    expect((await call('GET', `/v1/grants/${id}/events?${wrong}`, ana)).status).toBe(400);
  }
});

test('approvers list what they decided, also after it ended', async () => {
  const [ana, boss] = [await person(['testers']), await person(['first-tier'])];
  const { id } = await ask(ana, 'known-use');
  await act(boss, id, 'deny', { comment: 'not today' });
  const mine = await call('GET', '/v1/grants?voted=me', boss);
  expect(mine.body).toMatchObject({ grants: [{ id, status: 'denied' }], nextCursor: null });
  expect((await call('GET', '/v1/grants?voted=me', ana)).body).toMatchObject({ grants: [] });
});
