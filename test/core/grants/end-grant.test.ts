import { describe, expect, test } from '@jest/globals';
import { GRANT_STATUSES, type Grant } from '../../../core/grant.ts';
import { cancelGrant, revokeGrant } from '../../../core/grants/end-grant.ts';
import { err, ok } from '../../../core/result.ts';
import {
  ADMIN,
  activeIn,
  BOSS,
  DEPUTY,
  GOVERNED,
  keyed,
  pendingIn,
  REVOKER,
} from '../../support/authorities.ts';
import { NO_POLICY, withEngine, withStore } from '../../support/failing-ports.ts';
import { ANA, CALL, callOf, NOW, world } from '../../support/memory-ports.ts';

/** Credentials were vended under the grant, and work until it ends. */
const USED = { keysValidUntil: NOW + 1_800_000 };

describe('a request that its requester cancels', () => {
  test('is cancelled with the reason, in one write with its event', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    const cancelled = await cancelGrant(broker.ports, CALL, grant.id, 'not needed');
    expect(cancelled).toEqual(
      ok({
        ...grant,
        version: 2,
        status: 'cancelled',
        endedAt: NOW,
        endReason: 'cancelled by the requester: not needed',
      }),
    );
    expect(broker.log).toEqual(['update']);
    expect(broker.events.at(-1)).toMatchObject({
      ...{ type: 'cancelled', reason: 'cancelled by the requester: not needed' },
    });
  });

  test('is cancelled without a reason as well', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    expect(await cancelGrant(broker.ports, CALL, grant.id, null)).toMatchObject({
      value: { endReason: 'cancelled by the requester' },
    });
  });

  test('stays cancelled when it is cancelled again', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker, { status: 'cancelled' });
    expect(await cancelGrant(broker.ports, CALL, grant.id, null)).toEqual(ok(grant));
    expect(broker.log).toEqual([]);
  });

  test.each(
    GRANT_STATUSES.filter((status) => !['pending', 'scheduled', 'cancelled'].includes(status)),
  )('cannot be cancelled once it is %s', async (status) => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker, { status });
    expect(await cancelGrant(broker.ports, CALL, grant.id, null)).toEqual(
      err({ code: 'wrong-state', grant, detail: expect.stringContaining(`is ${status}`) }),
    );
    expect(broker.log).toEqual([]);
  });
});

describe('a grant that is revoked', () => {
  test('is revoking until the deny on its roles was read back', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker, USED);
    const reason = 'released by the requester: done';
    const kill = {
      roles: [grant.targetRole],
      at: NOW,
      until: NOW + 1_860_000,
    };
    expect(await revokeGrant(broker.ports, CALL, grant.id, 'done')).toEqual(
      ok({ ...grant, version: 2, status: 'revoking', endReason: reason, kill }),
    );
    expect(broker.events.at(-1)).toMatchObject({ type: 'revoking', reason });
  });

  test('is revoked at once where no credentials were vended', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const reason = 'released by the requester';
    expect(await revokeGrant(broker.ports, CALL, grant.id, null)).toEqual(
      ok({ ...grant, version: 2, status: 'revoked', endReason: reason, endedAt: NOW }),
    );
    expect(broker.events.at(-1)).toMatchObject({ type: 'revoked', reason, killSeconds: null });
  });

  test.each([
    ['revoked', revokeGrant],
    ['cancelled', cancelGrant],
  ])('is %s also while its requester is suspended', async (_, end) => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    const unsuspended: unknown[] = [];
    const ports = withStore(broker.ports, {
      update: async (write) => {
        unsuspended.push(write.unsuspended);
        return ok(null);
      },
    });
    expect(await end(ports, callOf(ADMIN), grant.id, null)).toMatchObject({ ok: true });
    expect(unsuspended).toEqual([['people:ada']]);
  });

  test.each([ADMIN, REVOKER, BOSS])(
    'names who revoked it, if it was not its requester: $principal.name',
    async (caller) => {
      const broker = world(GOVERNED);
      const grant = await activeIn(broker, USED);
      const endReason = `revoked by ${caller.principal.name}: leaked`;
      expect(await revokeGrant(broker.ports, callOf(caller), grant.id, 'leaked')).toMatchObject({
        value: { status: 'revoking', endReason },
      });
    },
  );

  test('is revoked by the second tier only once it was escalated', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    expect(await revokeGrant(broker.ports, callOf(DEPUTY), grant.id, null)).toMatchObject({
      error: { code: 'not-found' },
    });
    const approvals = { ...grant.approvals, escalated: true };
    broker.grants.set(grant.id, { ...grant, approvals });
    expect(await revokeGrant(broker.ports, callOf(DEPUTY), grant.id, null)).toMatchObject({
      value: { status: 'cancelled', endReason: 'revoked by dee@acme.example' },
    });
  });

  test.each(['revoking', 'revoked'] as const)(
    'stays %s when it is revoked again',
    async (status) => {
      const broker = world(GOVERNED);
      const grant = await activeIn(broker, { status });
      expect(await revokeGrant(broker.ports, callOf(ADMIN), grant.id, 'again')).toEqual(ok(grant));
      expect(broker.log).toEqual([]);
    },
  );

  test('stays cancelled when it is revoked again', async () => {
    const broker = world(GOVERNED);
    const { id } = await pendingIn(broker);
    const first = await revokeGrant(broker.ports, keyed(BOSS), id, 'no');
    expect(first).toMatchObject({ value: { status: 'cancelled' } });
    expect(await revokeGrant(broker.ports, callOf(ADMIN), id, 'no')).toMatchObject({
      error: { code: 'wrong-state', detail: 'The grant is already cancelled.' },
    });
  });

  test.each(['denied', 'lapsed', 'expired', 'cancelled'] as const)(
    'was already over where it is %s',
    async (status) => {
      const broker = world(GOVERNED);
      const grant = await activeIn(broker, { status });
      const detail = `The grant is already ${status}.`;
      expect(await revokeGrant(broker.ports, CALL, grant.id, null)).toEqual(
        err({ code: 'wrong-state', grant, detail }),
      );
    },
  );

  test('owes no review where it was break-glass and ended unused, and owes it where it vended', async () => {
    const review: Grant['review'] = {
      status: 'due',
      dueAt: NOW,
      reminded: false,
      reviewer: null,
      comment: null,
      at: null,
    };
    const revoked = async (changes: Partial<Grant>) => {
      const broker = world(GOVERNED);
      const grant = await activeIn(broker, { breakGlass: true, review, ...changes });
      return revokeGrant(broker.ports, CALL, grant.id, null);
    };
    expect(await revoked({})).toMatchObject({ value: { status: 'revoked', review: null } });
    expect(await revoked({ keysValidUntil: NOW - 1 })).toMatchObject({ value: { review } });
  });

  test('needs no policy engine where it is its requester’s own', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const ports = withEngine(broker.ports, { mayOnBroker: () => err(NO_POLICY) });
    expect((await revokeGrant(ports, callOf(ANA), grant.id, null)).ok).toBe(true);
  });

  test('stays active where policy cannot say whether the caller may revoke it', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const ports = withEngine(broker.ports, { mayOnBroker: () => err(NO_POLICY) });
    expect(await revokeGrant(ports, callOf(ADMIN), grant.id, null)).toEqual(err(NO_POLICY));
    expect(broker.log).toEqual([]);
  });
});
