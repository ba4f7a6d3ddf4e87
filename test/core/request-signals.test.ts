import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  QUIET,
  requestSignals,
  type SignalPast,
  signalsAtUse,
} from '../../core/request-signals.ts';

/** A Wednesday at 10:30 UTC. */
const NOW = Date.parse('2026-11-25T10:30:00Z');
const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const HOME = '192.0.2.0/24';

const NOTHING: SignalPast = { denied: [], lapsed: [], cancelled: [], begun: {} };
const begunAt = (...times: number[]) => ({
  begun: { deploy: times.map((at) => ({ at, network: HOME })) },
});
const seen = (past: Partial<SignalPast>, changes = {}) =>
  requestSignals(
    { ...NOTHING, ...past },
    { entitlement: 'deploy', sourceIp: '192.0.2.7', now: NOW, ...changes },
  );

describe('the signals of a request', () => {
  test('are those of a stranger where nothing is known', () => {
    expect(seen({})).toEqual({ ...QUIET, firstUse90Days: true, newNetwork: true });
  });

  test('are quiet where all is as ever', () => {
    expect(seen(begunAt(NOW - 7 * DAY))).toEqual(QUIET);
  });

  test('count denials since a grant of the entitlement began last', () => {
    const denied = [NOW - 3 * HOUR, NOW - 2 * HOUR, NOW - HOUR];
    expect(seen({ denied, ...begunAt(NOW - DAY) }).deniedInARow).toBe(3);
    expect(seen({ denied, ...begunAt(NOW - 150 * 60 * SECOND) }).deniedInARow).toBe(2);
    expect(seen({ denied, ...begunAt(NOW - 1, NOW - DAY) }).deniedInARow).toBe(0);
  });

  test('are not reset by a grant of another entitlement', () => {
    const denied = [NOW - 2 * HOUR];
    const begun = { trivial: [{ at: NOW - HOUR, network: HOME }] };
    expect(seen({ denied, begun })).toMatchObject({ deniedInARow: 1, firstUse90Days: true });
  });

  test.each(['lapsed', 'cancelled', 'denied'] as const)('count what was %s within a day', (how) => {
    const name = { lapsed: 'lapsedLately', cancelled: 'cancelledLately', denied: 'deniedInARow' };
    const times = [NOW - DAY - 1, NOW - DAY, NOW - 1, NOW];
    expect(seen({ [how]: times })).toMatchObject({ [name[how]]: 2 });
  });

  test('count no denial at the moment in which a grant began, and no grant that begins now', () => {
    const denied = [NOW - HOUR];
    expect(seen({ denied, ...begunAt(NOW - HOUR) }).deniedInARow).toBe(0);
    expect(seen(begunAt(NOW)).firstUse90Days).toBe(true);
  });

  test('forget a use after 90 days', () => {
    expect(seen(begunAt(NOW - 90 * DAY))).toEqual(QUIET);
    const before = seen(begunAt(NOW - 90 * DAY - 1));
    expect(before).toMatchObject({ firstUse90Days: true, newNetwork: true });
  });

  test('know the network of any grant of the entitlement, and none of rows that do not say', () => {
    const begun = (...networks: (string | null)[]) => ({
      begun: { deploy: networks.map((network) => ({ at: NOW - DAY, network })) },
    });
    expect(seen(begun('198.51.100.0/24', HOME)).newNetwork).toBe(false);
    expect(seen(begun('198.51.100.0/24', null)).newNetwork).toBe(true);
    expect(seen(begun(HOME), { sourceIp: '192.0.3.7' }).newNetwork).toBe(true);
  });

  test('tell unusual hours only from a habit', () => {
    const weeks = (count: number, shift: number) =>
      begunAt(...Array.from({ length: count }, (_, at) => NOW - 7 * DAY - shift - at * SECOND));
    expect(seen(weeks(20, 5 * HOUR)).offHours).toBe(true);
    expect(seen(weeks(19, 5 * HOUR)).offHours).toBe(false);
    expect(seen(weeks(20, HOUR)).offHours).toBe(false);
    expect(seen(weeks(20, -HOUR)).offHours).toBe(false);
    expect(seen(weeks(20, 2 * HOUR)).offHours).toBe(true);
    expect(seen(weeks(20, DAY)).offHours).toBe(true);
    // Once is enough to have been here at this hour.
    const { deploy } = weeks(20, DAY).begun;
    const once = { begun: { deploy: [...deploy, ...begunAt(NOW - 7 * DAY).begun.deploy] } };
    expect(seen(once).offHours).toBe(false);
  });

  test('take the hours beside it across the end of a week', () => {
    const sunday = Date.parse('2026-11-29T23:30:00Z');
    const begun = begunAt(...Array.from({ length: 20 }, (_, at) => sunday - at * SECOND));
    const thursday = Date.parse('2026-12-03T00:10:00Z');
    expect(seen(begun, { now: sunday + 40 * 60 * SECOND + 7 * DAY }).offHours).toBe(false);
    expect(seen(begun, { now: thursday }).offHours).toBe(true);
    // Weeks are counted from a Thursday, the first day of 1970.
    const late = Date.parse('2026-12-02T23:50:00Z');
    const nights = begunAt(...Array.from({ length: 20 }, (_, at) => late - at * SECOND));
    expect(seen(nights, { now: thursday + 7 * DAY }).offHours).toBe(false);
  });

  test('never depend on what came at or after the request', () => {
    const times = fc.array(fc.integer({ min: 0, max: 100 * DAY }));
    const pasts = fc.tuple(times, times, times, times);
    const pastOf = (
      [denied, lapsed, cancelled, begun]: number[][],
      at: (time: number) => number,
    ) => ({
      denied: (denied ?? []).map(at),
      lapsed: (lapsed ?? []).map(at),
      cancelled: (cancelled ?? []).map(at),
      ...begunAt(...(begun ?? []).map(at)),
    });
    fc.assert(
      fc.property(pasts, pasts, (earlier, later) => {
        const before = pastOf(earlier, (time) => NOW - 1 - time);
        const after = pastOf(later, (time) => NOW + time);
        const both = {
          denied: [...after.denied, ...before.denied],
          lapsed: [...after.lapsed, ...before.lapsed],
          cancelled: [...after.cancelled, ...before.cancelled],
          begun: { deploy: [...after.begun.deploy, ...before.begun.deploy] },
        };
        expect(seen(both)).toEqual(seen(before));
      }),
    );
  });
});

