import { describe, expect, test } from '@jest/globals';
import type { Bundle } from '../../../core/bundle/bundle.ts';
import {
  historyAt,
  historyOf,
  NO_PAST,
  type PastPorts,
  pastFor,
  readPast,
  readPastRecords,
  recordedInputs,
} from '../../../core/deciding/past.ts';
import { QUIET, type SignalPast } from '../../../core/request-signals.ts';
import { err, ok } from '../../../core/result.ts';
import { compiled } from '../../support/bundles.ts';
import { entitlement } from '../../support/entitlements.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { ANA, NOW } from '../../support/memory-ports.ts';
import { grantOf, requestedEvent } from '../../support/sample-grants.ts';

const BUNDLE: Bundle = {
  ...compiled(),
  entitlements: {
    plain: entitlement({ id: 'plain' }),
    asking: { ...entitlement({ id: 'asking' }), readsHistory: true },
    glass: entitlement({ id: 'glass', breakGlass: true }),
    wary: { ...entitlement({ id: 'wary' }), readsSignals: true },
  },
};
const CALL = { caller: ANA, sourceIp: '192.0.2.9' };
const SIGNAL_PAST: SignalPast = {
  denied: [NOW - 1000],
  lapsed: [],
  cancelled: [],
  begun: { wary: [{ at: NOW - 2000, network: '198.51.100.0/24' }] },
};
const SEEN = { ...QUIET, deniedInARow: 1, newNetwork: true };
const USE = { denials: 2, entitlements: ['asking'] };

type Read = 'history' | 'signalPast' | 'overdueReview';

function reading(bundle: Bundle = BUNDLE, fails: Read | null = null) {
  const reads: unknown[] = [];
  const ports: PastPorts = {
    bundle,
    clock: () => NOW,
    store: {
      history: async (...args) => {
        reads.push(['history', ...args]);
        return fails === 'history' ? err(NO_STORE) : ok(USE);
      },
      signalPast: async (...args) => {
        reads.push(['signalPast', ...args]);
        return fails === 'signalPast' ? err(NO_STORE) : ok(SIGNAL_PAST);
      },
      overdueReview: async (...args) => {
        reads.push(['overdueReview', ...args]);
        return fails === 'overdueReview' ? err(NO_STORE) : ok('gr_old');
      },
    },
  };
  return { reads, ports };
}

const HISTORY = [
  'history',
  'people:ana',
  { entitlements: ['asking'], since: NOW - 86_400_000, before: NOW },
];
const SIGNALS = ['signalPast', 'people:ana', { entitlements: ['wary'], before: NOW }];
const REVIEWS = ['overdueReview', 'people:ana', NOW];
const only = (id: string): Bundle => {
  const found = BUNDLE.entitlements[id];
  return { ...BUNDLE, entitlements: found === undefined ? {} : { [id]: found } };
};

