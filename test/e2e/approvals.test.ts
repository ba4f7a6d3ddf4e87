import { beforeAll, describe, expect, test } from '@jest/globals';
import { act, ask, eventTypes, read, statesOf, tester, untilStatus } from './grant-actions.ts';
import { call, fillBucket, person, tokenFor, until } from './support.ts';

/** Requests that need approval, over HTTP on the local stack. */

beforeAll(fillBucket);

describe('a request that two people must approve', () => {
  test('begins with the second approver; two votes of one person count once', async () => {
    const [ana, bob, eve] = await Promise.all([
      tester(),
      person(['first-tier']),
      person(['first-tier']),
    ]);
    const grant = await ask(ana, 'two-approvals');
    expect(grant).toMatchObject({ status: 'pending', startsAt: null, expiresAt: null });
    expect((await act(bob, grant.id, 'approve')).body).toMatchObject({ status: 'pending' });
    expect((await act(bob, grant.id, 'approve')).body).toMatchObject({ status: 'pending' });
    expect((await act(bob, grant.id, 'withdraw')).body).toMatchObject({ approvals: { votes: [] } });
    await act(bob, grant.id, 'approve', { comment: 'looks fine' });
    const answer = await act(eve, grant.id, 'approve');
    expect(answer).toMatchObject({ status: 200, body: { status: 'active' } });
    expect(answer.body).toMatchObject({ approvals: { votes: [{ comment: 'looks fine' }, {}] } });
    expect((await act(eve, grant.id, 'deny')).status).toBe(409);
    const keys = await call('POST', `/v1/grants/${grant.id}/credentials`, ana);
    expect(keys.status).toBe(200);
  });

  test('is activated once when several last votes arrive together', async () => {
    const voters = await Promise.all(Array.from({ length: 4 }, () => person(['first-tier'])));
    const ana = await tester();
    const grant = await ask(ana, 'two-approvals');
    const answers = await Promise.all(voters.map((voter) => act(voter, grant.id, 'approve')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(2);
    const types = await eventTypes(ana, grant.id);
    expect(types.filter((type) => type === 'approved')).toHaveLength(1);
  });

  test('ends with the first vote to deny, and the requester sees the reason', async () => {
    const [ana, bob] = await Promise.all([tester(), person(['first-tier'])]);
    const grant = await ask(ana, 'two-approvals');
    const answer = await act(bob, grant.id, 'deny', { comment: 'not today' });
    expect(answer.body).toMatchObject({
      status: 'denied',
      endReason: expect.stringMatching(/not today$/),
    });
    expect((await call('POST', `/v1/grants/${grant.id}/credentials`, ana)).status).toBe(409);
  });

  test('cannot be voted on by its requester, nor seen by strangers', async () => {
    const sub = `both-${Date.now()}`;
    const both = await tokenFor('people', {
      sub,
      email: 'x@acme.example',
      groups: ['testers', 'first-tier'],
    });
    const grant = await ask(both, 'two-approvals');
    const own = await act(both, grant.id, 'approve');
    expect(own).toMatchObject({
      status: 403,
      body: { detail: expect.stringMatching(/own request/) },
    });
    // Another token of the same person, with other groups, still counts as the requester.
    const claims = { sub, email: 'x@acme.example', groups: ['first-tier'] };
    const again = await act(await tokenFor('people', claims), grant.id, 'approve');
    expect(again).toMatchObject({ status: 403, body: { detail: own.body['detail'] } });
    const stranger = await person(['platform']);
    expect((await act(stranger, grant.id, 'approve')).status).toBe(404);
    const auditor = await person(['security']);
    expect((await act(auditor, grant.id, 'approve')).status).toBe(403);
    expect(await read(both, grant.id)).toMatchObject({
      status: 'pending',
      approvals: { votes: [] },
    });
  });

  test('shows approvers what they decide on, and is listed for them alone', async () => {
    const [ana, bob] = await Promise.all([tester(), person(['first-tier'])]);
    const grant = await ask(ana, 'two-approvals', { ticket: 'OPS-1' });
    const { body } = await call('GET', `/v1/grants/${grant.id}`, bob);
    expect(body).toMatchObject({
      ticket: 'OPS-1',
      details: {
        risk: 'high',
        sessionPolicy: {
          Statement: expect.arrayContaining([expect.objectContaining({ Effect: 'Allow' })]),
        },
        history: { recentDenials: 0 },
      },
    });
    const ids = async (token: string) => {
      const page = await call('GET', '/v1/grants?reviewable=me&limit=100', token);
      return (page.body['grants'] as { readonly id: string }[]).map(({ id }) => id);
    };
    expect(await ids(bob)).toContain(grant.id);
    expect(await ids(ana)).not.toContain(grant.id);
    expect(await ids(await person(['platform']))).toEqual([]);
  });

  test('can be cancelled by its requester and by approvers', async () => {
    const [ana, bob] = await Promise.all([tester(), person(['first-tier'])]);
    const other = await ask(ana, 'two-approvals');
    expect((await act(bob, other.id, 'cancel', { reason: 'wrong table' })).body).toMatchObject({
      status: 'cancelled',
      endReason: expect.stringMatching(/^cancelled by .*: wrong table$/),
    });
    const auditor = await person(['security']);
    const grant = await ask(ana, 'two-approvals');
    expect((await act(await person(['platform']), grant.id, 'cancel')).status).toBe(404);
    expect((await act(auditor, other.id, 'cancel')).status).toBe(200);
    expect((await act(ana, grant.id, 'cancel')).body).toMatchObject({ status: 'cancelled' });
    expect((await act(ana, grant.id, 'cancel')).status).toBe(200);
    const late = await act(bob, grant.id, 'approve');
    expect(late).toMatchObject({ status: 409, body: { grant: { status: 'cancelled' } } });
  });
});

test('without votes the workflow reminds, escalates and lets the request lapse in time', async () => {
  const [ana, second] = await Promise.all([tester(), person(['second-tier'])]);
  const grant = await ask(ana, 'quick-approval');
  expect((await act(second, grant.id, 'approve')).status).toBe(404);
  const lapsed = await untilStatus(ana, grant.id, 'lapsed');
  expect(lapsed).toMatchObject({
    endReason: 'nobody voted in time',
    approvals: { escalated: true },
  });
  expect(await eventTypes(ana, grant.id)).toEqual(['requested', 'reminded', 'escalated', 'lapsed']);
  expect((await statesOf(grant.id)).at(-1)).toBe('Over');
});

test('the second tier may vote after the escalation, and a later start waits after approval', async () => {
  const [ana, second] = await Promise.all([tester(), person(['second-tier'])]);
  const startsAt = new Date(Date.now() + 45_000).toISOString();
  const grant = await ask(ana, 'quick-approval', { startsAt, durationSeconds: 60 });
  await until('the escalation', async () => {
    const { approvals, status } = await read(ana, grant.id);
    return approvals.escalated || status !== 'pending' ? true : null;
  });
  const approved = await act(second, grant.id, 'approve');
  expect(approved).toMatchObject({ status: 200, body: { status: 'scheduled' } });
  const early = await call('POST', `/v1/grants/${grant.id}/credentials`, ana);
  expect(early).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('starts at') },
  });
  expect(await untilStatus(ana, grant.id, 'active')).toMatchObject({ startsAt });
  expect((await call('POST', `/v1/grants/${grant.id}/credentials`, ana)).status).toBe(200);
});
