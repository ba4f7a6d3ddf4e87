import { GetObjectCommand } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from '@jest/globals';
import * as responses from '../../core/api/responses.ts';
import {
  ARTIFACTS,
  BUCKET,
  call,
  fillBucket,
  person,
  refusal,
  s3,
  stack,
  tokenFor,
  vend,
} from './support.ts';

beforeAll(fillBucket);

const ONE = `arn:aws:s3:::${BUCKET}/releases/1/app.tgz`;

describe('a scope', () => {
  test('limits the keys to what was requested', async () => {
    const token = await person(['platform']);
    const scope = { actions: ['s3:getobject'], resources: [ONE] };
    const dry = await call('POST', '/v1/evaluate', token, { ...ARTIFACTS, scope });
    expect(JSON.stringify(dry.body['sessionPolicy'])).toContain(
      `{"Effect":"Allow","Action":"s3:getobject","Resource":"${ONE}"}`,
    );
    const { grant, credentials } = await vend(token, { ...ARTIFACTS, scope });
    expect(grant.scope).toEqual(scope);
    const get = (Key: string) =>
      refusal(s3(credentials).send(new GetObjectCommand({ Bucket: BUCKET, Key })));
    expect(await get('releases/1/app.tgz')).toBeNull();
    expect(await get('releases/1/other.tgz')).toBe('AccessDenied');
  });

  test.each([
    [
      'an action that is not contained',
      { actions: ['s3:*'] },
      '/scope/actions/0',
      /nearest is 's3:/,
    ],
    [
      'a resource that is not contained',
      { resources: [`arn:aws:s3:::${BUCKET}/*`] },
      '/scope/resources/0',
      /nearest is/,
    ],
    ['nothing', {}, '/scope', /is empty/],
    ['an empty list', { actions: [] }, '/scope/actions', /may not be empty/],
    ['a variable', { resources: ['arn:aws:s3:::b/${aws:username}'] }, '/scope/resources/0', /\$/],
    [
      'more than actions and resources',
      { actions: ['s3:GetObject'], conditions: {} },
      '/scope/conditions',
      /not a field/,
    ],
  ])('of %s is refused, with its JSON pointer', async (_, scope, pointer, says) => {
    const answer = await call('POST', '/v1/grants', await person(['platform']), {
      ...ARTIFACTS,
      scope,
    });
    expect(answer.status).toBe(400);
    const error = responses.problem
      .parse(answer.body)
      .errors?.find((one) => one.pointer === pointer);
    expect(error?.detail).toMatch(says);
  });
});

describe('a denial', () => {
  test('advises on a request that would be allowed, and it is', async () => {
    const token = await person(['platform']);
    const long = { ...ARTIFACTS, durationSeconds: 7200 };
    const denied = await call('POST', '/v1/grants', token, long);
    expect(denied.status).toBe(403);
    const advice = 'Ask for at most 1 hour: it would be allowed at once.';
    expect(denied.body['decision']).toMatchObject({ outcome: 'deny', advice: [advice] });
    const dry = await call('POST', '/v1/evaluate', token, long);
    expect(dry.body).toMatchObject({
      decision: denied.body['decision'],
      sessionPolicy: null,
      expiresAt: null,
    });
    expect(
      (await call('POST', '/v1/grants', token, { ...long, durationSeconds: 3600 })).status,
    ).toBe(201);
  });
});

describe('history', () => {
  test('counts the denials of the day if a policy uses it', async () => {
    const claims = { amr: ['mfa'], auth_time: Math.floor(Date.now() / 1000) };
    const sub = `support-${Date.now()}`;
    const [careless, careful] = await Promise.all([
      tokenFor('people', { sub, groups: ['support'] }),
      tokenFor('people', { sub, groups: ['support'], ...claims }),
    ]);
    const read = {
      entitlement: 'orders-read',
      parameters: { table: 'orders' },
      durationSeconds: 900,
      justification: 'case 4711',
    };
    expect((await call('POST', '/v1/evaluate', careful, read)).body).toMatchObject({
      decision: { outcome: 'allow' },
    });
    for (let count = 0; count < 5; count += 1) {
      expect((await call('POST', '/v1/grants', careless, read)).status).toBe(403);
    }
    const denied = await call('POST', '/v1/grants', careful, read);
    expect(denied).toMatchObject({
      status: 403,
      body: { decision: { policies: ['many-denials-need-a-talk'] } },
    });
  });
});

describe('recorded decisions', () => {
  test('are shown to callers who may audit, with everything the engine saw', async () => {
    const [ana, eve] = await Promise.all([person(['platform']), person(['security'])]);
    const { grant } = await vend(ana, ARTIFACTS);
    expect((await call('GET', '/v1/decisions', ana)).status).toBe(403);
    const query = `/v1/decisions?requester=${encodeURIComponent(grant.requester.id)}`;
    const page = responses.decisionPage.parse((await call('GET', query, eve)).body);
    expect(page.decisions).toMatchObject([
      {
        grantId: grant.id,
        entitlement: 'artifacts-read',
        decision: grant.decision,
        inputs: {
          principal: { id: grant.requester.id, groups: ['people:platform'] },
          facts: { durationSeconds: 900, parameters: ARTIFACTS.parameters, sourceIp: '127.0.0.1' },
        },
      },
    ]);
  });

  test('can be read as JSON lines, with a link to the next page', async () => {
    const [ana, eve] = await Promise.all([person(['platform']), person(['security'])]);
    const { grant } = await vend(ana, ARTIFACTS);
    await vend(ana, ARTIFACTS);
    const query = `?requester=${encodeURIComponent(grant.requester.id)}&limit=1`;
    const headers = { authorization: `Bearer ${eve}`, accept: 'application/jsonl' };
    const first = await fetch(`${stack().apiUrl}/v1/decisions${query}`, { headers });
    expect(first.headers.get('content-type')).toContain('application/jsonl');
    const next = /^<(.+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1];
    const second = await fetch(`${stack().apiUrl}${next}`, { headers });
    const lines = `${await first.text()}${await second.text()}`.trimEnd().split('\n');
    expect(
      lines.map((line) => responses.recordedDecision.parse(JSON.parse(line)).entitlement),
    ).toEqual(['artifacts-read', 'artifacts-read']);
  });
});
