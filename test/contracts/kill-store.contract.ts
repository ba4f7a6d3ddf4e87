import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type ActiveGrant, type Grant, next } from '../../core/grant.ts';
import { NOTHING_DENIED } from '../../core/kill/deny-policy.ts';
import type { KillStore } from '../../core/kill/ports.ts';
import { revoke } from '../../core/lifecycle/end.ts';
import type { GrantStore } from '../../core/ports.ts';
import { naming } from '../support/kill-ports.ts';
import { activeGrant, NO_APPROVALS, NOW, requestedEvent } from '../support/sample-grants.ts';

export type EndingStores = {
  readonly store: GrantStore;
  readonly kills: KillStore;
};

const SECOND = 1000;
const role = (): string => `arn:aws:iam::000000000000:role/valetkey/${randomUUID()}`;
const done = { ok: true, value: null };

/** The promises that every adapter of the KillStore port keeps. */
export function endingStoresContract(name: string, make: () => Promise<EndingStores>): void {
  describe(`the kill switch in ${name}`, () => {
    let stores: EndingStores;
    beforeAll(async () => {
      stores = await make();
    });

    test('denies nothing on a role before anything was written', async () => {
      expect(await stores.kills.readSwitch(role())).toMatchObject({
        value: { confirmed: NOTHING_DENIED, leased: false },
      });
      expect(await stores.kills.denied(role())).toEqual({ ok: true, value: [] });
      expect(await stores.kills.freezeOf(role())).toEqual(done);
    });

    test('has one writer at a time, until the lease of that writer ends', async () => {
      const { kills } = stores;
      const on = role();
      const lease = (holder: string, now: number) =>
        kills.lease(on, holder, now, now + 25 * SECOND);
      expect(await lease('a', NOW)).toEqual({ ok: true, value: true });
      expect(await lease('b', NOW + SECOND)).toEqual({ ok: true, value: false });
      expect(await lease('a', NOW + SECOND)).toEqual({ ok: true, value: true });
      expect(await lease('b', NOW + 27 * SECOND)).toEqual({ ok: true, value: true });
    });

    test('is confirmed only by the holder of the lease', async () => {
      const { kills } = stores;
      const on = role();
      const state = { confirmed: naming('gr_1'), writes: 1, wroteAt: NOW };
      await kills.lease(on, 'a', NOW, NOW + 25 * SECOND);
      expect(await kills.confirm(on, 'b', state)).toEqual({ ok: true, value: false });
      expect(await kills.confirm(on, 'a', state)).toEqual({ ok: true, value: true });
      await kills.release(on, 'b');
      expect(await kills.readSwitch(on)).toMatchObject({ value: { ...state, leased: true } });
      await kills.release(on, 'a');
      expect(await kills.readSwitch(on)).toMatchObject({ value: { ...state, leased: false } });
    });

    test('lists every role that was leased, until the holder of its lease forgets it', async () => {
      const { kills } = stores;
      const on = role();
      await kills.lease(on, 'a', NOW, NOW + 25 * SECOND);
      await kills.release(on, 'a');
      const listed = async (): Promise<boolean> => {
        const all = await kills.roles();
        return all.ok && all.value.includes(on);
      };
      expect(await listed()).toBe(true);
      await kills.lease(on, 'b', NOW, NOW + 25 * SECOND);
      expect(await kills.forget(on, 'a')).toEqual({ ok: true, value: false });
      expect(await listed()).toBe(true);
      expect(await kills.forget(on, 'b')).toEqual({ ok: true, value: true });
      expect(await listed()).toBe(false);
    });

    test('keeps the cutoff of a role, with what its policy denied by ids, until a later one', async () => {
      const { kills } = stores;
      const [on, other] = [role(), role()];
      const none = { patterns: [], except: [] };
      const first = {
        ...{ at: NOW, until: NOW + 3690 * SECOND, reason: 'the table was restored' },
        denied: { patterns: ['gr_1qm8', 'gr_2'], except: ['gr_1qm8v'] },
      };
      const later = { ...first, at: NOW + SECOND, until: NOW + 3691 * SECOND, denied: none };
      expect(await kills.cutoffOf(on)).toEqual(done);
      expect(await kills.cutOff(on, first)).toEqual({ ok: true, value: first });
      expect(await kills.cutoffOf(on)).toEqual({ ok: true, value: first });
      // Its answer was lost, and it comes again.
      expect(await kills.cutOff(on, first)).toEqual({ ok: true, value: first });
      expect(await kills.cutOff(on, later)).toEqual({ ok: true, value: later });
      expect(await kills.cutOff(on, first)).toEqual({ ok: true, value: later });
      expect(await kills.cutoffOf(on)).toEqual({ ok: true, value: later });
      expect(await kills.cutoffOf(other)).toEqual(done);
    });

    test('has the latest of the cutoffs that race each other', async () => {
      const { kills } = stores;
      const on = role();
      const denied = { patterns: [], except: [] };
      const all = [3, 1, 4, 2, 4].map((at) => ({ at, until: NOW, reason: 'x', denied }));
      const answers = await Promise.all(all.map((cutoff) => kills.cutOff(on, cutoff)));
      for (const [index, answer] of answers.entries()) {
        expect(answer.ok && answer.value.at).toBeGreaterThanOrEqual(all[index]?.at ?? 0);
      }
      expect(await kills.cutoffOf(on)).toMatchObject({ value: { at: 4 } });
    });

    test('keeps a cutoff, which denies no grant and spares none, when its role is forgotten', async () => {
      const { kills } = stores;
      const on = role();
      const cutoff = { at: NOW, until: NOW, reason: 'x', denied: { patterns: [], except: [] } };
      await kills.lease(on, 'a', NOW, NOW + SECOND);
      await kills.cutOff(on, cutoff);
      const nothing = { ok: true, value: [] };
      expect([await kills.denied(on), await kills.open(on)]).toEqual([nothing, nothing]);
      expect(await kills.freezeOf(on)).toEqual(done);
      expect(await kills.forget(on, 'a')).toEqual({ ok: true, value: true });
      expect(await kills.cutoffOf(on)).toEqual({ ok: true, value: cutoff });
    });

    test('keeps a freeze without end when a freeze with an end follows', async () => {
      const { kills } = stores;
      const on = role();
      await kills.freeze(on, { until: null, reason: 'refused' });
      await kills.freeze(on, { until: NOW + SECOND, reason: 'cutoff' });
      expect(await kills.freezeOf(on)).toMatchObject({ value: { until: null } });
      expect(await kills.thaw(on)).toEqual(done);
      expect(await kills.freezeOf(on)).toEqual(done);
    });

    test('keeps a freeze that has an end when the role thaws', async () => {
      const { kills } = stores;
      const on = role();
      await kills.freeze(on, { until: NOW + SECOND, reason: 'cutoff' });
      expect(await kills.thaw(on)).toEqual(done);
      expect(await kills.freezeOf(on)).toMatchObject({ value: { until: NOW + SECOND } });
    });

    test('lets nobody vend on a frozen role, whatever gate a vend checks, until it thaws', async () => {
      const { kills } = stores;
      const on = role();
      await kills.freeze(on, { until: null, reason: 'refused' });
      expect(await refusedOn(on)).toBe(MANY);
      await kills.freeze(on, { until: null, reason: 'refused again' });
      expect(await kills.freezeOf(on)).toMatchObject({ value: { reason: 'refused again' } });
      await kills.thaw(on);
      expect(await refusedOn(on)).toBe(0);
      await kills.thaw(on);
      expect(await refusedOn(on)).toBe(0);
    });

    test('lets a freeze with an end run out by itself', async () => {
      const { kills } = stores;
      const [past, ahead] = [role(), role()];
      await kills.freeze(past, { until: NOW - SECOND, reason: 'cutoff' });
      await kills.freeze(ahead, { until: NOW + SECOND, reason: 'cutoff' });
      expect([await refusedOn(past), await refusedOn(ahead)]).toEqual([0, MANY]);
    });

    test('ends frozen or thawed at every gate where freezes and thaws race', async () => {
      const { kills } = stores;
      const on = role();
      const freeze = () => kills.freeze(on, { until: null, reason: 'refused' });
      const all = [freeze(), kills.thaw(on), freeze(), kills.thaw(on), freeze()];
      expect(await Promise.all(all)).toEqual(all.map(() => done));
      const frozen = await kills.freezeOf(on);
      expect(await refusedOn(on)).toBe(frozen.ok && frozen.value !== null ? MANY : 0);
    });

    test('completes the freeze that stands, and none that has ended', async () => {
      const { kills } = stores;
      const on = role();
      const standing = async () => {
        const found = await kills.completeFreeze(on);
        return found.ok ? found.value : found.error;
      };
      expect([await standing(), await refusedOn(on)]).toEqual([null, 0]);
      const [refused, ends] = [null, NOW + SECOND].map((until) => ({ until, reason: 'x' }));
      if (refused === undefined || ends === undefined) throw new Error('no freezes');
      await kills.freeze(on, refused);
      expect([await standing(), await refusedOn(on)]).toEqual([refused, MANY]);
      await kills.thaw(on);
      expect([await standing(), await refusedOn(on)]).toEqual([null, 0]);
      await kills.freeze(on, ends);
      expect([await standing(), await refusedOn(on)]).toEqual([ends, MANY]);
    });

    test('lets nobody vend whose ended grants need too much of the room, until they need less', async () => {
      const { store, kills } = stores;
      const on = role();
      const keyOf = (hash: string) => `ci-${hash.padEnd(16, '0')}`;
      const use = { hash: keyOf('hog').slice(3), percent: 80, until: NOW + 60 * SECOND };
      const vend = (name: string, most: number, now = NOW) => {
        const grant = activeGrant({ targetRole: on, principalKey: keyOf(name) });
        const active = grant as ActiveGrant;
        const write = { idempotency: null, vendsOn: [on], killSwitchPercent: most, counted: [] };
        return now === NOW
          ? store.create({ ...write, grant, events: [requestedEvent(grant)] })
          : store.recordVend({
              ...write,
              grant: active,
              begins: false,
              event: requestedEvent(grant),
              now,
            });
      };
      expect(await vend('hog', 80)).toEqual(done);
      expect(await kills.noteUses(on, [use])).toEqual(done);
      const limited = { code: 'limited', limit: 'killSwitchPercent', most: 80 };
      const answers = await Promise.all(Array.from({ length: MANY }, () => vend('hog', 80)));
      expect(answers).toEqual(
        answers.map(() => ({ ok: false, error: { ...limited, retryAfterSeconds: 60 } })),
      );
      expect(await vend('hog', 81)).toEqual(done);
      expect(await vend('other', 80)).toEqual(done);
      expect(await vend('hog', 80, NOW + 59 * SECOND)).toMatchObject({
        error: { ...limited, retryAfterSeconds: 1 },
      });
      // The grant of the vend is not stored: the limit is not what refuses it.
      expect(await vend('hog', 80, NOW + 60 * SECOND)).toEqual({
        ok: false,
        error: { code: 'conflict' },
      });
      // Where it was never noted, a role freezes and thaws as ever, and a freeze comes first.
      await kills.noteUses(on, [use]);
      await kills.freeze(on, { until: null, reason: 'refused' });
      expect(await vend('hog', 80)).toEqual({ ok: false, error: { code: 'role-frozen' } });
      expect(await refusedOn(on)).toBe(MANY);
      await kills.thaw(on);
      expect(await refusedOn(on)).toBe(0);
      await kills.noteUses(on, [use]);
      await kills.noteUses(on, []);
      expect(await vend('hog', 80)).toEqual(done);
    });

    /** How many of many vends on the role are refused. */
    const refusedOn = async (on: string): Promise<number> => {
      const vends = await Promise.all(
        Array.from({ length: MANY }, () => {
          const grant = activeGrant({ targetRole: on });
          const events = [requestedEvent(grant)];
          return stores.store.create({
            grant,
            events,
            idempotency: null,
            vendsOn: [on],
            counted: [],
          });
        }),
      );
      return vends.filter((one) => !one.ok && one.error.code === 'role-frozen').length;
    };
    const MANY = 60;

    test('reads at once what a revocation denies', async () => {
      const { store, kills } = stores;
      const on = role();
      const grant = activeGrant({ targetRole: on, keysValidUntil: NOW + 60 * SECOND });
      const event = requestedEvent(grant);
      await store.create({ grant, events: [event], idempotency: null, vendsOn: [], counted: [] });
      const ended = revoke(grant, 'x', NOW);
      if (!ended.ok) throw new Error('not revoked');
      const write = { before: grant, grant: ended.value.grant, events: [event] };
      expect(await store.update({ ...write, idempotency: null, unsuspended: [] })).toEqual(done);
      const { id, principalKey } = grant;
      expect(await kills.denied(on)).toMatchObject({
        value: [{ grantId: id, principalKey, at: NOW, begins: false }],
      });
      expect(await kills.open(on)).toEqual({ ok: true, value: [] });
    });

    test.each<[string, Partial<Grant>]>([
      [
        'waits for votes',
        {
          status: 'pending',
          startsAt: null,
          expiresAt: null,
          approvals: { ...NO_APPROVALS, lapseAt: NOW + 3_600_000 },
        },
      ],
      ['begins later', { status: 'scheduled' }],
      ['runs', {}],
    ])('reads at once that a grant is open which %s, on all of its roles', async (_, changes) => {
      const { store, kills } = stores;
      const [on, chained] = [role(), role()];
      const reaches = { targetRole: on, chainedRoles: [chained] };
      const grant = activeGrant({ ...changes, ...reaches });
      const event = requestedEvent(grant);
      await store.create({ grant, events: [event], idempotency: null, vendsOn: [], counted: [] });
      const { id: grantId, principalKey } = grant;
      const open = { ok: true, value: [{ grantId, principalKey }] };
      expect(await kills.open(on)).toEqual(open);
      expect(await kills.open(chained)).toEqual(open);

      const longer = next(grant, { justification: 'still open' });
      const update = { events: [event], idempotency: null, unsuspended: [] };
      expect(await store.update({ ...update, before: grant, grant: longer })).toEqual(done);
      expect(await kills.open(on)).toEqual(open);

      const over = next(longer, { status: 'expired', endedAt: NOW });
      expect(await store.update({ ...update, before: longer, grant: over })).toEqual(done);
      expect(await kills.open(on)).toEqual({ ok: true, value: [] });
      expect(await kills.open(chained)).toEqual({ ok: true, value: [] });
    });

    test('reads no denied request as open', async () => {
      const { store, kills } = stores;
      const on = role();
      const grant = activeGrant({ targetRole: on, status: 'denied', endedAt: NOW });
      const event = requestedEvent(grant);
      await store.create({ grant, events: [event], idempotency: null, vendsOn: [], counted: [] });
      expect(await kills.open(on)).toEqual({ ok: true, value: [] });
    });
  });
}
