import { describe, expect, test } from '@jest/globals';
import type { Pressure } from '../../../core/kill/pressure.ts';
import { err, ok } from '../../../core/result.ts';
import { type Episode, joinEpisode } from '../../../core/signals/episodes.ts';
import { type PressurePorts, raisePressure } from '../../../core/signals/raise-pressure.ts';
import type { SignalEvent } from '../../../core/signals/signal-store.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { activeGrant, NOW, ROLE } from '../../support/sample-grants.ts';

const EVE = { type: 'User', id: 'people:eve', name: 'eve@acme.example' } as const;
const HOUR = 3_600_000;

const PRESSURE: Pressure = {
  ...{ role: ROLE, percent: 74, ended: 214 },
  principals: [
    { percent: 61, ended: 200, open: 3, latest: { grantId: 'gr_eve', at: NOW - 1000 } },
    { percent: 2, ended: 14, open: 0, latest: { grantId: 'gr_bo', at: NOW - 9000 } },
  ],
};

function world() {
  const raised: SignalEvent[] = [];
  let episodes: readonly Episode[] = [];
  const state = { now: NOW };
  const ports: PressurePorts = {
    store: {
      find: async (id) =>
        ok(
          activeGrant({
            requester: id === 'gr_eve' ? EVE : { type: 'User', id: 'people:bo', name: 'bo' },
          }),
        ),
    },
    signals: {
      raise: async (event, quietSeconds) => {
        const joined = joinEpisode(episodes, event.at, quietSeconds);
        episodes = joined.episodes;
        if (joined.begins) raised.push(event);
        return ok(joined.begins);
      },
    },
    random: (length) => new Uint8Array(length),
    clock: () => state.now,
  };
  return { ports, raised, state };
}

describe('a kill switch under pressure', () => {
  test('is a signal of the principal that needs most, with role, share and who else', async () => {
    const { ports, raised } = world();
    const done = await raisePressure(ports, PRESSURE, 'r-1');
    expect(done.ok && done.value).toBe(raised[0]);
    expect(raised).toMatchObject([
      {
        ...{ type: 'signal-raised', kind: 'kill-switch-pressure', at: NOW, actor: 'broker' },
        ...{ principalId: EVE.id, principal: EVE, count: 214, role: ROLE, percent: 74 },
        requestId: 'r-1',
        story: [
          { what: '200 ended and 3 open grants of people:eve', why: '61 % of the room' },
          { what: '14 ended and 0 open grants of people:bo', grant: 'gr_bo', from: null },
        ],
      },
    ]);
  });

  test('is told once for as long as writes within an hour meet it', async () => {
    const { ports, raised, state } = world();
    for (const hours of [0, 0.5, 1.5, 2.4]) {
      state.now = NOW + hours * HOUR;
      await raisePressure(ports, PRESSURE, 'r-1');
    }
    expect(raised).toHaveLength(1);
    state.now = NOW + 4 * HOUR;
    expect(await raisePressure(ports, PRESSURE, 'r-1')).toMatchObject({ ok: true });
    expect(raised).toHaveLength(2);
  });

  test.each(['find', 'raise'] as const)('is not told where %s does not answer', async (port) => {
    const { ports } = world();
    const failing = async () => err(NO_STORE);
    const broken = {
      ...ports,
      store: port === 'find' ? { find: failing } : ports.store,
      signals: port === 'raise' ? { raise: failing } : ports.signals,
    };
    expect(await raisePressure(broken, PRESSURE, 'r-1')).toEqual(err(NO_STORE));
  });
});
