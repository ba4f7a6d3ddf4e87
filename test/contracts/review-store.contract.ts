import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { AccessReview, DecidedItem, ReviewItem } from '../../core/access-review.ts';
import type { PrincipalEvent } from '../../core/audit.ts';
import type { Instant } from '../../core/instant.ts';
import { retryOnConflict } from '../../core/retry-on-conflict.ts';
import type { ReviewStore, ReviewWrite } from '../../core/reviewing/review-ports.ts';
import { NOW } from '../support/sample-grants.ts';

export type ReviewStores = {
  readonly reviews: ReviewStore;
  /** The same reviews, at another time. */
  readonly at: (now: Instant) => ReviewStore;
  /** The same reviews, where so many transactions are first refused for a conflict with another one. */
  readonly conflicting: (times: number) => ReviewStore;
  /** The same reviews, where so many transactions are written and nobody says so. */
  readonly losing: (times: number) => ReviewStore;
  readonly suspend: (principal: string) => Promise<unknown>;
  /** Whether the trail has it. */
  readonly isRecorded: (event: PrincipalEvent) => Promise<boolean>;
};

const done = { ok: true, value: null };
const refused = (code: string) => ({ ok: false, error: { code } });
const conflict = refused('conflict');
const ADA = { type: 'User', id: 'people:ada', name: 'ada' } as const;
const DAY = 24 * 3_600_000;

const itemOf = (item: number): ReviewItem => ({
  ...{ item, entitlement: 'artifacts-read', principal: ADA, members: null, marks: [] },
  ...{ could: true, requests: 2, denials: 0, grants: 2, vends: 5, lastUse: null, lines: [] },
});
const open = (item: number): DecidedItem => ({ item: itemOf(item), decided: null });
const keep = (item: number, reason: string): DecidedItem => ({
  item: itemOf(item),
  decided: { decision: 'keep', reason, by: ADA, at: NOW },
});

const reviewOf = (startedAt: Instant = NOW, items = 0): AccessReview => ({
  id: `ar_${randomUUID()}`,
  scope: {
    ...{ from: '2026-11-01', to: '2026-11-30', entitlements: null, items, listHash: 'h' },
    ...{ bundle: 'sha256:0', file: 'bundle/x.json', checkpoint: { size: 7, root: 'r' } },
  },
  starter: { who: ADA, marks: [] },
  ...{ startedAt, deciders: [], received: items, decided: 0, steps: 1, version: 1, signed: null },
});

const eventOf = ({ id, steps }: AccessReview): PrincipalEvent => ({
  ...{ id: `ev_${randomUUID()}`, at: NOW, principalId: 'broker', actor: ADA },
  ...{ requestId: 'r-1', sourceIp: null, reason: '' },
  ...{ type: 'access-review-decided', reviewId: id, step: steps, decisions: [] },
});

const writeOf = (review: AccessReview, changes: Partial<ReviewWrite> = {}): ReviewWrite => ({
  ...{ before: null, review, items: [], event: eventOf(review), idempotency: null },
  unsuspended: `people:${randomUUID()}`,
  ...changes,
});

const nextOf = (review: AccessReview, changes: Partial<AccessReview> = {}): AccessReview => ({
  ...review,
  version: review.version + 1,
  steps: review.steps + 1,
  ...changes,
});

