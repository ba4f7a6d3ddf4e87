import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import * as responses from '../../core/api/responses.ts';
import { ARTIFACTS, CI_CLAIMS, call, type Grant, person, tokenFor, vend } from './support.ts';

const TABLE = {
  entitlement: 'database-admin',
  parameters: { table: 'orders' },
  durationSeconds: 900,
  justification: 'fix order 4711',
};

describe('a request', () => {
  test('that policy permits is active at once', async () => {
    const answer = await call('POST', '/v1/grants', await person(['platform']), ARTIFACTS);
    expect(answer.status).toBe(201);
    expect(responses.grant.parse(answer.body)).toMatchObject({
      status: 'active',
      keysValidUntil: null,
      decision: { outcome: 'allow', policies: ['artifacts-are-routine'] },
    });
  });

  test('that needs approval is pending and vends nothing', async () => {
    const token = await person(['developers'], { amr: ['mfa'] });
    const answer = await call('POST', '/v1/credentials', token, TABLE);
    expect(answer.status).toBe(202);
    expect(answer.body).not.toHaveProperty('credentials');
    const { grant } = responses.waiting.parse(answer.body);
    expect(grant).toMatchObject({ status: 'pending', approvals: { required: 1 } });
    const early = await call('POST', `/v1/grants/${grant.id}/credentials`, token);
    expect(early).toMatchObject({ status: 409, body: { grant: { status: 'pending' } } });
  });

  test('that a policy forbids is denied with the advice of the policy, and stored', async () => {
    const token = await person(['developers']);
    const answer = await call('POST', '/v1/grants', token, TABLE);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({
      decision: { outcome: 'deny', policies: ['production-needs-mfa'] },
    });
    expect(answer.body['detail']).toContain('second factor');
    const kept = await call('GET', `/v1/grants/${answer.body['grantId']}`, token);
    expect(kept.body).toMatchObject({ status: 'denied' });
  });

  test('that no policy permits is denied', async () => {
    const answer = await call('POST', '/v1/grants', await person(['sales']), ARTIFACTS);
    expect(answer).toMatchObject({ status: 403, body: { decision: { policies: [] } } });
  });

  test('from a job of a pull request or on another branch is denied', async () => {
    const deploy = {
      entitlement: 'service-deploy',
      parameters: { service: 'shop' },
      durationSeconds: 900,
    };
    for (const claims of [
      { event_name: 'pull_request_target' },
      { ref: 'refs/heads/feature' },
      { ref_protected: 'false' },
      { repository_id: '2003' },
    ]) {
      const job = await tokenFor('github', { ...CI_CLAIMS, ...claims });
      expect(await call('POST', '/v1/credentials', job, deploy)).toMatchObject({ status: 403 });
    }
  });
});

describe('a dry run', () => {
  test('gives the answer of the request and makes no grant', async () => {
    const token = await person(['platform']);
    const dry = await call('POST', '/v1/evaluate', token, ARTIFACTS);
    expect(responses.evaluation.parse(dry.body)).toMatchObject({
      decision: { outcome: 'allow', policies: ['artifacts-are-routine'] },
    });
    expect(JSON.stringify(dry.body['sessionPolicy'])).toContain(String(dry.body['expiresAt']));
    expect((await call('GET', '/v1/grants', token)).body).toEqual({ grants: [], nextCursor: null });
  });
});

describe('an Idempotency-Key', () => {
  test('never makes a second grant, however often and concurrently it is used', async () => {
    const token = await person(['platform']);
    const headers = { 'idempotency-key': randomUUID() };
    const vendOnce = () => call('POST', '/v1/credentials', token, ARTIFACTS, headers);
    const answers = await Promise.all([vendOnce(), vendOnce(), vendOnce(), vendOnce()]);
    answers.push(await vendOnce());
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const ids = answers.map(({ body }) => responses.vended.parse(body).grant.id);
    expect(new Set(ids).size).toBe(1);
    const keys = answers.map(({ body }) => responses.vended.parse(body).credentials.accessKeyId);
    expect(new Set(keys).size).toBe(5);
    const listed = await call('GET', '/v1/grants', token);
    expect(responses.grantPage.parse(listed.body).grants).toHaveLength(1);
  });

  test('with another body is refused', async () => {
    const token = await person(['platform']);
    const headers = { 'idempotency-key': randomUUID() };
    expect((await call('POST', '/v1/grants', token, ARTIFACTS, headers)).status).toBe(201);
    const other = { ...ARTIFACTS, durationSeconds: 901 };
    expect((await call('POST', '/v1/grants', token, other, headers)).status).toBe(422);
  });
});

describe('reading grants', () => {
  test('shows only own grants, except to callers who may audit', async () => {
    const [ana, ben, eve] = await Promise.all([
      person(['platform']),
      person(['platform']),
      person(['security']),
    ]);
    const { grant } = await vend(ana, ARTIFACTS);
    const path = `/v1/grants/${grant.id}`;
    expect((await call('GET', path, ana)).status).toBe(200);
    for (const hidden of [path, `${path}/events`]) {
      expect((await call('GET', hidden, ben)).status).toBe(404);
      expect((await call('GET', hidden, eve)).status).toBe(200);
    }
    expect((await call('POST', `${path}/credentials`, ben)).status).toBe(404);
    expect((await call('POST', `${path}/credentials`, eve)).status).toBe(403);
    const query = `/v1/grants?requester=${encodeURIComponent(grant.requester.id)}`;
    expect((await call('GET', query, ben)).body['grants']).toEqual([]);
    expect((await call('GET', query, eve)).body['grants']).toHaveLength(1);
  });

  test('returns pages, newest first, without gaps', async () => {
    const token = await person(['platform']);
    const made: string[] = [];
    for (let count = 0; count < 5; count += 1) made.push((await vend(token, ARTIFACTS)).grant.id);
    const seen: Grant[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const answer = await call('GET', `/v1/grants?limit=2${query}`, token);
      const page = responses.grantPage.parse(answer.body);
      seen.push(...page.grants);
      cursor = page.nextCursor;
    }
    expect(seen.map(({ id }) => id)).toEqual(made.toReversed());
  });

  test('shows the audit trail in order, with requester, address and decision, without keys', async () => {
    const token = await person(['platform']);
    const { grant, credentials } = await vend(token, ARTIFACTS);
    const answer = await call('GET', `/v1/grants/${grant.id}/events`, token);
    const { events } = responses.events.parse(answer.body);
    expect(events.map(({ type }) => type)).toEqual(['requested', 'vended']);
    expect(events[0]).toMatchObject({
      actor: grant.requester,
      decision: grant.decision,
      inputs: { facts: { durationSeconds: 900, sourceIp: '127.0.0.1' } },
    });
    const text = JSON.stringify(answer.body);
    for (const secret of [credentials.secretAccessKey, credentials.sessionToken, token]) {
      expect(text).not.toContain(secret);
    }
  });
});
