import { describe, expect, test } from '@jest/globals';
import { type Episode, joinEpisode, MOST_EPISODES } from '../../../core/signals/episodes.ts';
import { NOW } from '../../support/sample-grants.ts';

const HOUR = 3600;
const DAY_MS = 86_400_000;
const at = (hours: number) => NOW + hours * HOUR * 1000;
const join = (known: readonly Episode[], hours: number) => joinEpisode(known, at(hours), HOUR);

describe('an event of a signal', () => {
  test('begins an episode where none is near, before or after it', () => {
    const first = join([], 10);
    expect(first).toEqual({ begins: true, episodes: [{ from: at(10), until: at(10) }] });
    const before = join(first.episodes, 8.9);
    expect(before.begins).toBe(true);
    expect(before.episodes.map(({ from }) => from)).toEqual([at(8.9), at(10)]);
    expect(join(before.episodes, 11.1)).toMatchObject({ begins: true });
  });

  test.each([9, 9.5, 10, 11])('goes on with the one of 10 o’clock at %p', (hours) => {
    const { begins, episodes } = join(join([], 10).episodes, hours);
    expect(begins).toBe(false);
    expect(episodes).toEqual([{ from: at(Math.min(10, hours)), until: at(Math.max(10, hours)) }]);
  });

  test('makes one of two that it lies between', () => {
    const two = join(join([], 10).episodes, 8.5).episodes;
    expect(join(two, 9.2)).toEqual({ begins: false, episodes: [{ from: at(8.5), until: at(10) }] });
  });

  test('changes nothing where it is within one', () => {
    const known = [{ from: at(1), until: at(5) }];
    expect(join(known, 3).episodes).toEqual(known);
  });
});

test('episodes are forgotten after thirty days, and none that was forgotten begins again', () => {
  const old = joinEpisode([], NOW, HOUR).episodes;
  expect(joinEpisode(old, NOW + 31 * DAY_MS, HOUR).episodes).toHaveLength(1);
  let known: readonly Episode[] = [];
  for (let each = 0; each <= MOST_EPISODES; each += 1) known = join(known, 2 * each).episodes;
  expect(known).toHaveLength(MOST_EPISODES);
  expect(join(known, 0)).toEqual({ begins: false, episodes: known });
});
