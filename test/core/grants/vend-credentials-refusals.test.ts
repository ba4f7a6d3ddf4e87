import { describe, expect, test } from '@jest/globals';
import type { Grant } from '../../../core/grant.ts';
import { requestAndVend, vendCredentials } from '../../../core/grants/vend-credentials.ts';
import { err, ok } from '../../../core/result.ts';
import { compiled, files, PERMIT_AUDIT, READ } from '../../support/bundles.ts';
import { NO_POLICY, silentOn, withEngine, withStore } from '../../support/failing-ports.ts';
import {
  ANA,
  AUDITOR,
  CALL,
  callOf,
  NOW,
  person,
  REQUEST,
  world,
} from '../../support/memory-ports.ts';

const BUNDLE = compiled(files({ 'policies/read.cedar': PERMIT_AUDIT }));
const KEYED = {
  ...CALL,
  idempotency: { principal: ANA.principal.id, key: 'k', fingerprint: 'f' },
};

async function granted(bundle = BUNDLE) {
  const broker = world(bundle);
  const first = await requestAndVend(broker.ports, KEYED, REQUEST);
  if (!first.ok) throw new Error(first.error.code);
  broker.log.length = 0;
  broker.plans.length = 0;
  return { broker, grant: first.value.grant };
}

describe('a vend under somebody else’s grant', () => {
  test('is forbidden to those who may see it, and tells the others that there is none', async () => {
    const { broker, grant } = await granted();
    expect(await vendCredentials(broker.ports, callOf(AUDITOR), grant.id)).toMatchObject({
      ok: false,
      error: { code: 'forbidden', grant: { id: grant.id } },
    });
    const stranger = await vendCredentials(broker.ports, callOf(person('eve')), grant.id);
    const nowhere = await vendCredentials(
      broker.ports,
      callOf(person('eve')),
      `gr_${'9'.repeat(20)}`,
    );
    expect(stranger).toMatchObject({ error: { code: 'not-found' } });
    expect(stranger).toEqual(nowhere);
    expect(broker.log).toEqual([]);
  });

  test('is not opened by a name, only by the id', async () => {
    const { broker, grant } = await granted();
    const namesake = person('ana2');
    const disguised = {
      ...namesake,
      principal: { ...namesake.principal, name: grant.requester.name },
    };
    expect(await vendCredentials(broker.ports, callOf(disguised), grant.id)).toMatchObject({
      error: { code: 'not-found' },
    });
  });

  test('stays closed when policy cannot say who may see it', async () => {
    const { broker, grant } = await granted();
    const ports = withEngine(broker.ports, { mayOnBroker: () => err(NO_POLICY) });
    expect(await vendCredentials(ports, callOf(AUDITOR), grant.id)).toEqual({
      ok: false,
      error: NO_POLICY,
    });
  });
});

describe('a vend under a grant that changed', () => {
  test.each<[string, Partial<Grant>]>([
    ['is pending', { status: 'pending', expiresAt: null }],
    ['is scheduled', { status: 'scheduled', startsAt: NOW + 60_000 }],
    ['was denied', { status: 'denied', expiresAt: null }],
    ['was cancelled', { status: 'cancelled' }],
    ['lapsed', { status: 'lapsed' }],
    ['expired', { status: 'expired' }],
    ['is being revoked', { status: 'revoking' }],
    ['was revoked', { status: 'revoked' }],
  ])('gives nothing once it %s, and shows it as it is', async (_, changes) => {
    const { broker, grant } = await granted();
    const stored = { ...grant, ...changes };
    broker.grants.set(grant.id, stored);
    expect(await vendCredentials(broker.ports, CALL, grant.id)).toMatchObject({
      error: { code: 'wrong-state', grant: stored },
    });
    expect(broker.log).toEqual([]);
  });

  test.each([
    ['was renamed', null],
    ['grants another action', READ.replace('s3:GetObject', 's3:PutObject')],
    ['names another role', READ.replace('role/valetkey/read', 'role/valetkey/other')],
    ['takes other parameters', READ.replace('{1,20}', '{1,21}')],
  ])('gives nothing once the entitlement %s', async (_, text) => {
    const { broker, grant } = await granted();
    const other = READ.replace('id: read', 'id: other');
    const changed = compiled(
      files({
        'entitlements/read.yaml': text ?? other,
        ...(text === null && {
          'policies/read.cedar': PERMIT_AUDIT.replace(
            'Entitlement::"read"',
            'Entitlement::"other"',
          ),
        }),
      }),
    );
    const answer = await vendCredentials({ ...broker.ports, bundle: changed }, CALL, grant.id);
    expect(answer).toMatchObject({ error: { code: 'wrong-state', grant } });
    expect(broker.log).toEqual([]);
  });

  test('still works after a change of other parts of the bundle', async () => {
    const { broker, grant } = await granted();
    const changed = compiled(
      files({
        'policies/read.cedar': PERMIT_AUDIT,
        'entitlements/more.yaml': READ.replace('id: read', 'id: more'),
      }),
    );
    expect(changed.hash).not.toBe(BUNDLE.hash);
    expect((await vendCredentials({ ...broker.ports, bundle: changed }, CALL, grant.id)).ok).toBe(
      true,
    );
  });
});

