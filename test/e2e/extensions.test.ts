import { beforeAll, describe, expect, test } from '@jest/globals';
import { act, ask, eventTypes, read, tester } from './grant-actions.ts';
import { call, fillBucket, person } from './support.ts';

/** Extensions that people have to approve, over HTTP on the local stack. */

beforeAll(fillBucket);

const MORE = { durationSeconds: 1800, justification: 'The restore takes longer' };

/** The body of a vote on the extension that an answer of the broker shows. */
const about = (body: object) => {
  const { extension } = body as { readonly extension: { readonly requestedAt: string } };
  return { extension: extension.requestedAt };
};

/** A grant that two people have approved, and their tokens. */
async function approved(request: object = {}) {
  const [ana, bob, eve] = await Promise.all([
    tester(),
    person(['first-tier']),
    person(['first-tier']),
  ]);
  const { id } = await ask(ana, 'two-approvals', request);
  await act(bob, id, 'approve');
  await act(eve, id, 'approve');
  return { ana, bob, eve, grant: await read(ana, id) };
}

describe('an extension that people have to approve', () => {
  test('waits for their votes while the grant vends on, and counts from the last one', async () => {
    const { ana, bob, eve, grant } = await approved();
    const asked = await act(ana, grant.id, 'extend', MORE);
    expect(asked).toMatchObject({
      status: 200,
      body: {
        ...{ status: 'active', expiresAt: grant.expiresAt },
        extension: { ...MORE, approvals: { required: 2, votes: [], lapsesAt: grant.expiresAt } },
      },
    });
    expect((await call('POST', `/v1/grants/${grant.id}/credentials`, ana)).status).toBe(200);
    const longer = await act(ana, grant.id, 'extend', { ...MORE, durationSeconds: 3000 });
    expect(longer).toMatchObject({ status: 409, body: { grant: { status: 'active' } } });

    const { body } = await call('GET', '/v1/grants?reviewable=me&limit=100', bob);
    expect(body['grants']).toContainEqual(expect.objectContaining({ id: grant.id }));
    expect((await act(ana, grant.id, 'approve')).status).toBe(403);
    const named = about(asked.body);
    const other = { extension: '2026-11-23T10:00:00Z' };
    for (const [body, why] of [
      [{}, `send extension: "${named.extension}"`],
      [other, 'The extension of 2026-11-23T10:00:00Z is not the one that waits.'],
    ] as const) {
      expect(await act(bob, grant.id, 'approve', body)).toMatchObject({
        status: 409,
        body: {
          detail: expect.stringContaining(why),
          grant: { extension: { requestedAt: named.extension } },
        },
      });
    }
    expect((await act(bob, grant.id, 'approve', named)).body).toMatchObject({
      ...{ expiresAt: grant.expiresAt, extension: { approvals: { votes: [{ vote: 'approve' }] } } },
    });
    const last = await act(eve, grant.id, 'approve', named);
    expect(last).toMatchObject({ status: 200, body: { status: 'active', extension: null } });
    const end = Date.parse(String(last.body['expiresAt']));
    expect(end).toBeGreaterThan(Date.parse(String(grant.expiresAt)) + 800_000);
    const { body: vended } = await call('POST', `/v1/grants/${grant.id}/credentials`, ana);
    expect(vended).toMatchObject({ grant: { expiresAt: last.body['expiresAt'] } });
    expect(await eventTypes(ana, grant.id)).toEqual([
      ...['requested', 'voted', 'voted', 'approved', 'extension-requested', 'vended'],
      ...['voted', 'voted', 'extended', 'vended'],
    ]);
  });

  test('of what is scheduled counts from its start, and is dropped by a vote to deny', async () => {
    const startsAt = new Date(Date.now() + 3_600_000).toISOString();
    const { ana, bob, eve, grant } = await approved({ startsAt });
    expect(grant.status).toBe('scheduled');
    const asked = await act(ana, grant.id, 'extend', MORE);
    const no = { ...about(asked.body), comment: 'enough' };
    const denied = await act(bob, grant.id, 'deny', no);
    expect(denied).toMatchObject({
      status: 200,
      body: { status: 'scheduled', expiresAt: grant.expiresAt, extension: null },
    });
    const named = about((await act(ana, grant.id, 'extend', MORE)).body);
    await act(bob, grant.id, 'approve', named);
    const { body } = await act(eve, grant.id, 'approve', named);
    const end = Math.floor((Date.parse(String(grant.startsAt)) + 1_800_000) / 1000) * 1000;
    expect(Date.parse(String(body['expiresAt']))).toBe(end);
    expect((await eventTypes(ana, grant.id)).slice(4)).toEqual([
      ...['extension-requested', 'voted', 'extension-refused'],
      ...['extension-requested', 'voted', 'voted', 'extended'],
    ]);
    expect((await act(ana, grant.id, 'cancel')).body).toMatchObject({ status: 'cancelled' });
  });
});
