import { describe, expect, test } from '@jest/globals';
import { GRANT_STATUSES, type Grant, next } from '../../../core/grant.ts';
import { requestAndVend } from '../../../core/grants/vend-credentials.ts';
import { err, ok } from '../../../core/result.ts';
import { advance } from '../../../core/upkeep/advance.ts';
import { activeIn, GOVERNED, pendingIn } from '../../support/authorities.ts';
import { compiled } from '../../support/bundles.ts';
import { NO_STORE, withStore } from '../../support/failing-ports.ts';
import { CALL, NOW, REQUEST, type World, world } from '../../support/memory-ports.ts';
import { IN_FORCE } from '../../support/quarantine.ts';

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
      grantVersion: 2,
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

  test('gives way to a writer who changes it all the time, and reports the conflict', async () => {
    const { broker, grant } = await due();
    const busy = withStore(broker.ports, { update: async () => err({ code: 'conflict' }) });
    expect(await advance(busy, grant.id, BY)).toEqual(err({ code: 'conflict' }));
    expect(await advance(broker.ports, 'gr_none', BY)).toEqual(err({ code: 'no-such-grant' }));
  });
});

describe('a step that is due', () => {
  const soon = (terms: Partial<Grant['approvals']>) => async (broker: World) => {
    const grant = await pendingIn(broker);
    const changed = { ...grant, approvals: { ...grant.approvals, lapseAt: null, ...terms } };
    broker.grants.set(grant.id, changed);
    return changed;
  };
  const review: Grant['review'] = {
    status: 'due',
    dueAt: NOW + 2000,
    reminded: false,
    reviewer: null,
    comment: null,
    at: null,
  };
  const chained = { chainedRoles: ['arn:aws:iam::111122223333:role/next'] };
  const kill = { roles: chained.chainedRoles, at: NOW + 1000, until: NOW + 3_691_000 };

  test.each<[string, (broker: World) => Promise<Grant>, object, object]>([
    [
      'reminds the approvers',
      soon({ remindAt: NOW + 1000 }),
      { status: 'pending', approvals: { remindAt: null } },
      { type: 'reminded' },
    ],
    [
      'asks the second tier',
      soon({ escalateAt: NOW + 1000 }),
      { status: 'pending', approvals: { escalateAt: null, escalated: true } },
      { type: 'escalated' },
    ],
    [
      'lets a request lapse',
      soon({ lapseAt: NOW + 1000 }),
      { status: 'lapsed', endedAt: NOW + 1000, endReason: 'nobody voted in time' },
      { type: 'lapsed' },
    ],
    [
      'starts a scheduled grant',
      (broker) => activeIn(broker, { status: 'scheduled', startsAt: NOW + 1000 }),
      { status: 'active' },
      { type: 'started' },
    ],
    [
      'expires a grant',
      (broker) => activeIn(broker, { expiresAt: NOW }),
      { status: 'expired', endedAt: NOW, endReason: 'time is up' },
      { type: 'expired' },
    ],
    [
      'orders the deny on chained roles, whose sessions do not end on their own',
      (broker) => activeIn(broker, { ...chained, expiresAt: NOW, keysValidUntil: NOW + 9000 }),
      { status: 'active', endReason: 'time is up', kill },
      { type: 'killing', reason: 'time is up' },
    ],
    [
      'reminds the reviewers',
      (broker) => activeIn(broker, { status: 'revoked', review }),
      { status: 'revoked', review: { status: 'due', reminded: true } },
      { type: 'review-reminded', dueAt: NOW + 2000 },
    ],
  ])('%s, once', async (_, make, changes, event) => {
    const broker = world(GOVERNED);
    const grant = await make(broker);
    broker.now = NOW + 999;
    expect(await advance(broker.ports, grant.id, BY)).toEqual(
      ok({ grant, happenings: [], held: false }),
    );
    broker.now = NOW + 1000;
    const advanced = await advance(broker.ports, grant.id, BY);
    expect(advanced).toMatchObject({ value: { grant: { version: 2, ...changes } } });
    expect(advanced.ok && advanced.value.happenings).toHaveLength(1);
    expect(broker.events.at(-1)).toMatchObject({ ...event, at: NOW + 1000, actor: 'broker' });
    expect(await advance(broker.ports, grant.id, BY)).toMatchObject({ value: { happenings: [] } });
    expect(broker.log).toEqual(['update']);
  });

  test('does not keep another one waiting', async () => {
    const broker = world(GOVERNED);
    const changes = { status: 'scheduled', startsAt: NOW, review } as const;
    const grant = await activeIn(broker, changes);
    broker.now = NOW + 1000;
    expect(await advance(broker.ports, grant.id, BY)).toMatchObject({
      value: { grant: { version: 3 }, happenings: ['started', 'review-reminded'] },
    });
  });

  test('is decided on what another writer left behind', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker, { expiresAt: NOW - 1000 });
    let raced = false;
    const ports = withStore(broker.ports, {
      update: async (write) => {
        if (!raced) broker.grants.set(grant.id, next(grant, { ticket: 'OPS-2' }));
        raced = true;
        return broker.ports.store.update(write);
      },
    });
    expect(await advance(ports, grant.id, BY)).toMatchObject({
      value: { grant: { status: 'expired', version: 3, ticket: 'OPS-2' } },
    });
  });

  test('that is due again after eight steps is not taken: the grant cannot be right', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker, { expiresAt: NOW - 1000 });
    let writes = 0;
    const ports = withStore(broker.ports, {
      update: async () => {
        writes += 1;
        return ok(null);
      },
    });
    expect(await advance(ports, grant.id, BY)).toEqual(err({ code: 'conflict' }));
    expect(writes).toBe(8);
  });
});

describe('in quarantine', () => {
  test('nothing begins, lapses or expires, and afterwards it does', async () => {
    const { broker, grant } = await due();
    broker.quarantine = ok(IN_FORCE);
    const held = await advance(broker.ports, grant.id, BY);
    expect(held).toMatchObject({
      value: { grant: { status: 'active' }, happenings: [], held: true },
    });
    expect(broker.log).toEqual([]);
    broker.quarantine = ok(null);
    const advanced = await advance(broker.ports, grant.id, BY);
    expect(advanced).toMatchObject({ value: { happenings: ['expired'], held: false } });
  });

  test('one that begins between two steps lets the second one wait', async () => {
    const broker = world(GOVERNED);
    const times = { startsAt: NOW - 1000, expiresAt: NOW + 60_000 };
    const grant = await activeIn(broker, { status: 'scheduled', ...times });
    const { update } = broker.ports.store;
    const ports = withStore(broker.ports, {
      update: async (write) => {
        broker.quarantine = ok(IN_FORCE);
        broker.now = times.expiresAt + 5000;
        return update(write);
      },
    });
    expect(await advance(ports, grant.id, BY)).toMatchObject({
      value: { grant: { status: 'active' }, happenings: ['started'], held: true },
    });
  });

  test('a quarantine that cannot be read holds everything as well', async () => {
    const { broker, grant } = await due();
    broker.quarantine = err({ code: 'unavailable', what: 'store' });
    expect(await advance(broker.ports, grant.id, BY)).toMatchObject({ ok: false });
    expect(broker.log).toEqual([]);
  });
});
