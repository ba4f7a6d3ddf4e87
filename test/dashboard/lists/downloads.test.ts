import { NoAnswer, Problem } from '../../../dashboard/api/problem.ts';
import { allPages } from '../../../dashboard/lists/all-pages.ts';
import { patiently } from '../../../dashboard/lists/patiently.ts';

test('all pages are read one after the other, as the cursors lead, and also past an empty one', async () => {
  const asked: string[] = [];
  const pages = [
    { rows: [1, 2], nextCursor: 'c1' },
    { rows: [], nextCursor: 'c2' },
    { rows: [3], nextCursor: null },
  ];
  const get = async (path: string) => {
    asked.push(path);
    return pages[asked.length - 1] ?? { rows: [], nextCursor: null };
  };
  const rows: number[] = [];
  for await (const page of allPages('/v1/grants', { status: 'denied' }, get)) {
    rows.push(...page.rows);
  }
  expect(rows).toEqual([1, 2, 3]);
  expect(asked).toEqual([
    '/v1/grants?status=denied&limit=100',
    '/v1/grants?status=denied&limit=100&cursor=c1',
    '/v1/grants?status=denied&limit=100&cursor=c2',
  ]);
});

const { signal } = new AbortController();
const problem = (status: number, retryAfter: number | null) =>
  new Problem({ type: 'about:blank', title: 't', status, detail: 'd' }, retryAfter);

/** Fails so often, and then answers. */
function failing(...errors: readonly Error[]) {
  const left = [...errors];
  return async () => {
    const error = left.shift();
    if (error !== undefined) throw error;
    return 'answer';
  };
}

test('too many requests wait as long as the broker says, a lost answer a little', async () => {
  const waits: number[] = [];
  const wait = async (ms: number) => void waits.push(ms);
  const ask = failing(problem(429, 7), new NoAnswer(), problem(503, 600));
  await expect(patiently(ask, { signal, wait })).resolves.toBe('answer');
  expect(waits).toEqual([7000, 2000, 30_000]);
});

test('what does not pass fails at once, and what does not pass in time in the end', async () => {
  const wait = async () => undefined;
  await expect(patiently(failing(problem(403, null)), { signal, wait })).rejects.toThrow('d');
  const always = async () => Promise.reject(new NoAnswer());
  await expect(patiently(always, { signal, wait })).rejects.toThrow(NoAnswer);
});

test('who cancels does not wait', async () => {
  const stop = new AbortController();
  const waiting = patiently(failing(problem(429, 30)), { signal: stop.signal });
  setTimeout(() => stop.abort(), 10);
  await expect(waiting).rejects.toThrow(/abort/i);
});
