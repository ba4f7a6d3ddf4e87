import { beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditEvent } from '../../core/audit.ts';
import type { Grant } from '../../core/grant.ts';
import { addSeconds } from '../../core/instant.ts';
import { vendUnder } from '../../core/lifecycle/active.ts';
import { type Counted, limitedByMinute } from '../../core/limits.ts';
import type { GrantStore } from '../../core/ports.ts';
import { err, ok } from '../../core/result.ts';
import {
  activeGrant,
  expiredEvent,
  NO_APPROVALS,
  NOW,
  requestedEvent,
  vendedEvent,
} from '../support/sample-grants.ts';

const LAPSING = { ...NO_APPROVALS, lapseAt: addSeconds(NOW, 3600) };

/** What every adapter of the GrantStore port does about limits. */
export function limitsContract(
  name: string,
  open: () => Promise<{ readonly storeAt: (now: number) => GrantStore }>,
  /** Whether hundreds of requests take no time. */
  { fast }: { readonly fast: boolean },
): void {
  describe(`${name} and limits`, () => {
    let storeAt: (now: number) => GrantStore;
    beforeAll(async () => {
      ({ storeAt } = await open());
    });

    const newcomer = () => ({ type: 'User', id: `people:${activeGrant().id}`, name: 'x' }) as const;
    const requests = (of: string, most: number): Counted => ({
      limit: 'requestsPerMinute',
      of,
      most,
    });
    const request = (one: Counted, now = NOW) => {
      const grant = activeGrant({ requester: { type: 'User', id: one.of, name: 'x' } });
      const write = { grant, events: [requestedEvent(grant)], idempotency: null, vendsOn: [] };
      return storeAt(now).create({ ...write, counted: [one] });
    };

    test('a request beyond the limit of its minute writes nothing, and the next minute has room', async () => {
      const one = requests(newcomer().id, 3);
      for (const _ of [1, 2, 3]) expect(await request(one)).toEqual(ok(null));
      expect(await request(one)).toEqual(err(limitedByMinute(one, NOW)));
      const listed = await storeAt(NOW).list({ requester: one.of, limit: 10 });
      expect(listed.ok && listed.value.grants).toHaveLength(3);
      expect(await request(requests(newcomer().id, 3))).toEqual(ok(null));
      expect(await request(one, addSeconds(NOW, 60))).toEqual(ok(null));
    });

    if (fast) {
      test('all of one minute are counted, and none is refused while any counter has room', async () => {
        const one = requests(newcomer().id, 300);
        const done: boolean[] = [];
        for (let at = 0; at < 310; at += 1) done.push((await request(one)).ok);
        const refusedAt = done.indexOf(false);
        expect(refusedAt).toBe(300);
        expect(done.slice(refusedAt)).not.toContain(true);
      });
    }

    test('a repeat is answered as such, however much there was', async () => {
      const one = requests(newcomer().id, 1);
      const grant = activeGrant({ requester: { type: 'User', id: one.of, name: 'x' } });
      const idempotency = { principal: one.of, key: 'k', fingerprint: 'f' };
      const write = { grant, events: [requestedEvent(grant)], idempotency, vendsOn: [] };
      expect(await storeAt(NOW).create({ ...write, counted: [one] })).toEqual(ok(null));
      expect(await storeAt(NOW).create({ ...write, counted: [one] })).toEqual(
        err({ code: 'repeated', grantId: grant.id }),
      );
    });

    test('a vend beyond the limit of its grant writes nothing', async () => {
      const grant = activeGrant();
      const created = { grant, events: [requestedEvent(grant)], idempotency: null, vendsOn: [] };
      await storeAt(NOW).create({ ...created, counted: [] });
      const active = vendUnder(grant, NOW);
      if (!active.ok) throw new Error('not active');
      const one: Counted = { limit: 'vendsPerMinute', of: grant.id, most: 1 };
      const vend = () =>
        storeAt(NOW).recordVend({
          ...{ grant: active.value, begins: false, event: vendedEvent(grant), idempotency: null },
          ...{ vendsOn: [], counted: [one], now: NOW },
        });
      expect(await vend()).toEqual(ok(null));
      expect(await vend()).toEqual(err(limitedByMinute(one, NOW)));
      const events = await storeAt(NOW).events(grant.id, { limit: 9, after: null });
      expect(events.ok && events.value.events.map(({ type }) => type).toSorted()).toEqual([
        'requested',
        'vended',
      ]);
    });

    describe('what was asked of people', () => {
      const requester = newcomer();
      const pending = { status: 'pending', approvals: LAPSING } as const;
      const made = async (changes: Partial<Parameters<typeof activeGrant>[0]>) => {
        const grant = activeGrant({ requester, ...changes });
        const write = { grant, events: [requestedEvent(grant)], idempotency: null, vendsOn: [] };
        expect(await storeAt(NOW).create({ ...write, counted: [] })).toEqual(ok(null));
        return grant;
      };
      const refuse = async (
        before: Grant,
        type: 'denied' | 'extension-refused',
        at: number,
        change: Partial<Grant>,
      ) => {
        const grant = { ...before, version: 2, ...change };
        const event = { ...expiredEvent(grant), type, at, reason: 'no' } as AuditEvent;
        const write = { before, grant, events: [event], idempotency: null, unsuspended: [] };
        expect(await storeAt(NOW).update(write)).toEqual(ok(null));
      };
      const asked = async (entitlement: string) => {
        const found = await storeAt(NOW).asked(requester.id, entitlement, NOW);
        if (!found.ok) throw new Error(found.error.code);
        const { waiting, denials } = found.value;
        const rows = waiting.map(({ entitlement: id, lapsesAt }) => ({
          entitlement: id,
          lapsesAt,
        }));
        return {
          waiting: rows.toSorted((a, b) => (a.entitlement < b.entitlement ? -1 : 1)),
          denials,
        };
      };
      const { lapseAt: lapsesAt } = LAPSING;
      const waiting = [
        { entitlement: 'one', lapsesAt },
        { entitlement: 'two', lapsesAt },
      ];

      test('waits until it is decided', async () => {
        const first = await made({ ...pending, entitlement: 'one' });
        await made({ ...pending, entitlement: 'two' });
        await made({ entitlement: 'active' });
        expect(await asked('one')).toEqual({ waiting, denials: [] });
        await refuse(first, 'denied', NOW - 100, { status: 'denied', endedAt: NOW - 100 });
        expect(await asked('one')).toEqual({ waiting: waiting.slice(1), denials: [NOW - 100] });
        expect((await asked('two')).denials).toEqual([]);
      });

      test('counts as denied for a day, extensions too, and what policy denied does not', async () => {
        const grant = await made({ entitlement: 'long' });
        await refuse(grant, 'extension-refused', NOW - 5, {});
        const old = await made({ ...pending, entitlement: 'long' });
        await refuse(old, 'denied', addSeconds(NOW, -86_401), { status: 'denied' });
        await made({ status: 'denied', entitlement: 'long', endedAt: NOW });
        expect((await asked('long')).denials).toEqual([NOW - 5]);
      });

      test('is nothing of whoever asked nothing', async () => {
        expect(await storeAt(NOW).asked('people:nobody', 'one', NOW)).toEqual(
          ok({ waiting: [], denials: [] }),
        );
      });
    });
  });
}
