import { describe, expect, test } from '@jest/globals';
import { brokerItself } from '../../../core/audit.ts';
import { GRANT_STATUSES, next } from '../../../core/grant.ts';
import { endByOrder, endOpenGrant } from '../../../core/grants/end-by-order.ts';
import { err, ok } from '../../../core/result.ts';
import { activeIn, GOVERNED, pendingIn } from '../../support/authorities.ts';
import { NO_STORE, withStore } from '../../support/failing-ports.ts';
import { NOW, world } from '../../support/memory-ports.ts';

const BY = brokerItself('request-1');
const OPEN = ['pending', 'scheduled', 'active', 'revoking'];

describe('a grant that is ended by order', () => {
  test('is revoked while its credentials work, in the name of the one who gave the order', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker, { keysValidUntil: NOW + 1000 });
    const ended = await endByOrder(broker.ports, grant.id, 'suspended', BY);
    expect(ended).toMatchObject({
      value: { id: grant.id, status: 'revoking', version: 2, endReason: 'suspended' },
    });
    expect(broker.log).toEqual(['update']);
    expect(broker.questions).toEqual([]);
    expect(broker.events.at(-1)).toMatchObject({
      ...{
        type: 'revoking',
        reason: 'suspended',
        actor: 'broker',
        requestId: 'request-1',
        at: NOW,
      },
    });
  });

  test('is ended although its requester is suspended', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const suspension = { at: NOW, by: 'broker', reason: 'x' } as const;
    broker.table.suspend(grant.requester.id, suspension);
    expect(await endByOrder(broker.ports, grant.id, 'suspended', BY)).toMatchObject({
      value: { status: 'revoked' },
    });
  });

  test('is cancelled where it still waits for votes', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    expect(await endByOrder(broker.ports, grant.id, 'suspended', BY)).toMatchObject({
      value: { status: 'cancelled', endReason: 'suspended' },
    });
  });

  test('stays as it is while it is being revoked, and is reported as ended', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker, { status: 'revoking' });
    expect(await endByOrder(broker.ports, grant.id, 'suspended', BY)).toEqual(ok(grant));
    expect(broker.log).toEqual([]);
  });

  test.each(GRANT_STATUSES.filter((status) => !OPEN.includes(status)))(
    'is left alone where it is %s',
    async (status) => {
      const broker = world(GOVERNED);
      const grant = await activeIn(broker, { status });
      expect(await endByOrder(broker.ports, grant.id, 'suspended', BY)).toEqual(ok(null));
      expect(broker.log).toEqual([]);
    },
  );

  test('is not missed where it does not exist', async () => {
    expect(await endByOrder(world(GOVERNED).ports, 'gr_none', 'x', BY)).toEqual(ok(null));
  });

  test('ends after a conflict as the other writer left it', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    let raced = false;
    const ports = withStore(broker.ports, {
      update: async (write) => {
        if (!raced) broker.grants.set(grant.id, next(grant, { keysValidUntil: NOW + 1000 }));
        raced = true;
        return broker.ports.store.update(write);
      },
    });
    expect(await endByOrder(ports, grant.id, 'x', BY)).toMatchObject({
      value: { version: 3, status: 'revoking' },
    });
  });

  test('makes the order fail after forty conflicts, naming the grant', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    let attempts = 0;
    const ports = withStore(broker.ports, {
      update: async () => {
        attempts += 1;
        return err({ code: 'conflict' });
      },
    });
    expect(await endByOrder(ports, grant.id, 'x', BY)).toEqual(
      err({ code: 'unavailable', what: 'store', grantId: grant.id }),
    );
    expect(attempts).toBe(40);
  });

  test('makes the order fail when the store does', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const unread = withStore(broker.ports, { find: async () => err(NO_STORE) });
    expect(await endByOrder(unread, grant.id, 'x', BY)).toEqual(err(NO_STORE));
    const unwritten = withStore(broker.ports, { update: async () => err(NO_STORE) });
    expect(await endByOrder(unwritten, grant.id, 'x', BY)).toEqual(err(NO_STORE));
  });

  test('says of a grant whether this order ended it, or left it as it was', async () => {
    const broker = world(GOVERNED);
    const [grant, revoking] = [
      await activeIn(broker),
      await activeIn(broker, { status: 'revoking' }),
    ];
    const order = (grantId: string, covers?: () => boolean) => {
      const given = { grantId, reason: 'x', by: BY };
      return endOpenGrant(broker.ports, covers === undefined ? given : { ...given, covers });
    };
    expect(await order(revoking.id)).toEqual(ok({ grant: revoking, what: 'left' }));
    expect(await order(grant.id, () => false)).toEqual(ok({ grant, what: 'left' }));
    expect(broker.log).toEqual([]);
    expect(await order(grant.id, () => true)).toMatchObject(
      ok({ grant: { id: grant.id, status: 'revoked' }, what: 'ended' }),
    );
  });
});
