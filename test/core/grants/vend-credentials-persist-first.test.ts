import { describe, expect, test } from '@jest/globals';
import {
  requestAndVend,
  type Vended,
  vendCredentials,
} from '../../../core/grants/vend-credentials.ts';
import type { Credentials } from '../../../core/ports.ts';
import { err, ok } from '../../../core/result.ts';
import { compiled } from '../../support/bundles.ts';
import { NO_STORE, withStore } from '../../support/failing-ports.ts';
import { CALL, NOW, REQUEST, world } from '../../support/memory-ports.ts';

const BUNDLE = compiled();

/** I1: lets everything run that does not wait for the promise that is held back. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** A world with an active grant in it, and nothing logged yet. */
async function granted() {
  const broker = world(BUNDLE);
  const first = await requestAndVend(broker.ports, CALL, REQUEST);
  if (!first.ok) throw new Error(first.error.code);
  broker.log.length = 0;
  broker.plans.length = 0;
  return { broker, grant: first.value.grant };
}

function keysOf(answer: Awaited<ReturnType<typeof vendCredentials>>): Credentials {
  const vended: Vended | null = answer.ok ? answer.value : null;
  if (vended?.credentials === null || vended === null) throw new Error('no keys');
  return vended.credentials;
}

describe('STS is called only after', () => {
  test('the new grant and its events are durable', async () => {
    const broker = world(BUNDLE);
    const durable = Promise.withResolvers<void>();
    const ports = withStore(broker.ports, {
      create: async (write) => {
        await durable.promise;
        return broker.ports.store.create(write);
      },
    });
    const answer = requestAndVend(ports, CALL, REQUEST);
    await settle();
    expect(broker.log).toEqual([]);
    durable.resolve();
    keysOf(await answer);
    expect(broker.log).toEqual(['create', 'assumeRole']);
  });

  test('the vend under a grant is durable', async () => {
    const { broker, grant } = await granted();
    const durable = Promise.withResolvers<void>();
    const ports = withStore(broker.ports, {
      recordVend: async (write) => {
        await durable.promise;
        return broker.ports.store.recordVend(write);
      },
    });
    const answer = vendCredentials(ports, CALL, grant.id);
    await settle();
    expect(broker.log).toEqual([]);
    durable.resolve();
    keysOf(await answer);
    expect(broker.log).toEqual(['recordVend', 'assumeRole']);
  });

  test('what is written names the very session that STS is asked for', async () => {
    const { broker, grant } = await granted();
    await vendCredentials(broker.ports, CALL, grant.id);
    const [plan] = broker.plans;
    const { policy: _, ...session } = plan ?? { policy: '' };
    expect(broker.events.at(-1)).toMatchObject({ type: 'vended', grantId: grant.id, session });
    expect(JSON.stringify(broker.events)).not.toContain('2012-10-17');
  });

  test('the role whose kill switch must be writable is named in the same write', async () => {
    const { broker, grant } = await granted();
    const vendsOn: unknown[] = [];
    const ports = withStore(broker.ports, {
      create: async (write) => {
        vendsOn.push(write.vendsOn);
        return ok(null);
      },
      recordVend: async (write) => {
        vendsOn.push(write.vendsOn);
        return ok(null);
      },
    });
    await requestAndVend(ports, CALL, REQUEST);
    await vendCredentials(ports, CALL, grant.id);
    const role = 'arn:aws:iam::111122223333:role/valetkey/read';
    expect(vendsOn).toEqual([[role], [role]]);
    expect(broker.plans.map(({ roleArn }) => roleArn)).toEqual([role, role]);
  });
});

describe('STS is never called when', () => {
  test.each([
    ['answers that it is down', async () => err(NO_STORE)],
    ['throws', () => Promise.reject(new Error('socket closed'))],
  ])('the store %s', async (_, fails) => {
    const { broker, grant } = await granted();
    const ports = withStore(broker.ports, { create: fails, recordVend: fails });
    const answers = await Promise.allSettled([
      requestAndVend(ports, CALL, REQUEST),
      vendCredentials(ports, CALL, grant.id),
    ]);
    for (const answer of answers) {
      expect(answer.status === 'fulfilled' && answer.value.ok).toBe(false);
    }
    expect(broker.log).toEqual([]);
  });

  test.each([
    { code: 'suspended' },
    { code: 'role-frozen' },
    { code: 'key-reused' },
    { code: 'unavailable', what: 'store' },
  ] as const)('a vend under a grant is refused as $code', async (refuse) => {
    const { broker, grant } = await granted();
    broker.refuse = refuse;
    const answer = await vendCredentials(broker.ports, CALL, grant.id);
    expect(answer).toEqual({ ok: false, error: refuse });
    expect(broker.log).toEqual(['recordVend']);
  });

  test('the grant cannot be read', async () => {
    const { broker, grant } = await granted();
    const ports = withStore(broker.ports, { find: async () => err(NO_STORE) });
    expect(await vendCredentials(ports, CALL, grant.id)).toEqual({ ok: false, error: NO_STORE });
    expect(broker.log).toEqual([]);
  });
});

describe('when STS fails', () => {
  test('the answer is the same even if the event of it cannot be written', async () => {
    const { broker, grant } = await granted();
    broker.stsFails = true;
    const ports = withStore(broker.ports, { appendEvent: async () => err(NO_STORE) });
    const error = { code: 'unavailable', what: 'sts', grantId: grant.id };
    expect(await vendCredentials(ports, CALL, grant.id)).toEqual({ ok: false, error });
  });

  test('the event names the session that may have been issued, and why it failed', async () => {
    const { broker, grant } = await granted();
    broker.stsFails = true;
    await vendCredentials(broker.ports, { ...CALL, requestId: 'r-9' }, grant.id);
    expect(broker.log).toEqual(['recordVend', 'assumeRole', 'appendEvent']);
    expect(broker.events.at(-1)).toMatchObject({
      ...{ type: 'vend-failed', requestId: 'r-9', at: NOW, reason: 'AccessDenied' },
      session: { sessionName: broker.plans[0]?.sessionName },
    });
    expect(broker.grants.get(grant.id)?.status).toBe('active');
  });
});

describe('when AWS refuses the session for good', () => {
  test.each(['role-refused', 'policy-refused'] as const)(
    'the answer names the role, so that nobody waits for another try: %s',
    async (code) => {
      const { broker, grant } = await granted();
      const issueSession = async () => err({ code, reason: 'AccessDenied' });
      expect(await vendCredentials({ ...broker.ports, issueSession }, CALL, grant.id)).toEqual(
        err({ code, role: grant.targetRole, grantId: grant.id }),
      );
      expect(broker.events.at(-1)).toMatchObject({ type: 'vend-failed', reason: 'AccessDenied' });
    },
  );
});

describe('the keys', () => {
  test('expire for the caller at the grant’s end, or with STS if that is sooner', async () => {
    const { broker, grant } = await granted();
    const end = grant.expiresAt ?? 0;
    expect(keysOf(await vendCredentials(broker.ports, CALL, grant.id)).expiration).toBe(end);
    const keys = { accessKeyId: 'A', secretAccessKey: 'S', sessionToken: 'T' };
    const soon = {
      ...broker.ports,
      issueSession: async () => ok({ ...keys, expiration: NOW + 900_000 }),
    };
    expect(keysOf(await vendCredentials(soon, CALL, grant.id)).expiration).toBe(NOW + 900_000);
  });
});
