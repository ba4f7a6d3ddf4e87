import { describe, expect, test } from '@jest/globals';
import { GRANT_STATUSES } from '../../../core/grant.ts';
import { requestAndVend } from '../../../core/grants/vend-credentials.ts';
import { err } from '../../../core/result.ts';
import { advance } from '../../../core/upkeep/advance.ts';
import { compiled } from '../../support/bundles.ts';
import { NO_STORE, withStore } from '../../support/failing-ports.ts';
import { CALL, REQUEST, world } from '../../support/memory-ports.ts';

const BY = 'execution-1';

async function due() {
  const broker = world(compiled());
  const first = await requestAndVend(broker.ports, CALL, REQUEST);
  if (!first.ok) throw new Error(first.error.code);
  broker.log.length = 0;
  broker.now = (first.value.grant.expiresAt ?? 0) + 5000;
  return { broker, grant: first.value.grant };
}

describe('a grant whose time is up', () => {
  test('expires in one write, with an event by the broker itself, caused by the workflow', async () => {
    const { broker, grant } = await due();
    const advanced = await advance(broker.ports, grant.id, BY);
    expect(advanced).toMatchObject({ value: { happenings: ['expired'] } });
    expect(broker.log).toEqual(['update']);
    expect(broker.events.at(-1)).toEqual({
      id: expect.stringMatching(/^ev_/),
      type: 'expired',
      grantId: grant.id,
      entitlement: 'read',
      status: 'expired',
      at: broker.now,
      actor: 'broker',
      requestId: 'execution-1',
      sourceIp: null,
    });
  });

  test('expires once, however often it is looked at', async () => {
    const { broker, grant } = await due();
    await advance(broker.ports, grant.id, BY);
    const again = await advance(broker.ports, grant.id, BY);
    expect(again).toMatchObject({ value: { grant: { status: 'expired' }, happenings: [] } });
    expect(broker.events.filter(({ type }) => type === 'expired')).toHaveLength(1);
  });

  test('waits until every clock says so', async () => {
    const { broker, grant } = await due();
    broker.now = (grant.expiresAt ?? 0) + 999;
    expect(await advance(broker.ports, grant.id, BY)).toMatchObject({ value: { happenings: [] } });
    expect(broker.log).toEqual([]);
  });

  const open = ['active', 'scheduled', 'pending'];
  test.each(GRANT_STATUSES.filter((status) => !open.includes(status)))(
    'is left alone when it is %s',
    async (status) => {
      const { broker, grant } = await due();
      broker.grants.set(grant.id, { ...grant, status });
      expect(await advance(broker.ports, grant.id, BY)).toMatchObject({
        value: { happenings: [] },
      });
      expect(broker.log).toEqual([]);
    },
  );

  test('stays as it is when the store fails, so that the workflow tries again', async () => {
    const { broker, grant } = await due();
    const unread = withStore(broker.ports, { find: async () => err(NO_STORE) });
    expect(await advance(unread, grant.id, BY)).toEqual(err(NO_STORE));
    const unwritten = withStore(broker.ports, { update: async () => err(NO_STORE) });
    expect(await advance(unwritten, grant.id, BY)).toEqual(err(NO_STORE));
    expect(broker.grants.get(grant.id)?.status).toBe('active');
  });

  test('gives way to whoever changes it all the time, and says so', async () => {
    const { broker, grant } = await due();
    const busy = withStore(broker.ports, { update: async () => err({ code: 'conflict' }) });
    expect(await advance(busy, grant.id, BY)).toEqual(err({ code: 'conflict' }));
    expect(await advance(broker.ports, 'gr_none', BY)).toEqual(err({ code: 'no-such-grant' }));
  });
});