describe('the past of a caller', () => {
  test.each([
    ['plain', [], NO_PAST],
    ['asking', [HISTORY], { history: { recentDenials: 2, firstUse: false }, overdueReview: null }],
    ['glass', [REVIEWS], { history: null, overdueReview: 'gr_old' }],
    ['wary', [SIGNALS], { ...NO_PAST, signals: SEEN }],
    ['unknown', [], NO_PAST],
  ])('is read only as far as the entitlement %s needs it', async (id, expected, past) => {
    const { reads, ports } = reading();
    expect(await readPast(ports, CALL, id)).toEqual(ok(past));
    expect(reads).toEqual(expected);
  });

  test('is read once for all entitlements together', async () => {
    const { reads, ports } = reading();
    expect(await readPastRecords(ports, CALL)).toEqual(
      ok({ use: USE, overdueReview: 'gr_old', signals: { past: SIGNAL_PAST, at: NOW } }),
    );
    expect(reads).toEqual([HISTORY, SIGNALS, REVIEWS]);
  });

  test.each([
    ['plain', [], { use: null, overdueReview: null }],
    ['asking', [HISTORY], { use: USE, overdueReview: null }],
    ['glass', [REVIEWS], { use: null, overdueReview: 'gr_old' }],
  ])(
    'is read only as far as a bundle with nothing but %s needs it',
    async (id, expected, records) => {
      const { reads, ports } = reading(only(id));
      expect(await readPastRecords(ports, CALL)).toEqual(ok(records));
      expect(reads).toEqual(expected);
    },
  );

  test.each([
    ['history', 'asking'],
    ['signalPast', 'wary'],
    ['overdueReview', 'glass'],
  ] as const)('is a failure where the store does not answer %s', async (read, id) => {
    const { ports } = reading(BUNDLE, read);
    expect(await readPast(ports, CALL, id)).toEqual(err(NO_STORE));
    expect(await readPastRecords(ports, CALL)).toEqual(err(NO_STORE));
  });

  test('counts as a first use where no grant of the entitlement began', () => {
    const records = { use: USE, overdueReview: null };
    const asking = { ...entitlement({ id: 'asking' }), readsHistory: true };
    expect(pastFor(records, asking, CALL).history).toEqual({
      recentDenials: 2,
      firstUse: false,
    });
    const other = { ...asking, id: 'other' };
    expect(pastFor(records, other, CALL).history).toEqual({
      recentDenials: 2,
      firstUse: true,
    });
  });

  test('holds an overdue review only against break-glass', () => {
    const records = { use: USE, overdueReview: 'gr_old' };
    expect(pastFor(records, entitlement(), CALL)).toEqual({
      history: null,
      overdueReview: null,
    });
    expect(pastFor(records, entitlement({ breakGlass: true }), CALL)).toEqual({
      ...{ history: null, overdueReview: 'gr_old' },
    });
    expect(pastFor(records, null, CALL)).toEqual(NO_PAST);
  });
});

describe('the history of a grant', () => {
  const grant = grantOf(ANA.principal, { entitlement: 'asking', createdAt: NOW - 5000 });
  const kept = { recentDenials: 7, firstUse: true };
  const keeping = { ...grant, requestedWith: { ...grant.requestedWith, history: kept } };
  const before = { entitlements: ['asking'], since: NOW - 86_405_000, before: NOW - 5000 };

  test('is the one that policy saw', async () => {
    const { reads, ports } = reading();
    expect(await historyOf(ports.store, keeping)).toEqual(ok(kept));
    expect(await historyAt(ports.store, keeping, { readsHistory: true })).toEqual(ok(kept));
    expect(reads).toEqual([]);
  });

  test('is read as of the request where no policy read it then', async () => {
    const { reads, ports } = reading();
    const asOfThen = ok({ recentDenials: 2, firstUse: false });
    expect(await historyAt(ports.store, grant, { readsHistory: true })).toEqual(asOfThen);
    expect(await historyOf(ports.store, grant)).toEqual(asOfThen);
    const read = ['history', 'people:ana', before];
    expect(reads).toEqual([read, read]);
    expect(await historyAt(ports.store, grant, { readsHistory: false })).toEqual(ok(null));
    expect(reads).toHaveLength(2);
  });

  test('is a failure where the store does not answer', async () => {
    const { ports } = reading(BUNDLE, 'history');
    expect(await historyOf(ports.store, grant)).toEqual(err(NO_STORE));
  });
});

test('what the engine saw of a request is that of its first event', async () => {
  const grant = grantOf(ANA.principal);
  const event = requestedEvent(grant);
  if (event.type !== 'requested') throw new Error('no request');
  const stored = { requestedEvent: async () => ok(event) };
  expect(await recordedInputs(stored, grant.id)).toEqual(ok(event.inputs));
  expect(await recordedInputs({ requestedEvent: async () => ok(null) }, 'gr_none')).toEqual(
    ok(null),
  );
  expect(await recordedInputs({ requestedEvent: async () => err(NO_STORE) }, grant.id)).toEqual(
    err(NO_STORE),
  );
});
