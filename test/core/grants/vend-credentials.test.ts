import { describe, expect, test } from '@jest/globals';
import { type Grant, next } from '../../../core/grant.ts';
import { requestAndVend, vendCredentials } from '../../../core/grants/vend-credentials.ts';
import type { Caller } from '../../../core/principal.ts';
import { err, ok } from '../../../core/result.ts';
import { compiled, files, PERMIT_READ, READ } from '../../support/bundles.ts';
import { NO_STORE, withStore } from '../../support/failing-ports.ts';
import {
  ANA,
  CALL,
  callOf,
  NOW,
  person,
  REQUEST,
  type World,
  world,
} from '../../support/memory-ports.ts';

const BUNDLE = compiled();

async function vended(broker = world(BUNDLE), call = CALL) {
  const answer = await requestAndVend(broker.ports, call, REQUEST);
  if (!answer.ok || answer.value.credentials === null) throw new Error('no keys');
  return { broker, grant: answer.value.grant, credentials: answer.value.credentials };
}

describe('asking and vending in one call', () => {
  test('persists the grant and both events, and only then calls STS', async () => {
    const { broker, grant, credentials } = await vended();
    expect(broker.log).toEqual(['create', 'assumeRole']);
    expect(broker.grants.get(grant.id)).toMatchObject({
      status: 'active',
      keysValidUntil: grant.expiresAt,
    });
    expect(broker.events.map(({ type }) => type)).toEqual(['requested', 'vended']);
    expect(credentials.expiration).toBe(Date.parse('2026-11-23T10:30:00Z'));
  });

  test('plans a session that names grant and person, under the policy of this request', async () => {
    const { broker, grant } = await vended();
    const [plan] = broker.plans;
    expect(plan?.sourceIdentity).toBe(`${grant.principalKey}.${grant.id}`);
    expect(plan?.durationSeconds).toBe(1800);
    expect(JSON.parse(plan?.policy ?? '')).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::acme/a/*' },
        {
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': '2026-11-23T10:30:00Z' } },
        },
      ],
    });
  });

  test.each([
    ['is unavailable', { code: 'unavailable', what: 'store' }],
    ['knows the principal as suspended', { code: 'suspended' }],
    ['knows the role as frozen', { code: 'role-frozen' }],
  ] as const)('never calls STS when the store %s', async (_, refuse) => {
    const broker = world(BUNDLE);
    broker.refuse = refuse;
    expect(await requestAndVend(broker.ports, CALL, REQUEST)).toEqual({ ok: false, error: refuse });
    expect(broker.log).toEqual(['create']);
  });

  test('leaves a grant that can vend again when STS fails, and an event that says so', async () => {
    const broker = world(BUNDLE);
    broker.stsFails = true;
    const failed = await requestAndVend(broker.ports, CALL, REQUEST);
    const [grant] = broker.grants.values();
    expect(failed).toEqual({
      ok: false,
      error: { code: 'unavailable', what: 'sts', grantId: grant?.id },
    });
    expect(broker.events.at(-1)).toMatchObject({ type: 'vend-failed', reason: 'AccessDenied' });
    broker.stsFails = false;
    expect(await vendCredentials(broker.ports, CALL, grant?.id ?? '')).toMatchObject({ ok: true });
  });

  test('stores a denial, and vends nothing', async () => {
    const broker = world(BUNDLE);
    const denied = await requestAndVend(broker.ports, callOf(person('eve', [])), REQUEST);
    expect(denied).toMatchObject({
      ok: false,
      error: { code: 'denied', grant: { status: 'denied' } },
    });
    expect(broker.grants.size).toBe(1);
    expect(broker.log).toEqual(['create']);
  });

  test('leaves no secret in anything that is stored', async () => {
    const { broker } = await vended();
    const stored = JSON.stringify([[...broker.grants.values()], broker.events]);
    expect(stored).not.toMatch(/SECRET|TOKEN|ASIA/);
  });

  test('repeated under its key gives a new session of the same grant', async () => {
    const broker = world(BUNDLE);
    const call = {
      ...CALL,
      idempotency: { principal: ANA.principal.id, key: 'k', fingerprint: 'f' },
    };
    const first = await requestAndVend(broker.ports, call, REQUEST);
    const again = await requestAndVend(broker.ports, call, REQUEST);
    if (!first.ok || !again.ok) throw new Error('no keys');
    expect(again.value.grant.id).toBe(first.value.grant.id);
    expect(broker.grants.size).toBe(1);
    expect(new Set(broker.plans.map(({ sessionName }) => sessionName)).size).toBe(2);
    const other = { ...call, idempotency: { ...call.idempotency, fingerprint: 'g' } };
    expect(await requestAndVend(broker.ports, other, REQUEST)).toMatchObject({
      error: { code: 'key-reused' },
    });
  });

  test('looks history up only for bundles whose policies ask for it', async () => {
    const asking = PERMIT_READ.replace(');\n', ')\nwhen { context.history.recentDenials < 3 };\n');
    const broker = world(compiled(files({ 'policies/read.cedar': asking })));
    await vended(broker);
    expect(broker.log).toEqual(['history', 'create', 'assumeRole']);
    expect(broker.events[0]).toMatchObject({
      inputs: { facts: { history: { recentDenials: 2, firstUse: true } } },
    });
  });
});

describe('vending under a grant', () => {
  test('is for its requester only: strangers find no grant', async () => {
    const { broker, grant } = await vended();
    const stranger = await vendCredentials(broker.ports, callOf(person('ben')), grant.id);
    expect(stranger).toMatchObject({ ok: false, error: { code: 'not-found' } });
    expect(await vendCredentials(broker.ports, CALL, 'gr_none')).toMatchObject({
      error: { code: 'not-found' },
    });
  });

  test('ends with the grant, to the millisecond, whatever the workflow does', async () => {
    const { broker, grant } = await vended();
    broker.now = (grant.expiresAt ?? 0) - 1;
    expect(await vendCredentials(broker.ports, CALL, grant.id)).toMatchObject({ ok: true });
    broker.now += 1;
    expect(await vendCredentials(broker.ports, CALL, grant.id)).toMatchObject({
      error: { code: 'wrong-state' },
    });
  });

  test('asks STS for what remains, never less than 900 s nor more than 3,600', async () => {
    const broker = world(BUNDLE);
    const answer = await requestAndVend(broker.ports, CALL, {
      ...REQUEST,
      durationSeconds: 28_800,
    });
    if (!answer.ok) throw new Error('no keys');
    expect(answer.value.grant.keysValidUntil).toBe(NOW + 3_630_000);
    broker.now = NOW + 28_700_000;
    await vendCredentials(broker.ports, CALL, answer.value.grant.id);
    expect(broker.plans.map(({ durationSeconds }) => durationSeconds)).toEqual([3600, 900]);
  });

  test('stops when the entitlement was changed after the decision', async () => {
    const { broker, grant } = await vended();
    const wider = compiled(
      files({ 'entitlements/read.yaml': READ.replace('s3:GetObject', 's3:*') }),
    );
    const ports = { ...broker.ports, bundle: wider };
    expect(await vendCredentials(ports, CALL, grant.id)).toMatchObject({
      error: { code: 'wrong-state' },
    });
    expect(broker.plans).toHaveLength(1);
  });

  test('of a bound network works from that network only', async () => {
    const broker = world(compiled(files({ 'entitlements/read.yaml': `${READ}network: bind\n` })));
    const { grant } = await vended(broker);
    expect(broker.plans[0]?.policy).toContain('"NotIpAddress":{"aws:SourceIp":"10.1.2.3"}');
    const elsewhere = await vendCredentials(
      broker.ports,
      { ...CALL, sourceIp: '10.1.2.4' },
      grant.id,
    );
    expect(elsewhere).toEqual(
      err({
        code: 'forbidden',
        grant,
        detail:
          'The grant is bound to the network that it was requested from, and this call comes from another one. Request a new grant from here.',
      }),
    );
    expect(await vendCredentials(broker.ports, CALL, grant.id)).toMatchObject({ ok: true });
  });

  test('of any network works from everywhere', async () => {
    const { broker, grant } = await vended();
    const elsewhere = { ...CALL, sourceIp: '10.1.2.4' };
    expect(await vendCredentials(broker.ports, elsewhere, grant.id)).toMatchObject({ ok: true });
  });

  test('of a bound job works for that job only', async () => {
    const workloads = PERMIT_READ.replace(
      'principal in ValetKey::Group::"people:readers"',
      'principal is ValetKey::Workload',
    );
    const broker = world(
      compiled(
        files({
          'entitlements/read.yaml': `${READ}job: [ref]\n`,
          'policies/read.cedar': workloads,
        }),
      ),
    );
    const run = (ref: string): Caller => ({
      ...ANA,
      principal: {
        ...{ type: 'Workload', id: 'github:1/2', issuer: 'github', name: 'shop', groups: [] },
        tags: { ref },
      },
    });
    const first = await requestAndVend(broker.ports, callOf(run('1')), REQUEST);
    if (!first.ok) throw new Error(first.error.code);
    const { id } = first.value.grant;
    expect(await vendCredentials(broker.ports, callOf(run('2')), id)).toMatchObject({
      error: { code: 'forbidden', detail: expect.stringContaining('another job') },
    });
    expect(await vendCredentials(broker.ports, callOf(run('1')), id)).toMatchObject({ ok: true });
    const without = { ...run('1'), principal: { ...run('1').principal, tags: {} } };
    for (const job of [first.value.grant.job, '', null]) {
      broker.grants.set(id, { ...first.value.grant, job });
      expect(await vendCredentials(broker.ports, callOf(without), id)).toMatchObject({
        error: { code: 'token-denied', decision: { policies: ['valetkey.unknown-job'] } },
      });
    }
    expect(broker.plans).toHaveLength(2);
  });

  test('is impossible where its session policy cannot be composed any more', async () => {
    const { broker, grant } = await vended();
    const stored = { ...grant, scope: { actions: ['s3:PutObject'] } };
    broker.grants.set(grant.id, stored);
    expect(await vendCredentials(broker.ports, CALL, grant.id)).toEqual(
      err({
        code: 'wrong-state',
        grant: stored,
        detail: 'The entitlement has changed since this grant was made. Request a new grant.',
      }),
    );
    expect(broker.plans).toHaveLength(1);
  });

  test('under a key of its own is remembered, and the key is good for no other call', async () => {
    const { broker, grant } = await vended();
    const key = (fingerprint: string) => ({
      ...CALL,
      idempotency: { principal: ANA.principal.id, key: 'k', fingerprint },
    });
    expect(await vendCredentials(broker.ports, key('f'), grant.id)).toMatchObject({ ok: true });
    expect(await vendCredentials(broker.ports, key('f'), grant.id)).toMatchObject({ ok: true });
    expect(await vendCredentials(broker.ports, key('g'), grant.id)).toEqual(
      err({ code: 'key-reused' }),
    );
  });
});

describe('a grant that changes while credentials are vended under it', () => {
  /** Another writer makes a change before each of the first vends is recorded. */
  const racing = (broker: World, changes: readonly Partial<Grant>[]) => {
    const left = [...changes];
    return withStore(broker.ports, {
      recordVend: async (write) => {
        const change = left.shift();
        const stored = broker.grants.get(write.grant.id) ?? write.grant;
        if (change !== undefined) broker.grants.set(stored.id, next(stored, change));
        return broker.ports.store.recordVend(write);
      },
    });
  };
  const LATER = Date.parse('2026-11-23T11:00:00Z');

  test('vends with what the other writer left behind', async () => {
    const { broker, grant } = await vended();
    const ports = racing(broker, [{ expiresAt: LATER - 1000 }, { expiresAt: LATER }]);
    const answer = await vendCredentials(ports, CALL, grant.id);
    expect(answer).toMatchObject({
      value: { grant: { version: 3, expiresAt: LATER }, credentials: { expiration: LATER } },
    });
    expect(broker.log.filter((call) => call === 'recordVend')).toHaveLength(3);
    expect(broker.plans.at(-1)?.policy).toContain('2026-11-23T11:00:00Z');
  });

  test('gives nothing once it has ended, and shows it as it is', async () => {
    const { broker, grant } = await vended();
    const kill = { roles: [], at: NOW, until: NOW };
    const ports = racing(broker, [{ status: 'revoking', kill }]);
    expect(await vendCredentials(ports, CALL, grant.id)).toEqual(
      err({
        code: 'wrong-state',
        grant: { ...grant, version: 2, status: 'revoking', kill },
        detail: 'The grant is revoking, not active.',
      }),
    );
    expect(broker.plans).toHaveLength(1);
  });

  test('is left alone after forty conflicts', async () => {
    const { broker, grant } = await vended();
    broker.refuse = { code: 'conflict' };
    expect(await vendCredentials(broker.ports, CALL, grant.id)).toEqual(
      err({
        code: 'wrong-state',
        grant,
        detail: 'The grant changed during the call. Read it again, then retry.',
      }),
    );
    expect(broker.log.filter((call) => call === 'recordVend')).toHaveLength(40);
    expect(broker.plans).toHaveLength(1);
  });

  test('is read once where nothing else changes it', async () => {
    const { broker, grant } = await vended();
    let finds = 0;
    const ports = withStore(broker.ports, {
      find: async () => (finds++ === 0 ? ok(grant) : err(NO_STORE)),
    });
    expect(await vendCredentials(ports, CALL, grant.id)).toMatchObject({ ok: true });
    finds = 0;
    broker.refuse = { code: 'suspended' };
    expect(await vendCredentials(ports, CALL, grant.id)).toEqual(err({ code: 'suspended' }));
  });

  test('gives nothing where it cannot be read again', async () => {
    const { broker, grant } = await vended();
    let finds = 0;
    const ports = withStore(broker.ports, {
      find: async () => (finds++ === 0 ? ok(grant) : err(NO_STORE)),
      recordVend: async () => err({ code: 'conflict' }),
    });
    expect(await vendCredentials(ports, CALL, grant.id)).toEqual(err(NO_STORE));
    expect(broker.plans).toHaveLength(1);
  });
});

describe('a repeat of a request that vended', () => {
  test('says why it gets no credentials once the grant has ended', async () => {
    const broker = world(BUNDLE);
    const idempotency = { principal: ANA.principal.id, key: 'k', fingerprint: 'f' };
    const call = { ...CALL, idempotency };
    const { grant } = await vended(broker, call);
    const ended = { ...grant, status: 'expired' } as const;
    broker.grants.set(grant.id, ended);
    expect(await requestAndVend(broker.ports, call, REQUEST)).toEqual(
      err({
        code: 'wrong-state',
        grant: ended,
        detail: 'The grant of this Idempotency-Key is expired. Request a new grant with a new key.',
      }),
    );
  });

  test('is scheduled without credentials until its start', async () => {
    const broker = world(BUNDLE);
    const later = { ...REQUEST, startsAt: NOW + 60_000 };
    expect(await requestAndVend(broker.ports, CALL, later)).toMatchObject({
      value: { grant: { status: 'scheduled' }, credentials: null },
    });
    expect(broker.events.map(({ type }) => type)).toEqual(['requested']);
    expect(broker.plans).toEqual([]);
  });
});

test('a request that is not valid makes no grant and vends nothing', async () => {
  const broker = world(BUNDLE);
  const request = { ...REQUEST, entitlement: 'none' };
  expect(await requestAndVend(broker.ports, CALL, request)).toMatchObject({
    error: { code: 'invalid' },
  });
  expect(broker.log).toEqual([]);
});

test('a grant that waits for approval checks no kill switch', async () => {
  const broker = world(BUNDLE);
  const roles: unknown[] = [];
  const ports = withStore(broker.ports, {
    create: async ({ vendsOn }) => {
      roles.push(vendsOn);
      return ok(null);
    },
  });
  await requestAndVend(ports, callOf(person('eve', [])), REQUEST);
  expect(roles).toEqual([[]]);
});
