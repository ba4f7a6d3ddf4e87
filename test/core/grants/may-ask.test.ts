import { describe, expect, test } from '@jest/globals';
import { problemOf } from '../../../core/api/problem.ts';
import { extendGrant } from '../../../core/grants/extend-grant.ts';
import { requestGrant } from '../../../core/grants/request-grant.ts';
import { requestAndVend, vendCredentials } from '../../../core/grants/vend-credentials.ts';
import { castVote } from '../../../core/grants/vote-on-grant.ts';
import { err } from '../../../core/result.ts';
import { compiled, files, PERMIT_READ, READ } from '../../support/bundles.ts';
import { NO_STORE, withStore } from '../../support/failing-ports.ts';
import { CALL, callOf, person, REQUEST, world } from '../../support/memory-ports.ts';

const APPROVED = {
  'entitlements/read.yaml': `${READ}approval: { required: 1, approvers: ['people:boss'] }\n`,
  'policies/read.cedar': PERMIT_READ.replace(', ValetKey::Action::"autoApprove"', ''),
};
const withLimits = (limits: string, more = {}) =>
  world(compiled(files({ ...more, 'limits.yaml': limits })));

describe('limits on requests', () => {
  test('hold back the request that would make too many wait, and leave no grant', async () => {
    const broker = withLimits('users: { openRequestsPerEntitlement: 2 }', APPROVED);
    for (const _ of [1, 2]) {
      expect(await requestGrant(broker.ports, CALL, REQUEST)).toMatchObject({ ok: true });
    }
    const third = await requestGrant(broker.ports, CALL, REQUEST);
    expect(third).toMatchObject({
      error: { code: 'limited', limit: 'openRequestsPerEntitlement' },
    });
    expect(await requestAndVend(broker.ports, CALL, REQUEST)).toEqual(third);
    expect(broker.grants.size).toBe(2);
    const other = callOf(person('bob'));
    expect(await requestGrant(broker.ports, other, REQUEST)).toMatchObject({ ok: true });
  });

  test('make those wait whom people deny again and again', async () => {
    const limits = 'coolDown: { afterDenials: 2, wait: 5m }';
    const broker = world(compiled(files({ ...APPROVED, 'limits.yaml': limits })));
    const boss = callOf(person('bo', ['boss']));
    for (const _ of [1, 2]) {
      const asked = await requestGrant(broker.ports, CALL, REQUEST);
      if (!asked.ok) throw new Error(asked.error.code);
      const vote = { vote: 'deny', comment: null, extension: null } as const;
      expect(await castVote(broker.ports, boss, asked.value.id, vote)).toMatchObject({
        value: { status: 'denied' },
      });
    }
    expect(await requestGrant(broker.ports, CALL, REQUEST)).toMatchObject({
      error: { code: 'limited', limit: 'coolDown', retryAfterSeconds: 300 },
    });
  });

  test('cost no read where policy decides alone, and hold back nothing that it denies', async () => {
    const broker = withLimits('coolDown: { afterDenials: 1 }');
    const noReads = withStore(broker.ports, { asked: async () => err(NO_STORE) });
    expect(await requestGrant(noReads, CALL, REQUEST)).toMatchObject({ ok: true });
    const stranger = callOf(person('eve', []));
    for (const _ of [1, 2, 3]) {
      expect(await requestGrant(noReads, stranger, REQUEST)).toMatchObject({
        error: { code: 'denied' },
      });
    }
  });

  test('count every request of a minute', async () => {
    const broker = withLimits('users: { requestsPerMinute: 2 }');
    await requestGrant(broker.ports, CALL, REQUEST);
    await requestAndVend(broker.ports, CALL, REQUEST);
    expect(await requestAndVend(broker.ports, CALL, REQUEST)).toMatchObject({
      error: { code: 'limited', limit: 'requestsPerMinute', most: 2 },
    });
    expect(broker.grants.size).toBe(2);
  });
});

test('vends under a grant are limited by the minute, as the entitlement says', async () => {
  const broker = withLimits('entitlements: { read: { vendsPerMinute: 1 } }');
  const asked = await requestGrant(broker.ports, CALL, REQUEST);
  if (!asked.ok) throw new Error(asked.error.code);
  const vend = () => vendCredentials(broker.ports, CALL, asked.value.id);
  expect(await vend()).toMatchObject({ ok: true });
  expect(await vend()).toMatchObject({ error: { limit: 'vendsPerMinute', most: 1 } });
});

test('an extension that people have to approve is held back like a request', async () => {
  const ask = '@id("ask")\npermit (principal, action == ValetKey::Action::"request", resource);\n';
  const short = PERMIT_READ.replace(');\n', ') when { context.durationSeconds <= 900 };\n');
  const broker = withLimits('users: { openRequests: 1 }', {
    ...APPROVED,
    'policies/read.cedar': `${ask}${short}`,
  });
  const active = await requestGrant(broker.ports, CALL, { ...REQUEST, durationSeconds: 900 });
  if (!active.ok) throw new Error(active.error.code);
  const extend = () =>
    extendGrant(broker.ports, CALL, active.value.id, {
      durationSeconds: 3600,
      justification: 'longer',
    });
  expect(await requestGrant(broker.ports, CALL, REQUEST)).toMatchObject({
    value: { status: 'pending' },
  });
  expect(await extend()).toMatchObject({ error: { code: 'limited', limit: 'openRequests' } });
});

test('an answer names the limit, and says when to try again', () => {
  const failure = { code: 'limited', most: 3, retryAfterSeconds: 90 } as const;
  const { status, headers, body } = problemOf({ ...failure, limit: 'coolDown' });
  expect({ status, retry: headers['retry-after'] }).toEqual({ status: 429, retry: '90' });
  expect(body).toMatchObject({
    type: 'urn:valetkey:problem:limited',
    limit: 'coolDown',
    most: 3,
    detail:
      'Approvers denied requests of yours for this entitlement at least 3 times within a day. Read why before you ask again. Try again in 1 min 30 s.',
  });
});