const from = (sourceIp: string, token?: string) => ({ sourceIp, token });

test('a use from another network than that of the request is one', () => {
  expect(signalsAtUse(QUIET, from('192.0.2.7'), from('192.0.2.250'))).toEqual(QUIET);
  const other = signalsAtUse(QUIET, from('192.0.2.7'), from('198.51.100.7', 't1'));
  expect(other).toEqual({ ...QUIET, otherNetwork: true });
});

describe('one token in two networks', () => {
  const begun = (network: string | null, token?: string) => ({
    begun: { deploy: [{ at: NOW - HOUR, network, ...(token !== undefined && { token }) }] },
  });
  const elsewhere = (past: Partial<SignalPast>, token?: string, sourceIp = '192.0.2.7') =>
    seen(past, { token, sourceIp }).tokenTwoNetworks;

  test('is one where a grant began with it from there, wherever the network is', () => {
    expect(elsewhere(begun('198.51.100.0/24', 't1'), 't1')).toBe(true);
    expect(elsewhere(begun('10.0.0.0/24', 't1'), 't1', '10.0.1.7')).toBe(true);
    expect(elsewhere(begun(HOME, 't1'), 't1')).toBe(false);
    expect(elsewhere(begun('198.51.100.0/24', 't2'), 't1')).toBe(false);
  });

  test('is none where the token, or the network, is not known', () => {
    expect(elsewhere(begun('198.51.100.0/24'), undefined)).toBe(false);
    expect(elsewhere(begun('198.51.100.0/24'), 't1')).toBe(false);
    expect(elsewhere(begun(null, 't1'), 't1')).toBe(false);
    expect(elsewhere(begun('unknown', 't1'), 't1')).toBe(false);
  });

  test('is none where one is IPv4 and the other IPv6: a device uses both', () => {
    expect(elsewhere(begun(HOME, 't1'), 't1', '2001:db8::7')).toBe(false);
    expect(elsewhere(begun('2001:db8:0::/48', 't1'), 't1', '2001:db8:5::7')).toBe(true);
  });

  test('is one where the grant is used with the token of its request, and stays one', () => {
    const use = (requested: string | undefined, used: string | undefined, sourceIp: string) =>
      signalsAtUse(QUIET, from('192.0.2.7', requested), from(sourceIp, used)).tokenTwoNetworks;
    expect(use('t1', 't1', '198.51.100.7')).toBe(true);
    expect(use('t1', 't1', '192.0.2.9')).toBe(false);
    expect(use('t1', 't2', '198.51.100.7')).toBe(false);
    expect(use(undefined, undefined, '198.51.100.7')).toBe(false);
    const known = { ...QUIET, tokenTwoNetworks: true };
    expect(signalsAtUse(known, from('192.0.2.7'), from('192.0.2.7')).tokenTwoNetworks).toBe(true);
  });
});