describe('a repeat under the same Idempotency-Key', () => {
  test.each<[Grant['status'], string]>([
    ['denied', 'denied'],
    ['expired', 'wrong-state'],
    ['revoking', 'wrong-state'],
    ['revoked', 'wrong-state'],
    ['cancelled', 'wrong-state'],
  ])('of a grant that is %s now is %s, and makes no other', async (status, code) => {
    const { broker, grant } = await granted();
    broker.grants.set(grant.id, { ...grant, status });
    const again = await requestAndVend(broker.ports, KEYED, REQUEST);
    expect(again).toMatchObject({ ok: false, error: { code, grant: { id: grant.id } } });
    expect(broker.grants.size).toBe(1);
    expect(broker.plans).toEqual([]);
  });

  test('of a grant that waits for a human gives that grant, and no keys', async () => {
    const { broker, grant } = await granted();
    broker.grants.set(grant.id, { ...grant, status: 'pending', expiresAt: null });
    expect(await requestAndVend(broker.ports, KEYED, REQUEST)).toMatchObject({
      ok: true,
      value: { grant: { id: grant.id, status: 'pending' }, credentials: null },
    });
    expect(broker.plans).toEqual([]);
  });

  test('after the grant’s end is refused, though the stored grant still says active', async () => {
    const { broker, grant } = await granted();
    broker.now = grant.expiresAt ?? 0;
    expect(await requestAndVend(broker.ports, KEYED, REQUEST)).toMatchObject({
      error: { code: 'wrong-state', grant: { id: grant.id } },
    });
    expect(broker.plans).toEqual([]);
  });

  test('vends nothing with a token that could not request the grant by now', async () => {
    const { broker, grant } = await granted();
    const no = { permitted: false, policies: [], advice: [] };
    const ports = withEngine(broker.ports, { ask: () => ok(no) });
    const again = await requestAndVend(ports, KEYED, REQUEST);
    expect(again).toMatchObject({ error: { code: 'token-denied', grant: { id: grant.id } } });
    expect(broker.log).toEqual(['create']);
  });

  test('is answered with its grant also where the same request would be invalid by now', async () => {
    const { broker, grant } = await granted();
    const removed = { ...broker.ports.bundle, entitlements: {} };
    const again = await requestAndVend({ ...broker.ports, bundle: removed }, KEYED, REQUEST);
    expect(again).toMatchObject({ error: { code: 'wrong-state', grant: { id: grant.id } } });
  });

  test('that leads to a grant which is gone or somebody else’s gives nothing', async () => {
    const { broker, grant } = await granted();
    const repeated = async () => err({ code: 'repeated' as const, grantId: grant.id });
    const ports = withStore(broker.ports, { create: repeated });
    const stranger = await requestAndVend(ports, callOf(person('eve'), KEYED), REQUEST);
    expect(stranger).toMatchObject({ error: { code: 'not-found' } });
    broker.grants.clear();
    expect((await requestAndVend(ports, KEYED, REQUEST)).ok).toBe(false);
    expect(broker.plans).toEqual([]);
  });
});

test.each(['request', 'autoApprove'] as const)(
  'no answer of policy to %s means no grant and no keys',
  async (action) => {
    const broker = world(BUNDLE);
    const ports = withEngine(broker.ports, silentOn(action));
    const answer = await requestAndVend(ports, CALL, REQUEST);
    expect(answer).toEqual({ ok: false, error: NO_POLICY });
    expect(broker.log).toEqual([]);
  },
);
