import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readingOnce } from '../../../core/deciding/read-once.ts';
import { asRequested, signalsAt, voterSignalsAt } from '../../../core/deciding/signals-seen.ts';
import type { Grant } from '../../../core/grant.ts';
import { addSeconds, type Instant } from '../../../core/instant.ts';
import type { GrantStore } from '../../../core/ports.ts';
import {
  HABIT_SECONDS,
  LATELY_SECONDS,
  MOST_PAST_ROWS,
  QUIET,
} from '../../../core/request-signals.ts';
import { err, ok } from '../../../core/result.ts';
import type { CastVote } from '../../../core/voter-signals.ts';
import { APPROVAL, POLICIES } from '../../support/authorities.ts';
import { compiled, files, READ } from '../../support/bundles.ts';
import { draws } from '../../support/draws.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { ANA, NOW, world } from '../../support/memory-ports.ts';
import { EXTENSION, grantOf } from '../../support/sample-grants.ts';

const BUNDLE = compiled(
  files({
    'entitlements/read.yaml': `${READ}${APPROVAL}`,
    'entitlements/list.yaml': `${READ}${APPROVAL}`.replace('id: read', 'id: list'),
    'policies/read.cedar': `${POLICIES}
@id("quiet")
@advice("Wait.")
forbid (principal, action == ValetKey::Action::"vote", resource)
when { context.signals.deniedInARow > 5 };`,
  }),
);
const HOUR = 3_600_000;

type Rows = Readonly<
  Record<'denied' | 'lapsed' | 'cancelled' | 'read' | 'list', readonly Instant[]>
>;

/** Each list as a query reads it: between two times, the latest rows first, and only so many of them. */
function storeOf(rows: Rows, cast: readonly CastVote[], reads: string[] = []): GrantStore {
  const latest = (times: readonly Instant[], since: Instant, before: Instant) =>
    times
      .filter((at) => at >= since && at < before)
      .toSorted((a, b) => b - a)
      .slice(0, MOST_PAST_ROWS);
  return {
    ...world(BUNDLE).ports.store,
    signalPast: async (principal, { entitlements, before, from = before }) => {
      reads.push(`past of ${principal}`);
      const lately = (times: readonly Instant[]) =>
        latest(times, addSeconds(from, -LATELY_SECONDS), before);
      const begun = (id: string) =>
        latest(rows[id as 'read' | 'list'], addSeconds(from, -HABIT_SECONDS), before).map((at) => ({
          at,
          network: `192.0.2.${at % 3}/24`,
        }));
      return ok({
        ...{ denied: lately(rows.denied), lapsed: lately(rows.lapsed) },
        cancelled: lately(rows.cancelled),
        begun: Object.fromEntries(entitlements.map((id) => [id, begun(id)])),
      });
    },
    votesOf: async (voter, before) => {
      reads.push(`votes of ${voter}`);
      return ok(cast.filter(({ at }) => at < before));
    },
  };
}

const portsOf = (store: GrantStore) => ({ ...world(BUNDLE).ports, store });

/** Everything that is asked about the votes on these grants. */
async function signalsOf(store: GrantStore, grants: readonly Grant[], now = NOW) {
  const reads = { readsSignals: true };
  return Promise.all(
    grants.map(async (grant) => [
      await signalsAt(store, grant, reads),
      grant.extension === null
        ? null
        : await signalsAt(store, asRequested(grant, grant.extension), reads),
      await voterSignalsAt(store, 'people:bo', grant, now, reads),
    ]),
  );
}

