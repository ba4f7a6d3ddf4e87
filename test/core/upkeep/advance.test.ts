import { describe, expect, test } from '@jest/globals';
import { GRANT_STATUSES } from '../../../core/grant.ts';
import { askAndVend } from '../../../core/grants/vend-credentials.ts';
import { err } from '../../../core/result.ts';
import { advance } from '../../../core/upkeep/advance.ts';
import { compiled } from '../../support/bundles.ts';
import { NO_STORE, withStore } from '../../support/failing-ports.ts';
import { ANA, CALL, REQUEST, world } from '../../support/memory-ports.ts';

const BY = { requestId: 'execution-1' };

async function due() {
  const it = world(compiled());
  const first = await askAndVend(it.ports, ANA, REQUEST, CALL);
  if (!first.ok) throw new Error(first.error.code);
  it.log.length = 0;
  it.now = (first.value.grant.expiresAt ?? 0) + 5000;
  return { it, grant: first.value.grant };
}

describe('a grant whose time is up', () => {
  test('expires in one write, with an event by the broker itself, caused by the workflow', async () => {
    const { it, grant } = await due();
    const advanced = await advance(it.ports, grant.id, BY);
    expect(advanced).toMatchObject({ value: { happenings: ['expired'] } });
    expect(it.log).toEqual(['update']);
    expect(it.events.at(-1)).toEqual({
      id: expect.stringMatching(/^ev_/),
      type: 'expired',
      grantId: grant.id,
      entitlement: 'read',
      status: 'expired',
      at: it.now,
      actor: 'broker',
      requestId: 'execution-1',
      sourceIp: null,
    });
  });

  test('expires once, however often it is looked at', async () => {
    const { it, grant } = await due();
    await advance(it.ports, grant.id, BY);
    const again = await advance(it.ports, grant.id, BY);
    expect(again).toMatchObject({ value: { grant: { status: 'expired' }, happenings: [] } });
    expect(it.events.filter(({ type }) => type === 'expired')).toHaveLength(1);
  });

  test('waits until every clock says so', async () => {
    const { it, grant } = await due();
    it.now = (grant.expiresAt ?? 0) + 999;
    expect(await advance(it.ports, grant.id, BY)).toMatchObject({ value: { happenings: [] } });
    expect(it.log).toEqual([]);
  });

  const open = ['active', 'scheduled', 'pending'];
  test.each(GRANT_STATUSES.filter((status) => !open.includes(status)))(
    'is left alone when it is %s',
    async (status) => {
      const { it, grant } = await due();
      it.grants.set(grant.id, { ...grant, status });
      expect(await advance(it.ports, grant.id, BY)).toMatchObject({ value: { happenings: [] } });
      expect(it.log).toEqual([]);
    },
  );

  test('stays as it is when the store fails, so that the workflow tries again', async () => {
    const { it, grant } = await due();
    const unread = withStore(it.ports, { find: async () => err(NO_STORE) });
    expect(await advance(unread, grant.id, BY)).toEqual(err(NO_STORE));
    const unwritten = withStore(it.ports, { update: async () => err(NO_STORE) });
    expect(await advance(unwritten, grant.id, BY)).toEqual(err(NO_STORE));
    expect(it.grants.get(grant.id)?.status).toBe('active');
  });

  test('gives way to whoever changes it all the time, and says so', async () => {
    const { it, grant } = await due();
    const busy = withStore(it.ports, { update: async () => err({ code: 'conflict' }) });
    expect(await advance(busy, grant.id, BY)).toEqual(err({ code: 'conflict' }));
    expect(await advance(it.ports, 'gr_none', BY)).toEqual(err({ code: 'no-such-grant' }));
  });
});
