import { describe, expect, test } from '@jest/globals';
import type { PrincipalEvent } from '../../core/audit.ts';
import type { GrantStore } from '../../core/ports.ts';
import { ok } from '../../core/result.ts';
import type { SignalEvent, SignalStore } from '../../core/signals/signal-store.ts';
import { activeGrant, NO_APPROVALS, NOW, requestedEvent } from '../support/sample-grants.ts';

type Opened = {
  readonly store: GrantStore;
  readonly signals: SignalStore;
  /** Appends to a principal's trail. */
  readonly append: (event: SignalEvent | RefusedEvent) => Promise<boolean>;
  readonly trailOf: (principal: string) => Promise<readonly string[]>;
};

type RefusedEvent = Extract<PrincipalEvent, { readonly type: 'principal-refused' }>;

/** What every adapter of the SignalStore port does. */
export function signalStoreContract(name: string, open: () => Promise<Opened>): void {
  const HOUR = 3600;
  let principals = 0;
  const somebody = () => {
    principals += 1;
    return `people:signal-${activeGrant().id}-${principals}`;
  };
  const signalOf = (principal: string, at: number, kind = 'many-denials'): SignalEvent => ({
    ...{ id: `ev_${principals}_${kind}_${at}`, type: 'signal-raised', at, requestId: 'r-1' },
    ...{ actor: 'broker', sourceIp: null, principalId: principal, reason: '3 within 1 hour' },
    kind: kind as SignalEvent['kind'],
    principal: { type: 'User', id: principal, name: 'eve' },
    ...{ count: 3, story: [] },
  });

  describe(`${name} and signals`, () => {
    test('what was denied or lapsed is found within its time', async () => {
      const { store, signals } = await open();
      const requester = { type: 'User', id: somebody(), name: 'eve' } as const;
      const ended = async (status: 'denied' | 'lapsed', endedAt: number) => {
        const grant = activeGrant({ requester, status, endedAt, approvals: NO_APPROVALS });
        const nothing = { idempotency: null, vendsOn: [], counted: [] };
        await store.create({ grant, events: [requestedEvent(grant)], ...nothing });
        return { at: endedAt, grantId: grant.id };
      };
      const first = await ended('denied', NOW);
      const second = await ended('denied', NOW + 1000);
      const lapsed = await ended('lapsed', NOW + 500);
      const within = (how: 'denied' | 'lapsed', from: number, before: number) =>
        signals.ended(how, requester.id, { from, before });
      expect(await within('denied', NOW, NOW + 1001)).toEqual(ok([second, first]));
      expect(await within('denied', NOW + 1, NOW + 1001)).toEqual(ok([second]));
      expect(await within('denied', NOW, NOW + 1000)).toEqual(ok([first]));
      expect(await within('lapsed', NOW, NOW + 1000)).toEqual(ok([lapsed]));
    });

    test('refused calls are found in the trail, and nothing else of it', async () => {
      const { signals, append } = await open();
      const principal = somebody();
      const refused: RefusedEvent = {
        ...{ id: 'ev_refused', type: 'principal-refused', at: NOW, requestId: 'r-1' },
        actor: { type: 'User', id: principal, name: 'eve' },
        ...{ sourceIp: '192.0.2.7', principalId: principal, reason: 'no' },
        ...{ call: 'POST /v1/grants/gr_1/revoke', problem: 'forbidden' },
      };
      await append(refused);
      await append(signalOf(principal, NOW + 10));
      const span = { from: NOW, before: NOW + 1000 };
      expect(await signals.refused(principal, span)).toEqual(ok([refused]));
      expect(await signals.refused(principal, { from: NOW + 1, before: NOW + 1000 })).toEqual(
        ok([]),
      );
    });

    test('a signal is raised once for as long as it goes on', async () => {
      const { signals, trailOf } = await open();
      const principal = somebody();
      const raiseAt = (seconds: number, kind?: string) =>
        signals.raise(signalOf(principal, NOW + seconds * 1000, kind), HOUR);
      expect(await raiseAt(0)).toEqual(ok(true));
      expect(await raiseAt(0)).toEqual(ok(false));
      expect(await raiseAt(HOUR)).toEqual(ok(false));
      // It goes on from then, whatever comes late.
      expect(await raiseAt(60)).toEqual(ok(false));
      expect(await raiseAt(2 * HOUR)).toEqual(ok(false));
      expect(await raiseAt(2 * HOUR, 'many-lapses')).toEqual(ok(true));
      expect(await raiseAt(3 * HOUR + 1)).toEqual(ok(true));
      expect(await trailOf(principal)).toHaveLength(3);
    });

    test('a signal that is found late is one of its own where it was over before the next began', async () => {
      const { signals, trailOf } = await open();
      const principal = somebody();
      const raiseAt = (hours: number) =>
        signals.raise(signalOf(principal, NOW + hours * HOUR * 1000), HOUR);
      expect(await raiseAt(10)).toEqual(ok(true));
      expect(await raiseAt(9)).toEqual(ok(false));
      expect(await raiseAt(5)).toEqual(ok(true));
      expect(await raiseAt(6)).toEqual(ok(false));
      expect(await raiseAt(5)).toEqual(ok(false));
      // Both go on until they meet.
      expect(await raiseAt(7.5)).toEqual(ok(true));
      expect(await raiseAt(7)).toEqual(ok(false));
      expect(await trailOf(principal)).toHaveLength(3);
    });

    test('a signal about a role goes on, whoever it is of', async () => {
      const { signals } = await open();
      const role = `arn:aws:iam::111122223333:role/${somebody()}`;
      const raiseFor = (of: string) => {
        const event = { ...signalOf(of, NOW, 'kill-switch-pressure'), role, percent: 71 };
        return signals.raise(event, HOUR);
      };
      expect(await raiseFor(somebody())).toEqual(ok(true));
      expect(await raiseFor(somebody())).toEqual(ok(false));
    });

    test('of many who raise it at once, one does', async () => {
      const { signals, trailOf } = await open();
      const principal = somebody();
      const raised = await Promise.all(
        Array.from({ length: 5 }, (_, at) => signals.raise(signalOf(principal, NOW + at), HOUR)),
      );
      expect(raised.filter((one) => one.ok && one.value)).toHaveLength(1);
      expect(await trailOf(principal)).toHaveLength(1);
    });
  });
}