const hoursAgo = fc.integer({ min: 0, max: 100 * 24 }).map((hours) => NOW - hours * HOUR);
const times = fc.array(hoursAgo, { maxLength: 12 });
const rowsOf = fc.record({
  ...{ denied: times, lapsed: times, cancelled: times, read: times, list: times },
});
const grantsOf = fc.array(
  fc
    .record({
      requester: fc.constantFrom('people:ana', 'people:bob'),
      entitlement: fc.constantFrom('read', 'list'),
      createdAt: hoursAgo,
      recorded: fc.boolean(),
      extendedAt: fc.option(hoursAgo),
      extensionRecorded: fc.boolean(),
    })
    .map(({ requester, entitlement, createdAt, recorded, extendedAt, extensionRecorded }) => {
      const { facts, ...inputs } = EXTENSION.inputs;
      const seen = { inputs: { ...inputs, facts: { ...facts, signals: QUIET } } };
      return grantOf(ANA.principal, {
        ...{ entitlement, createdAt },
        requester: { type: 'User', id: requester, name: 'x' },
        requestedWith: {
          ...{ startsInSeconds: 0, mfaAgeSeconds: null, history: null },
          ...(recorded && { signals: { ...QUIET, deniedInARow: 7 } }),
        },
        extension:
          extendedAt === null
            ? null
            : { ...EXTENSION, requestedAt: extendedAt, ...(extensionRecorded && seen) },
      });
    }),
  { maxLength: 8 },
);
const castOf = fc.array(
  fc.record({
    at: hoursAgo,
    grantId: fc.constantFrom('gr_1', 'gr_2'),
    requester: fc.constantFrom('people:ana', 'people:bob'),
    vote: fc.constantFrom('approve', 'deny'),
    requestedAt: hoursAgo,
  }),
);

describe('signals of a page that are read once', () => {
  test('are those that are read for each grant', async () => {
    const property = fc.asyncProperty(grantsOf, rowsOf, castOf, async (grants, rows, cast) => {
      const store = storeOf(rows, cast);
      const once = readingOnce(portsOf(store), grants);
      expect(await signalsOf(once.store, grants)).toEqual(await signalsOf(store, grants));
    });
    await fc.assert(property, { numRuns: draws(300) });
  });

  const requested = (...hours: number[]) =>
    hours.map((ago) => grantOf(ANA.principal, { createdAt: NOW - ago * HOUR }));
  const NONE: Rows = { denied: [], lapsed: [], cancelled: [], read: [], list: [] };

  test('take one read of the voter, and one of each requester', async () => {
    const reads: string[] = [];
    const bob = { type: 'User', id: 'people:bob', name: 'bob' } as const;
    const grants = [...requested(1, 30, 5), grantOf(ANA.principal, { requester: bob })];
    await signalsOf(readingOnce(portsOf(storeOf(NONE, [], reads)), grants).store, grants);
    expect(reads.toSorted()).toEqual([
      'past of people:ana',
      'past of people:bob',
      'votes of people:bo',
    ]);
  });

  test('are read for each grant where a list is cut off', async () => {
    const denied = Array.from({ length: MOST_PAST_ROWS + 5 }, (_, at) => NOW - HOUR - at * 1000);
    const grants = requested(0, 1.2);
    const store = storeOf({ ...NONE, denied }, []);
    const answers = await signalsOf(readingOnce(portsOf(store), grants).store, grants);
    expect(answers).toEqual(await signalsOf(store, grants));
    expect(answers).toMatchObject([
      [{ value: { deniedInARow: MOST_PAST_ROWS } }, null, {}],
      [{ value: { deniedInARow: denied.length - 721 } }, null, {}],
    ]);
  });

  test('of another moment, or of others than those of the page, are read anew', async () => {
    const rows = { ...NONE, denied: [NOW - 3 * HOUR, NOW - 40 * HOUR], list: [NOW - 3 * HOUR] };
    const cast: CastVote[] = [
      {
        ...{ at: NOW, grantId: 'gr_1', requester: 'people:ana', vote: 'approve' },
        requestedAt: NOW - HOUR,
      },
    ];
    const store = storeOf(rows, cast);
    const once = readingOnce(portsOf(store), requested(2)).store;
    const others = [
      ...requested(1, 30),
      grantOf(ANA.principal, { createdAt: NOW - 2 * HOUR, entitlement: 'list' }),
    ];
    for (const now of [NOW, NOW + 1]) {
      expect(await signalsOf(once, others, now)).toEqual(await signalsOf(store, others, now));
    }
  });

  test('are unknown where the one read fails', async () => {
    const failing = async () => err(NO_STORE);
    const store = { ...storeOf(NONE, []), signalPast: failing, votesOf: failing };
    const [answers] = await signalsOf(
      readingOnce(portsOf(store), requested(1)).store,
      requested(1),
    );
    expect(answers).toEqual([err(NO_STORE), null, err(NO_STORE)]);
  });
});
