import { describe, expect, test } from '@jest/globals';
import type { SignalStep } from '../../../core/audit.ts';
import { err, ok } from '../../../core/result.ts';
import { type Episode, joinEpisode } from '../../../core/signals/episodes.ts';
import {
  type FoundInUsage,
  raiseUsage,
  type UsageSignalPorts,
} from '../../../core/signals/raise-usage.ts';
import type { SignalEvent } from '../../../core/signals/signal-store.ts';
import type { UsageKind } from '../../../core/signals/suspicions.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { activeGrant, NOW } from '../../support/sample-grants.ts';

const GRANT = activeGrant({ status: 'revoked' });
const HOUR = 3_600_000;

const step = (minute: number): SignalStep => ({
  at: `2026-11-23T09:${String(minute).padStart(2, '0')}:00Z`,
  ...{ what: 's3:GetObject', grant: GRANT.id, from: '198.51.100.0/24', why: 'not refused' },
});

const found = (kind: UsageKind, count = 3): FoundInUsage => ({ kind, count, story: [step(1)] });

function world() {
  const raised: SignalEvent[] = [];
  const episodes = new Map<string, readonly Episode[]>();
  const state = { now: NOW };
  const ports: UsageSignalPorts = {
    signals: {
      raise: async (event, quietSeconds) => {
        const key = `${event.principalId} ${event.kind}`;
        const joined = joinEpisode(episodes.get(key) ?? [], event.at, quietSeconds);
        episodes.set(key, joined.episodes);
        if (joined.begins) raised.push(event);
        return ok(joined.begins);
      },
    },
    random: (length) => new Uint8Array(length),
    clock: () => state.now,
  };
  const raise = (...all: readonly FoundInUsage[]) =>
    raiseUsage(ports, { grant: GRANT, found: all }, 'r-1');
  return { ports, raised, state, raise };
}

describe('what is wrong with calls under keys', () => {
  test.each([
    ['keys-elsewhere', 'from networks that neither requested it nor got its keys'],
    ['keys-after-end', 'after its end, not refused'],
    ['keys-chained', 'in roles that it does not name'],
    ['keys-new-agent', 'by a program that was never seen before'],
    ['keys-refused-burst', 'refused within five minutes'],
  ] as const)('is a signal of the requester, by the broker: %s', async (kind, words) => {
    const { raised, raise } = world();
    const done = await raise(found(kind));
    expect(done).toEqual(ok(raised));
    expect(raised).toEqual([
      {
        ...{ id: expect.stringMatching(/^ev_/), type: 'signal-raised', at: NOW, kind, count: 3 },
        ...{ actor: 'broker', sourceIp: null, requestId: 'r-1' },
        ...{ principalId: GRANT.requester.id, principal: GRANT.requester, story: [step(1)] },
        reason: `3 calls under the keys of ${GRANT.id} ${words}`,
      },
    ]);
  });

  test('is told of by its latest ten calls', async () => {
    const { raised, raise } = world();
    const story = Array.from({ length: 14 }, (_, minute) => step(minute));
    await raise({ kind: 'keys-chained', count: 14, story }, found('keys-after-end', 1));
    expect(raised[1]?.reason).toBe(
      `1 call under the keys of ${GRANT.id} after its end, not refused`,
    );
    expect(raised[0]).toMatchObject({ count: 14, story: story.slice(4) });
  });

  test('is raised for each kind, once for as long as it goes on', async () => {
    const { raised, state, raise } = world();
    const both = [found('keys-after-end'), found('keys-elsewhere')];
    await raise(...both);
    state.now = NOW + HOUR / 2;
    expect(await raise(...both)).toEqual(ok([]));
    expect(raised.map(({ kind }) => kind)).toEqual(['keys-after-end', 'keys-elsewhere']);
    // What must never be is told again sooner.
    state.now = NOW + 3 * HOUR;
    await raise(...both);
    expect(raised.slice(2).map(({ kind }) => kind)).toEqual(['keys-after-end']);
    state.now = NOW + 40 * HOUR;
    await raise(...both);
    expect(raised).toHaveLength(5);
  });

  test('is nothing where nothing was found', async () => {
    expect(await world().raise()).toEqual(ok([]));
  });

  test('is not taken for told where the store does not answer', async () => {
    const { ports } = world();
    const broken = { ...ports, signals: { raise: async () => err(NO_STORE) } };
    const one = { grant: GRANT, found: [found('keys-after-end')] };
    expect(await raiseUsage(broken, one, 'r-1')).toEqual(err(NO_STORE));
  });
});
