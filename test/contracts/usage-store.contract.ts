import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { AuditEvent } from '../../core/audit.ts';
import type { Grant } from '../../core/grant.ts';
import { ok } from '../../core/result.ts';
import type { DueUsage, KeptUsage, UsageStore } from '../../core/usage/usage-store.ts';
import { spanOf } from '../../core/usage/window-of.ts';
import { activeGrant, expiredEvent, NOW } from '../support/sample-grants.ts';
import { keptUsage } from '../support/sample-usage.ts';

type Opened = {
  readonly usages: UsageStore;
  /** Ids of the events in the trail of a grant. */
  readonly eventsOf: (grantId: string) => Promise<readonly string[]>;
};

const HOUR = 3_600_000;

/** What every adapter of the UsageStore port does. Its clock says `NOW`, and it keeps for 400 days. */
export function usageStoreContract(name: string, open: () => Promise<Opened>): void {
  const entitlement = `e-${randomUUID()}`;
  const ended = (changes: Partial<Grant> = {}): Grant =>
    activeGrant({ ...{ status: 'expired', endedAt: NOW, keysValidUntil: NOW }, ...changes });

  const waitingSince = (grant: Grant, dueAt: number) => ({
    ...{ state: 'waiting', of: spanOf(grant), dueAt },
  });

  /** What is due of this grant; other tests share the table. */
  const dueOf = async (usages: UsageStore, { id }: Grant, by = NOW + 9 * HOUR) => {
    const due = await usages.due(by, 1000);
    if (!due.ok) throw new Error('nothing was read');
    return due.value.filter(({ grantId }) => grantId === id);
  };
  const only = async (usages: UsageStore, grant: Grant): Promise<DueUsage> => {
    const [due, ...others] = await dueOf(usages, grant);
    if (due === undefined || others.length > 0) throw new Error('not exactly one');
    return due;
  };

  describe(`${name} and usage`, () => {
    test('a grant waits once, and is due when its time comes', async () => {
      const { usages } = await open();
      const grant = ended();
      expect(await usages.find(grant)).toEqual(ok(null));
      expect(await usages.await(grant, NOW + HOUR)).toEqual(ok(true));
      expect(await usages.await(grant, NOW + HOUR)).toEqual(ok(false));
      expect(await usages.find(grant)).toEqual(ok(waitingSince(grant, NOW + HOUR)));
      expect(await dueOf(usages, grant, NOW + HOUR - 1)).toEqual([]);
      const due = { grantId: grant.id, dueAt: NOW + HOUR, since: NOW + HOUR, attempts: 0 };
      expect(await dueOf(usages, grant, NOW + HOUR)).toEqual([due]);
    });

    test('the longest overdue come first, as many as are asked for', async () => {
      const { usages } = await open();
      const [late, early] = [ended(), ended()];
      await usages.await(late, NOW - 50 * HOUR);
      await usages.await(early, NOW - 60 * HOUR);
      const due = await usages.due(NOW - 49 * HOUR, 100);
      const ids = due.ok ? due.value.map(({ grantId }) => grantId) : [];
      expect(ids.indexOf(early.id)).toBeLessThan(ids.indexOf(late.id));
      const one = await usages.due(NOW, 1);
      expect(one.ok && one.value).toHaveLength(1);
      for (const grant of [late, early]) await usages.drop(await only(usages, grant));
    });

    test('of two who begin to read at once, one does; it comes again later', async () => {
      const { usages } = await open();
      const grant = ended();
      await usages.await(grant, NOW);
      const due = await only(usages, grant);
      const claims = await Promise.all([1, 2].map(() => usages.claim(due, NOW + 2 * HOUR)));
      const next = { ...due, dueAt: NOW + 2 * HOUR, attempts: 1 };
      expect(claims).toContainEqual(ok(next));
      expect(claims).toContainEqual(ok(null));
      expect(await dueOf(usages, grant, NOW + HOUR)).toEqual([]);
      expect(await dueOf(usages, grant)).toEqual([next]);
      expect(await usages.find(grant)).toEqual(ok(waitingSince(grant, NOW)));
    });

    test('what was read is put once, with one event, and nothing is due any more', async () => {
      const { usages, eventsOf } = await open();
      const grant = ended();
      await usages.await(grant, NOW);
      const due = await only(usages, grant);
      const kept = keptUsage(grant);
      const put = (event: AuditEvent) => usages.put({ due, grant, kept, event });
      const events = [1, 2].map(() => expiredEvent(grant));
      const done = await Promise.all(events.map(put));
      expect(done).toContainEqual(ok(true));
      expect(done).toContainEqual(ok(false));
      expect(await usages.find(grant)).toEqual(ok({ state: 'kept', kept }));
      expect(await eventsOf(grant.id)).toHaveLength(1);
      expect(await dueOf(usages, grant)).toEqual([]);
      expect(await usages.await(grant, NOW)).toEqual(ok(false));
    });

    test('what was put is taken off, also where somebody else has begun again', async () => {
      const { usages } = await open();
      const grant = ended();
      await usages.await(grant, NOW);
      const due = await only(usages, grant);
      const claimed = await usages.claim(due, NOW + HOUR);
      const kept = keptUsage(grant);
      await usages.put({ due, grant, kept, event: null });
      const again = claimed.ok ? claimed.value : null;
      if (again === null) throw new Error('not claimed');
      expect(await usages.put({ due: again, grant, kept, event: null })).toEqual(ok(false));
      expect(await dueOf(usages, grant)).toEqual([]);
    });

    test('a grant without keys is kept at once, and never due', async () => {
      const { usages } = await open();
      const grant = ended({ keysValidUntil: null });
      const kept = { ...keptUsage(grant), vended: false };
      expect(await usages.keepUnused(grant, kept)).toEqual(ok(true));
      expect(await usages.keepUnused(grant, kept)).toEqual(ok(false));
      expect(await usages.find(grant)).toEqual(ok({ state: 'kept', kept }));
      expect(await dueOf(usages, grant)).toEqual([]);
    });

    test('the grants of an entitlement come by the time of their request, newest first, page by page', async () => {
      const { usages } = await open();
      const at = (hours: number) => ended({ entitlement, createdAt: NOW - hours * HOUR });
      const [first, second, third, waits] = [at(1), at(2), at(3), at(4)];
      const keep = (grant: Grant, kept: KeptUsage) => usages.keepUnused(grant, kept);
      for (const grant of [third, first, second]) await keep(grant, keptUsage(grant));
      await usages.await(waits, NOW);
      await keep(ended({ createdAt: NOW }), keptUsage(ended({ createdAt: NOW })));
      const page = (after: Pick<Grant, 'createdAt' | 'id'> | null, hours = 9) =>
        usages.ofEntitlement(entitlement, { since: NOW - hours * HOUR, limit: 2, after });
      const place = ({ createdAt, id }: Grant) => ({ createdAt, id });
      const shown = (grant: Grant) => ({
        ...{ state: 'kept', kept: keptUsage(grant) },
        ...place(grant),
      });
      expect(await page(null)).toEqual(
        ok({ found: [shown(first), shown(second)], next: place(second) }),
      );
      const last = await page(second);
      expect(last).toMatchObject(
        ok({ found: [shown(third), { ...waitingSince(waits, NOW), ...place(waits) }] }),
      );
      expect(await page(null, 1.5)).toEqual(ok({ found: [shown(first)], next: null }));
      await usages.drop(await only(usages, waits));
    });

    test('what is not kept any more is not shown, though it is still there', async () => {
      const { usages } = await open();
      const old = { createdAt: NOW - 402 * 24 * HOUR, endedAt: NOW - 401 * 24 * HOUR };
      const grant = ended({ ...old, entitlement: `${entitlement}-old` });
      await usages.keepUnused(grant, keptUsage(grant));
      expect(await usages.find(grant)).toEqual(ok(null));
      const page = { since: 0, limit: 10, after: null };
      const found = await usages.ofEntitlement(grant.entitlement, page);
      expect(found).toEqual(ok({ found: [], next: null }));
    });

    test('when reading began is noted once', async () => {
      const { usages } = await open();
      await usages.begin(NOW);
      expect(await usages.begin(NOW + 1)).toEqual(ok(null));
      expect(await usages.begunAt()).toEqual(ok(NOW));
    });
  });
}
