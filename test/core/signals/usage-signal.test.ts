import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { SignalStep } from '../../../core/audit.ts';
import { newEventId } from '../../../core/ids.ts';
import { type Episode, joinEpisode } from '../../../core/signals/episodes.ts';
import type { SignalEvent } from '../../../core/signals/signal-store.ts';
import type { UsageKind } from '../../../core/signals/suspicions.ts';
import { type FoundInUsage, usageSignalOf } from '../../../core/signals/usage-signal.ts';
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
  const raise = (...all: readonly FoundInUsage[]): void => {
    for (const one of all) {
      const by = { id: newEventId(randomBytes), at: state.now, requestId: 'r-1' };
      const { event, quietSeconds } = usageSignalOf(GRANT, one, by);
      const key = `${event.principalId} ${event.kind}`;
      const joined = joinEpisode(episodes.get(key) ?? [], event.at, quietSeconds);
      episodes.set(key, joined.episodes);
      if (joined.begins) raised.push(event);
    }
  };
  return { raised, state, raise };
}

describe('what is wrong with calls under keys', () => {
  test.each([
    ['keys-elsewhere', 'from networks that neither requested it nor got its keys'],
    ['keys-after-end', 'after its end, not refused'],
    ['keys-chained', 'in roles that it does not name'],
    ['keys-new-agent', 'by a program that was never seen before'],
    ['keys-refused-burst', 'refused within five minutes'],
  ] as const)('is a signal of the requester, by the broker: %s', (kind, words) => {
    const { raised, raise } = world();
    raise(found(kind));
    expect(raised).toEqual([
      {
        ...{ id: expect.stringMatching(/^ev_/), type: 'signal-raised', at: NOW, kind, count: 3 },
        ...{ actor: 'broker', sourceIp: null, requestId: 'r-1' },
        ...{ principalId: GRANT.requester.id, principal: GRANT.requester, story: [step(1)] },
        reason: `3 calls under the keys of ${GRANT.id} ${words}`,
      },
    ]);
  });

  test('is told of by its latest ten calls', () => {
    const { raised, raise } = world();
    const story = Array.from({ length: 14 }, (_, minute) => step(minute));
    raise({ kind: 'keys-chained', count: 14, story }, found('keys-after-end', 1));
    expect(raised[1]?.reason).toBe(
      `1 call under the keys of ${GRANT.id} after its end, not refused`,
    );
    expect(raised[0]).toMatchObject({ count: 14, story: story.slice(4) });
  });

  test('is raised for each kind, once for as long as it goes on', () => {
    const { raised, state, raise } = world();
    const both = [found('keys-after-end'), found('keys-elsewhere')];
    raise(...both);
    state.now = NOW + HOUR / 2;
    raise(...both);
    expect(raised.map(({ kind }) => kind)).toEqual(['keys-after-end', 'keys-elsewhere']);
    // What must never be is told again sooner.
    state.now = NOW + 3 * HOUR;
    raise(...both);
    expect(raised.slice(2).map(({ kind }) => kind)).toEqual(['keys-after-end']);
    state.now = NOW + 40 * HOUR;
    raise(...both);
    expect(raised).toHaveLength(5);
  });
});
