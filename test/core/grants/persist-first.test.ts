import { describe, expect, test } from '@jest/globals';
import { askAndVend, type Vended, vend } from '../../../core/grants/vend-credentials.ts';
import type { Credentials } from '../../../core/ports.ts';
import { err, ok } from '../../../core/result.ts';
import { compiled } from '../../support/bundles.ts';
import { NO_STORE, withStore } from '../../support/failing-ports.ts';
import { ANA, CALL, NOW, REQUEST, world } from '../../support/memory-ports.ts';

const BUNDLE = compiled();

/** I1: lets everything run that does not wait for the promise that is held back. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** A world with an active grant in it, and nothing logged yet. */
async function granted() {
  const it = world(BUNDLE);
  const first = await askAndVend(it.ports, ANA, REQUEST, CALL);
  if (!first.ok) throw new Error(first.error.code);
  it.log.length = 0;
  it.plans.length = 0;
  return { it, grant: first.value.grant };
}

function keysOf(answer: Awaited<ReturnType<typeof vend>>): Credentials {
  const vended: Vended | null = answer.ok ? answer.value : null;
  if (vended?.credentials === null || vended === null) throw new Error('no keys');
  return vended.credentials;
}

describe('STS is called only after', () => {
  test('the new grant and its events are durable', async () => {
    const it = world(BUNDLE);
    const durable = Promise.withResolvers<void>();
    const ports = withStore(it.ports, {
      create: async (write) => {
        await durable.promise;
        return it.ports.store.create(write);
      },
    });
    const answer = askAndVend(ports, ANA, REQUEST, CALL);
    await settle();
    expect(it.log).toEqual([]);
    durable.resolve();
    keysOf(await answer);
    expect(it.log).toEqual(['create', 'assumeRole']);
  });

  test('the vend under a grant is durable', async () => {
    const { it, grant } = await granted();
    const durable = Promise.withResolvers<void>();
    const ports = withStore(it.ports, {
      recordVend: async (write) => {
        await durable.promise;
        return it.ports.store.recordVend(write);
      },
    });
    const answer = vend(ports, ANA, grant.id, CALL);
    await settle();
    expect(it.log).toEqual([]);
    durable.resolve();
    keysOf(await answer);
    expect(it.log).toEqual(['recordVend', 'assumeRole']);
  });

  test('what is written names the very session that STS is asked for', async () => {
    const { it, grant } = await granted();
    await vend(it.ports, ANA, grant.id, CALL);
    const [plan] = it.plans;
    const { policy: _, ...session } = plan ?? { policy: '' };
    expect(it.events.at(-1)).toMatchObject({ type: 'vended', grantId: grant.id, session });
    expect(JSON.stringify(it.events)).not.toContain('2012-10-17');
  });

  test('the role whose kill switch must be writable is named in the same write', async () => {
    const { it, grant } = await granted();
    const vendsOn: unknown[] = [];
    const ports = withStore(it.ports, {
      create: async (write) => {
        vendsOn.push(write.vendsOn);
        return ok(null);
      },
      recordVend: async (write) => {
        vendsOn.push(write.vendsOn);
        return ok(null);
      },
    });
    await askAndVend(ports, ANA, REQUEST, CALL);
    await vend(ports, ANA, grant.id, CALL);
    const role = 'arn:aws:iam::111122223333:role/valetkey/read';
    expect(vendsOn).toEqual([[role], [role]]);
    expect(it.plans.map(({ roleArn }) => roleArn)).toEqual([role, role]);
  });
});

describe('STS is never called when', () => {
  test.each([
    ['answers that it is down', async () => err(NO_STORE)],
    ['throws', () => Promise.reject(new Error('socket closed'))],
  ])('the store %s', async (_, fails) => {
    const { it, grant } = await granted();
    const ports = withStore(it.ports, { create: fails, recordVend: fails });
    const answers = await Promise.allSettled([
      askAndVend(ports, ANA, REQUEST, CALL),
      vend(ports, ANA, grant.id, CALL),
    ]);
    for (const answer of answers) {
      expect(answer.status === 'fulfilled' && answer.value.ok).toBe(false);
    }
    expect(it.log).toEqual([]);
  });

  test.each([
    { code: 'suspended' },
    { code: 'role-frozen' },
    { code: 'key-reused' },
    { code: 'unavailable', what: 'store' },
  ] as const)('a vend under a grant is refused as $code', async (refuse) => {
    const { it, grant } = await granted();
    it.refuse = refuse;
    const answer = await vend(it.ports, ANA, grant.id, CALL);
    expect(answer).toEqual({ ok: false, error: refuse });
    expect(it.log).toEqual(['recordVend']);
  });

  test('the grant cannot be read', async () => {
    const { it, grant } = await granted();
    const ports = withStore(it.ports, { find: async () => err(NO_STORE) });
    expect(await vend(ports, ANA, grant.id, CALL)).toEqual({ ok: false, error: NO_STORE });
    expect(it.log).toEqual([]);
  });
});

describe('when STS fails', () => {
  test('the answer is the same even if the event of it cannot be written', async () => {
    const { it, grant } = await granted();
    it.stsFails = true;
    const ports = withStore(it.ports, { appendEvent: async () => err(NO_STORE) });
    const error = { code: 'unavailable', what: 'sts', grantId: grant.id };
    expect(await vend(ports, ANA, grant.id, CALL)).toEqual({ ok: false, error });
  });

  test('the event names the session that may have been issued, and why it failed', async () => {
    const { it, grant } = await granted();
    it.stsFails = true;
    await vend(it.ports, ANA, grant.id, { ...CALL, requestId: 'r-9' });
    expect(it.log).toEqual(['recordVend', 'assumeRole', 'appendEvent']);
    expect(it.events.at(-1)).toMatchObject({
      ...{ type: 'vend-failed', requestId: 'r-9', at: NOW, reason: 'AccessDenied' },
      session: { sessionName: it.plans[0]?.sessionName },
    });
    expect(it.grants.get(grant.id)?.status).toBe('active');
  });
});

describe('the keys', () => {
  test('expire for the caller at the grant’s end, or with STS if that is sooner', async () => {
    const { it, grant } = await granted();
    const end = grant.expiresAt ?? 0;
    expect(keysOf(await vend(it.ports, ANA, grant.id, CALL)).expiration).toBe(end);
    const keys = { accessKeyId: 'A', secretAccessKey: 'S', sessionToken: 'T' };
    const soon = {
      ...it.ports,
      issueSession: async () => ok({ ...keys, expiration: NOW + 900_000 }),
    };
    expect(keysOf(await vend(soon, ANA, grant.id, CALL)).expiration).toBe(NOW + 900_000);
  });
});
