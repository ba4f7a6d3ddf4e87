import { expect, test } from '@jest/globals';
import type { EventPage, GrantEvent } from '../../../../dashboard/api/types.ts';
import { readTrail } from '../../../../dashboard/views/grant/read-trail.ts';

const event = (id: number): GrantEvent => ({ id: `ev_${id}` }) as GrantEvent;

/** Pages of two events. */
function store(events: readonly GrantEvent[]) {
  const asked: (string | null)[] = [];
  const read = async (cursor: string | null): Promise<EventPage> => {
    asked.push(cursor);
    const from = Number(cursor ?? 0);
    const next = from + 2;
    return {
      events: events.slice(from, next),
      nextCursor: next < events.length ? String(next) : null,
    };
  };
  return { read, asked };
}

test('all pages are read, and the next time only from the last one on', async () => {
  const first = store([1, 2, 3, 4, 5].map(event));
  const trail = await readTrail(first.read, undefined);
  expect(trail.events.map(({ id }) => id)).toEqual(['ev_1', 'ev_2', 'ev_3', 'ev_4', 'ev_5']);
  expect(first.asked).toEqual([null, '2', '4']);

  const later = store([1, 2, 3, 4, 5, 6, 7].map(event));
  const more = await readTrail(later.read, trail);
  expect(more.events).toHaveLength(7);
  expect(new Set(more.events.map(({ id }) => id)).size).toBe(7);
  expect(later.asked).toEqual(['4', '6']);
});