/** The promises that every adapter of the ReviewStore port keeps. */
export function reviewStoreContract(name: string, make: () => Promise<ReviewStores>): void {
  describe(`access reviews in ${name}`, () => {
    let stores: ReviewStores;
    let reviews: ReviewStore;
    beforeAll(async () => {
      stores = await make();
      ({ reviews } = stores);
    });

    const started = async (items: readonly DecidedItem[] = []): Promise<AccessReview> => {
      const review = reviewOf(NOW, items.length);
      expect(await reviews.write(writeOf(review, { items }))).toEqual(done);
      return review;
    };
    const itemsOf = async ({ id }: AccessReview) => {
      const found = await reviews.items(id, { after: 0, limit: 100 });
      return found.ok ? found.value : found.error;
    };
    const stored = async ({ id }: AccessReview) => {
      const found = await reviews.find(id);
      return found.ok ? found.value : found.error;
    };

    test('are nothing before they were started', async () => {
      const review = reviewOf();
      expect([await stored(review), await itemsOf(review)]).toEqual([null, []]);
    });

    test('are read as they were written, with their items by number', async () => {
      const all = Array.from({ length: 30 }, (_, at) => open(at + 1));
      const review = await started(all.toReversed());
      expect(await stored(review)).toEqual(review);
      expect(await itemsOf(review)).toEqual(all);
      const page = { after: 8, limit: 3 };
      expect(await reviews.items(review.id, page)).toEqual({ ok: true, value: all.slice(8, 11) });
    });

    test('are started once', async () => {
      const review = await started();
      const again = { ...review, received: 9 };
      expect(await reviews.write(writeOf(again))).toEqual(conflict);
      expect(await stored(review)).toEqual(review);
    });

    test('change only as they were read, with their items and their event or not at all', async () => {
      const before = await started([open(1), open(2)]);
      const review = nextOf(before, { decided: 1 });
      const write = writeOf(review, { before, items: [keep(2, 'needed')] });
      expect(await reviews.write(write)).toEqual(done);
      const late = writeOf(nextOf(before, { decided: 2 }), { before, items: [keep(1, 'late')] });
      expect(await reviews.write(late)).toEqual(conflict);
      expect(await stored(before)).toEqual(review);
      expect(await itemsOf(before)).toEqual([open(1), keep(2, 'needed')]);
      const recorded = [write, late].map(({ event }) => event && stores.isRecorded(event));
      expect(await Promise.all(recorded)).toEqual([true, false]);
    });

    test('change under no hand that is suspended', async () => {
      const before = await started([open(1)]);
      const unsuspended = `people:${randomUUID()}`;
      await stores.suspend(unsuspended);
      const change = { before, items: [keep(1, 'x')], unsuspended };
      expect(await reviews.write(writeOf(nextOf(before), change))).toMatchObject(
        refused('suspended'),
      );
      expect([await stored(before), await itemsOf(before)]).toEqual([before, [open(1)]]);
    });

    test('change once under a key, which stands for one request, for a day', async () => {
      const before = await started();
      const idempotency = { principal: 'people:ada', key: randomUUID(), fingerprint: 'one' };
      const other = { ...idempotency, fingerprint: 'other' };
      expect(await reviews.changedUnder(idempotency)).toEqual(done);
      const review = nextOf(before);
      expect(await reviews.write(writeOf(review, { before, idempotency }))).toEqual(done);
      expect(await reviews.changedUnder(idempotency)).toEqual({ ok: true, value: before.id });
      expect(await reviews.changedUnder(other)).toEqual(refused('key-reused'));
      const next = (under: typeof idempotency) =>
        writeOf(nextOf(review), { before: review, idempotency: under });
      const repeated = { code: 'repeated', reviewId: before.id };
      expect(await reviews.write(next(idempotency))).toEqual({ ok: false, error: repeated });
      expect(await reviews.write(next(other))).toEqual(refused('key-reused'));
      expect(await stored(before)).toEqual(review);
      const later = stores.at(NOW + 2 * DAY);
      expect(await later.changedUnder(other)).toEqual(done);
      expect(await later.write(next(other))).toEqual(done);
    });

    test('are listed, the newest first, in pages', async () => {
      const future = NOW + 10_000 * DAY;
      const all: AccessReview[] = [];
      for (const at of [3, 1, 4, 2, 5]) {
        const review = reviewOf(future + at * 1000);
        all[5 - at] = review;
        expect(await reviews.write(writeOf(review))).toEqual(done);
      }
      const first = await reviews.list({ limit: 3, after: null });
      const next = { at: future + 3000, id: all[2]?.id ?? '' };
      expect(first).toEqual({ ok: true, value: { reviews: all.slice(0, 3), next } });
      const second = await reviews.list({ limit: 2, after: next });
      expect(second).toMatchObject({ value: { reviews: all.slice(3) } });
    });

    test('keep every decision where many people decide at once', async () => {
      const people = 12;
      const review = await started(Array.from({ length: people }, (_, at) => open(at + 1)));
      const decide = (item: number) =>
        retryOnConflict(async () => {
          const found = await reviews.find(review.id);
          if (!found.ok || found.value === null) throw new Error('the review is not there');
          const before = found.value;
          const items = [keep(item, `by ${item}`)];
          return reviews.write(
            writeOf(nextOf(before, { decided: before.decided + 1 }), { before, items }),
          );
        });
      const all = Array.from({ length: people }, (_, at) => at + 1);
      expect(await Promise.all(all.map(decide))).toEqual(all.map(() => done));
      expect(await stored(review)).toMatchObject({ decided: people, version: people + 1 });
      expect(await itemsOf(review)).toEqual(all.map((item) => keep(item, `by ${item}`)));
    });

    test('are written once where the first transactions meet others', async () => {
      const before = await started([open(1)]);
      const review = nextOf(before);
      const items = [keep(1, 'x')];
      const write = writeOf(review, { before, items });
      expect(await stores.conflicting(3).write(write)).toEqual(done);
      expect([await stored(before), await itemsOf(before)]).toEqual([review, items]);
    });

    test('are written once where nobody says so, and whoever repeats it is told that or of a conflict', async () => {
      const before = await started([open(1)]);
      const review = nextOf(before);
      const items = [keep(1, 'x')];
      // moto forgets the token of a transaction.
      const told = await stores.losing(3).write(writeOf(review, { before, items }));
      expect([done, conflict]).toContainEqual(told);
      expect([await stored(before), await itemsOf(before)]).toEqual([review, items]);
    });

    test('are not written where it refuses without end, and the caller is told to come again', async () => {
      const before = await started([open(1)]);
      const always = stores.conflicting(Number.POSITIVE_INFINITY);
      const items = [keep(1, 'x')];
      expect(await always.write(writeOf(nextOf(before), { before, items }))).toEqual({
        ok: false,
        error: { code: 'unavailable', what: 'store' },
      });
      expect([await stored(before), await itemsOf(before)]).toEqual([before, [open(1)]]);
    });
  });
}
