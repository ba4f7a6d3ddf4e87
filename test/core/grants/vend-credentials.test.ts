import { describe, expect, test } from '@jest/globals';
import { askAndVend, vend } from '../../../core/grants/vend-credentials.ts';
import { compiled, files, PERMIT_READ, READ } from '../../support/bundles.ts';
import { ANA, CALL, NOW, person, REQUEST, world } from '../../support/memory-ports.ts';

const BUNDLE = compiled();

async function vended(it = world(BUNDLE)) {
  const answer = await askAndVend(it.ports, ANA, REQUEST, CALL);
  if (!answer.ok || answer.value.credentials === null) throw new Error('no keys');
  return { it, grant: answer.value.grant, credentials: answer.value.credentials };
}

describe('asking and vending in one call', () => {
  test('persists the grant and both events, and only then calls STS', async () => {
    const { it, grant, credentials } = await vended();
    expect(it.log).toEqual(['create', 'assumeRole']);
    expect(it.grants.get(grant.id)).toMatchObject({
      status: 'active',
      keysValidUntil: grant.expiresAt,
    });
    expect(it.events.map(({ type }) => type)).toEqual(['requested', 'vended']);
    expect(credentials.expiration).toBe(Date.parse('2026-11-23T10:30:00Z'));
  });

  test('plans a session that names grant and person, under the policy of this request', async () => {
    const { it, grant } = await vended();
    const [plan] = it.plans;
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
    const it = world(BUNDLE);
    it.refuse = refuse;
    expect(await askAndVend(it.ports, ANA, REQUEST, CALL)).toEqual({ ok: false, error: refuse });
    expect(it.log).toEqual(['create']);
  });

  test('leaves a grant that can vend again when STS fails, and an event that says so', async () => {
    const it = world(BUNDLE);
    it.stsFails = true;
    const failed = await askAndVend(it.ports, ANA, REQUEST, CALL);
    const [grant] = it.grants.values();
    expect(failed).toEqual({
      ok: false,
      error: { code: 'unavailable', what: 'sts', grantId: grant?.id },
    });
    expect(it.events.at(-1)).toMatchObject({ type: 'vend-failed', reason: 'AccessDenied' });
    it.stsFails = false;
    expect(await vend(it.ports, ANA, grant?.id ?? '', CALL)).toMatchObject({ ok: true });
  });

  test('stores a denial, and vends nothing', async () => {
    const it = world(BUNDLE);
    const denied = await askAndVend(it.ports, person('eve', []), REQUEST, CALL);
    expect(denied).toMatchObject({
      ok: false,
      error: { code: 'denied', grant: { status: 'denied' } },
    });
    expect(it.grants.size).toBe(1);
    expect(it.log).toEqual(['create']);
  });

  test('leaves no secret in anything that is stored', async () => {
    const { it } = await vended();
    const stored = JSON.stringify([[...it.grants.values()], it.events]);
    expect(stored).not.toMatch(/SECRET|TOKEN|ASIA/);
  });

  test('repeated under its key gives a new session of the same grant', async () => {
    const it = world(BUNDLE);
    const call = {
      ...CALL,
      idempotency: { principal: ANA.principal.id, key: 'k', fingerprint: 'f' },
    };
    const first = await askAndVend(it.ports, ANA, REQUEST, call);
    const again = await askAndVend(it.ports, ANA, REQUEST, call);
    if (!first.ok || !again.ok) throw new Error('no keys');
    expect(again.value.grant.id).toBe(first.value.grant.id);
    expect(it.grants.size).toBe(1);
    expect(new Set(it.plans.map(({ sessionName }) => sessionName)).size).toBe(2);
    const other = { ...call, idempotency: { ...call.idempotency, fingerprint: 'g' } };
    expect(await askAndVend(it.ports, ANA, REQUEST, other)).toMatchObject({
      error: { code: 'key-reused' },
    });
  });

  test('looks history up only for bundles whose policies ask for it', async () => {
    const asking = PERMIT_READ.replace(');\n', ')\nwhen { context.history.recentDenials < 3 };\n');
    const it = world(compiled(files({ 'policies/read.cedar': asking })));
    await vended(it);
    expect(it.log).toEqual(['history', 'create', 'assumeRole']);
    expect(it.events[0]).toMatchObject({
      inputs: { facts: { history: { recentDenials: 2, firstUse: true } } },
    });
  });
});

describe('vending under a grant', () => {
  test('is for its requester only: strangers find no grant', async () => {
    const { it, grant } = await vended();
    const stranger = await vend(it.ports, person('ben'), grant.id, CALL);
    expect(stranger).toMatchObject({ ok: false, error: { code: 'not-found' } });
    expect(await vend(it.ports, ANA, 'gr_none', CALL)).toMatchObject({
      error: { code: 'not-found' },
    });
  });

  test('ends with the grant, to the millisecond, whatever the workflow does', async () => {
    const { it, grant } = await vended();
    it.now = (grant.expiresAt ?? 0) - 1;
    expect(await vend(it.ports, ANA, grant.id, CALL)).toMatchObject({ ok: true });
    it.now += 1;
    expect(await vend(it.ports, ANA, grant.id, CALL)).toMatchObject({
      error: { code: 'wrong-state' },
    });
  });

  test('asks STS for what remains, never less than 900 s nor more than 3,600', async () => {
    const it = world(BUNDLE);
    const answer = await askAndVend(it.ports, ANA, { ...REQUEST, durationSeconds: 28_800 }, CALL);
    if (!answer.ok) throw new Error('no keys');
    expect(answer.value.grant.keysValidUntil).toBe(NOW + 3_630_000);
    it.now = NOW + 28_700_000;
    await vend(it.ports, ANA, answer.value.grant.id, CALL);
    expect(it.plans.map(({ durationSeconds }) => durationSeconds)).toEqual([3600, 900]);
  });

  test('stops when the entitlement was changed after the decision', async () => {
    const { it, grant } = await vended();
    const wider = compiled(
      files({ 'entitlements/read.yaml': READ.replace('s3:GetObject', 's3:*') }),
    );
    const ports = { ...it.ports, bundle: wider };
    expect(await vend(ports, ANA, grant.id, CALL)).toMatchObject({
      error: { code: 'wrong-state' },
    });
    expect(it.plans).toHaveLength(1);
  });

  test('of a bound network works from that network only', async () => {
    const it = world(compiled(files({ 'entitlements/read.yaml': `${READ}network: bind\n` })));
    const { grant } = await vended(it);
    expect(it.plans[0]?.policy).toContain('"NotIpAddress":{"aws:SourceIp":"10.1.2.3"}');
    const elsewhere = await vend(it.ports, ANA, grant.id, { ...CALL, sourceIp: '10.1.2.4' });
    expect(elsewhere).toMatchObject({ ok: false, error: { code: 'forbidden' } });
  });

  test('that ended while the call was under way gives nothing', async () => {
    const { it, grant } = await vended();
    it.refuse = { code: 'conflict' };
    expect(await vend(it.ports, ANA, grant.id, CALL)).toMatchObject({
      error: { code: 'wrong-state' },
    });
    expect(it.plans).toHaveLength(1);
  });
});
