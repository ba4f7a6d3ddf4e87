import { expect, test } from '@jest/globals';
import type { ReplayedChange } from '../../../../dashboard/engine/messages.ts';
import {
  kindOf,
  type Page,
  type Progress,
  runReplay,
} from '../../../../dashboard/views/policy/replay-pages.ts';

async function replayed(
  wanted: number,
  pages: readonly Page[],
  signal = new AbortController().signal,
) {
  const asked: string[] = [];
  const told: Progress[] = [];
  await runReplay({
    ...{ wanted, signal, tell: (progress) => told.push(progress) },
    read: async (path) => {
      asked.push(path);
      return pages[asked.length - 1] ?? { decisions: [], nextCursor: null };
    },
    replay: async ({ length }) => ({ replayed: length, changes: [], guessed: 1, unread: ['x'] }),
  });
  return { asked, told };
}

const page = (count: number, nextCursor: string | null): Page => ({
  decisions: Array.from({ length: count }, () => ({})),
  nextCursor,
});

test('pages are replayed one after the other, until enough are', async () => {
  const { asked, told } = await replayed(150, [page(100, 'a'), page(0, 'b'), page(50, 'c')]);
  expect(asked).toEqual([
    ...['/v1/decisions?limit=100', '/v1/decisions?limit=50&cursor=a'],
    '/v1/decisions?limit=50&cursor=b',
  ]);
  expect(told.map((one) => [one.replayed, one.done])).toEqual([
    [100, false],
    [100, false],
    [150, true],
  ]);
  expect(told.at(-1)).toMatchObject({ guessed: 3, unread: ['x', 'x', 'x'] });
});

test('fewer are replayed where there are no more', async () => {
  const { asked, told } = await replayed(500, [page(3, null)]);
  expect(asked).toHaveLength(1);
  expect(told.at(-1)).toMatchObject({ replayed: 3, done: true });
});

test('nothing more is told once it was stopped', async () => {
  expect((await replayed(500, [page(100, 'a')], AbortSignal.abort())).told).toEqual([]);
});

test.each([
  ['allow', 'allowed'],
  ['approve', 'approval'],
  ['deny', 'denied'],
] as const)('what becomes %s is %s', (outcome, kind) => {
  expect(kindOf({ after: { outcome, policies: [] } } as unknown as ReplayedChange)).toBe(kind);
});

test('what is refused is denied', () => {
  const refused = { after: { outcome: 'refused', why: '' } };
  expect(kindOf(refused as unknown as ReplayedChange)).toBe('denied');
});
