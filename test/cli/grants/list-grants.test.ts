import { describe, expect, test } from '@jest/globals';
import type { Broker } from '../../../cli/broker/client.ts';
import { grantIdOf } from '../../../cli/grants/find.ts';
import { listGrants } from '../../../cli/grants/list-grants.ts';
import { fakeBroker } from '../fake-broker.ts';
import { GRANT } from '../fake-server.ts';

const REVIEWABLE = { reviewable: 'me' };
const grantAt = (index: number) => ({ ...GRANT, id: `gr_${String(index).padEnd(20, '0')}` });
const ids = (...indexes: number[]) => indexes.map((index) => grantAt(index).id);

/** A broker with these pages, each a list of grants; its cursors are their numbers. */
function paging(pages: readonly (readonly number[])[]): {
  readonly broker: Broker;
  readonly searches: URLSearchParams[];
} {
  const searches: URLSearchParams[] = [];
  const { broker } = fakeBroker(() => ({}));
  const get: Broker['get'] = async (path, schema) => {
    const search = new URL(path, 'https://valetkey.acme.example').searchParams;
    searches.push(search);
    const page = Number(search.get('cursor') ?? 0);
    const nextCursor = page + 1 < pages.length ? String(page + 1) : null;
    return schema.parse({ grants: (pages[page] ?? []).map(grantAt), nextCursor });
  };
  return { broker: { ...broker, get }, searches };
}

const listed = async (broker: Broker, most: number, query = {}) =>
  (await listGrants(broker, query, most)).map(({ id }) => id);

describe('a list of grants', () => {
  test('goes on where a page has too few of them, or none', async () => {
    const { broker, searches } = paging([[], [1], [], [2, 3]]);
    expect(await listed(broker, 50, REVIEWABLE)).toEqual(ids(1, 2, 3));
    expect(searches.map(String)).toEqual([
      'reviewable=me&limit=100',
      ...[1, 2, 3].map((cursor) => `reviewable=me&limit=100&cursor=${cursor}`),
    ]);
  });

  test('ends when it has as many as are wanted', async () => {
    const { broker, searches } = paging([[1, 2], [3, 4], [5]]);
    expect(await listed(broker, 3)).toEqual(ids(1, 2, 3));
    expect(searches.map(String)).toEqual(['limit=3', 'limit=3&cursor=1']);
  });

  test('asks for pages that the broker has where more are wanted', async () => {
    const { broker, searches } = paging([[1]]);
    expect(await listed(broker, 500, { status: 'active' })).toEqual(ids(1));
    expect(searches.map(String)).toEqual(['status=active&limit=100']);
  });

  test('gives up after ten pages', async () => {
    const { broker, searches } = paging(Array.from({ length: 20 }, () => []));
    expect(await listed(broker, 50, REVIEWABLE)).toEqual([]);
    expect(searches).toHaveLength(10);
  });
});

test('a prefix finds a request that waits for a vote behind hundreds of others', async () => {
  const { broker } = paging([[1], [], [2]]);
  const get: Broker['get'] = async (path, schema) =>
    path.includes('reviewable')
      ? broker.get(path, schema)
      : schema.parse({ grants: [], nextCursor: null });
  const [given = ''] = ids(2);
  expect(await grantIdOf({ ...broker, get }, given.slice(0, 8), 'own', [])).toBe(given);
});
