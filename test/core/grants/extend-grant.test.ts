import { describe, expect, test } from '@jest/globals';
import type { GrantStatus } from '../../../core/grant.ts';
import { extendGrant } from '../../../core/grants/extend-grant.ts';
import type { Caller } from '../../../core/principal.ts';
import { err, ok } from '../../../core/result.ts';
import { activeIn, GOVERNED, keyed, POLICIES } from '../../support/authorities.ts';
import { compiled, files, PERMIT_READ, READ } from '../../support/bundles.ts';
import {
  NO_POLICY,
  NO_STORE,
  silentOn,
  withEngine,
  withStore,
} from '../../support/failing-ports.ts';
import { ANA, CALL, callOf, NOW, person, type World, world } from '../../support/memory-ports.ts';

const MORE = { durationSeconds: 3600, justification: 'longer' };
const LATER = Date.parse('2026-11-23T11:00:00Z');

const extend = (broker: World, id: string, extension = MORE, caller: Caller = ANA) =>
  extendGrant(broker.ports, callOf(caller), id, extension);

describe('an extension', () => {
  test('gives the grant a later end, counted from now, with the decision of today', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const extended = await extend(broker, grant.id);
    const decision = {
      outcome: 'allow',
      policies: ['readers-request', 'tickets-suffice'],
      advice: [],
      bundle: GOVERNED.hash,
    };
    expect(extended).toEqual(ok({ ...grant, version: 2, expiresAt: LATER, decision }));
    expect(broker.log).toEqual(['update']);
    expect(broker.events.at(-1)).toMatchObject({
      ...{ type: 'extended', expiresAt: LATER, justification: 'longer', decision },
      inputs: {
        principal: ANA.principal,
        facts: {
          ...{ now: NOW, durationSeconds: 3600, startsInSeconds: 0, sourceIp: '10.1.2.3' },
          ...{ mfa: false, mfaAgeSeconds: null, ticket: 'OPS-1', justification: 'longer' },
          ...{ scoped: false, parameters: { prefix: 'a' }, history: null },
        },
      },
    });
  });

  test('is asked of policy with the scope and the parameters of the grant', async () => {
    const broker = world(GOVERNED);
    const scope = { actions: ['s3:GetObject'] };
    const grant = await activeIn(broker, { scope, parameters: { prefix: 'b' } });
    await extend(broker, grant.id);
    expect(broker.events.at(-1)).toMatchObject({
      inputs: { facts: { scoped: true, parameters: { prefix: 'b' } } },
    });
  });

  test('is denied where a new request would need an approval, and leaves only a record', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker, { ticket: null });
    const recorded: unknown[] = [];
    const ports = withStore(broker.ports, {
      recordDenial: async (write) => {
        recorded.push(write.decision);
        return broker.ports.store.recordDenial(write);
      },
    });
    const decision = {
      outcome: 'approve',
      policies: ['readers-request'],
      advice: [],
      bundle: GOVERNED.hash,
    };
    expect(await extendGrant(ports, CALL, grant.id, MORE)).toEqual(
      err({ code: 'denied', grant, decision }),
    );
    expect(recorded).toEqual([decision]);
    expect(broker.grants.get(grant.id)).toEqual(grant);
    expect(broker.events.at(-1)).toMatchObject({
      ...{ type: 'extension-denied', grantId: grant.id, status: 'active', decision, at: NOW },
      ...{ actor: { id: 'people:ana' }, requestId: 'r-1' },
      inputs: { facts: { justification: 'longer' } },
    });
  });

  test('is denied where policy denies it by now', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const moved = person('ana', ['writers']);
    expect(await extend(broker, grant.id, MORE, moved)).toMatchObject({
      error: { code: 'token-denied', grant, decision: { outcome: 'deny', policies: [] } },
    });
  });

  test('that was denied is denied again under the same key, with one record', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker, { ticket: null });
    const keyedCall = keyed(ANA);
    const first = await extendGrant(broker.ports, keyedCall, grant.id, MORE);
    expect(first).toMatchObject({ error: { code: 'denied', decision: { outcome: 'approve' } } });
    const written = broker.events.length;
    expect(await extendGrant(broker.ports, keyedCall, grant.id, MORE)).toEqual(first);
    expect(broker.events).toHaveLength(written);
  });

  test('that was made is answered as made under the same key, whatever the rules say by now', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const first = await extendGrant(broker.ports, keyed(ANA), grant.id, MORE);
    broker.now += 1000;
    const shorter = { ...MORE, durationSeconds: 1 };
    expect(await extendGrant(broker.ports, keyed(ANA), grant.id, MORE)).toEqual(first);
    expect(await extendGrant(broker.ports, keyed(ANA, 'other'), grant.id, shorter)).toEqual(
      err({ code: 'key-reused' }),
    );
  });

  test('is not even denied where the record of it cannot be written', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker, { ticket: null });
    const ports = withStore(broker.ports, { recordDenial: async () => err(NO_STORE) });
    expect(await extendGrant(ports, CALL, grant.id, MORE)).toEqual(err(NO_STORE));
  });

  test.each([
    [
      28_801,
      'may not reach beyond 2026-11-23T18:00:00Z, because the grant began at 2026-11-23T10:00:00.500Z',
    ],
    [1799, 'ends before 2026-11-23T10:30:00Z, when the grant ends already'],
  ])('of %s seconds is invalid', async (durationSeconds, detail) => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    expect(await extend(broker, grant.id, { ...MORE, durationSeconds })).toEqual(
      err({ code: 'invalid', errors: [{ pointer: '/durationSeconds', detail }] }),
    );
    expect(broker.questions).toEqual(['request', 'autoApprove']);
  });

  test.each<GrantStatus>(['pending', 'expired', 'revoking', 'revoked', 'cancelled'])(
    'comes too late for a grant that is %s',
    async (status) => {
      const broker = world(GOVERNED);
      const grant = await activeIn(broker, { status });
      const detail = `The grant is ${status}, not active.`;
      expect(await extend(broker, grant.id)).toEqual(err({ code: 'wrong-state', grant, detail }));
    },
  );

  test.each([
    ['grants something else', { 'entitlements/read.yaml': READ.replace('Get', 'Put') }],
    [
      'is gone',
      {
        'entitlements/read.yaml': READ.replace('id: read', 'id: other'),
        'policies/read.cedar': PERMIT_READ.replace('"read"\n', '"other"\n'),
      },
    ],
  ])('is impossible once the entitlement %s', async (_, changes) => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const ports = { ...broker.ports, bundle: compiled(files(changes)) };
    const detail = 'The entitlement has changed since this grant was made. Request a new grant.';
    expect(await extendGrant(ports, CALL, grant.id, MORE)).toEqual(
      err({ code: 'wrong-state', grant, detail }),
    );
  });

  test('fails where policy gives no answer', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const ports = withEngine(broker.ports, silentOn('autoApprove'));
    expect(await extendGrant(ports, CALL, grant.id, MORE)).toEqual(err(NO_POLICY));
    expect(broker.log).toEqual([]);
  });

  test('depends on the caller’s history where policy asks for it', async () => {
    const first = ' when { context.history.firstUse }';
    const policies = POLICIES.replace(' when { context has ticket }', first);
    const broker = world(compiled(files({ 'policies/read.cedar': policies })));
    const grant = await activeIn(broker);
    expect(await extend(broker, grant.id)).toMatchObject({ ok: true });
    broker.past = { denials: 0, entitlements: ['read'] };
    expect(await extend(broker, grant.id)).toMatchObject({ error: { code: 'denied' } });
    const ports = withStore(broker.ports, { history: async () => err(NO_STORE) });
    expect(await extendGrant(ports, CALL, grant.id, MORE)).toEqual(err(NO_STORE));
  });

  test('is denied while a review of a break-glass use is overdue', async () => {
    const glass = compiled(files({ 'entitlements/read.yaml': `${READ}breakGlass: true\n` }));
    const broker = world(glass);
    const grant = await activeIn(broker);
    const owing = withStore(broker.ports, { overdueReview: async () => ok('gr_old') });
    expect(await extendGrant(owing, CALL, grant.id, MORE)).toMatchObject({
      error: { code: 'denied', decision: { policies: ['valetkey.overdue-review'] } },
    });
    expect(await extend(broker, grant.id)).toMatchObject({ value: { expiresAt: LATER } });
  });

  test('is for the job that requested the grant, and for no other run', async () => {
    const workloads = PERMIT_READ.replace(
      'principal in ValetKey::Group::"people:readers"',
      'principal is ValetKey::Workload',
    );
    const bundle = compiled(
      files({
        'entitlements/read.yaml': `${READ}job: [ref]\n`,
        'policies/read.cedar': workloads,
      }),
    );
    const run = (ref: string): Caller => ({
      ...ANA,
      principal: {
        type: 'Workload',
        id: 'people:ana',
        issuer: 'github',
        name: 'shop',
        groups: [],
        tags: { ref },
      },
    });
    const broker = world(bundle);
    const made = await activeIn(broker, {}, run('1'));
    const detail =
      'The grant is bound to the job that requested it, and this token belongs to another job.';
    expect(await extend(broker, made.id, MORE, run('2'))).toEqual(
      err({ code: 'forbidden', grant: made, detail }),
    );
    expect(await extend(broker, made.id, MORE, run(''))).toMatchObject({
      error: { code: 'token-denied', decision: { policies: ['valetkey.unknown-job'] } },
    });
    expect(await extend(broker, made.id, MORE, run('1'))).toMatchObject({ ok: true });
  });
});
