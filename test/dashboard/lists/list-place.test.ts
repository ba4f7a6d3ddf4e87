import {
  filteredBy,
  type ListPlace,
  listPlaceOf,
  nextPage,
  pathOf,
  previousPage,
  queryOf,
} from '../../../dashboard/lists/list-place.ts';

const inUrl = (place: ListPlace): ListPlace => {
  const given = Object.entries(queryOf(place)).filter(
    (entry): entry is [string, string] => entry[1] !== null && entry[1] !== '',
  );
  return listPlaceOf(new URLSearchParams(given));
};
const start = listPlaceOf(new URLSearchParams('status=active&requester=people%3Aana%2Fx'));

test('the first page asks for what the URL filters by', () => {
  expect(pathOf('/v1/grants', start)).toBe(
    '/v1/grants?status=active&requester=people%3Aana%2Fx&limit=50',
  );
});

test('a page further on is reached by its cursor, and each page back by that of its own', () => {
  const third = inUrl(nextPage(inUrl(nextPage(start, 'c1')), 'c2'));
  expect(third.page).toBe(3);
  expect(pathOf('/v1/grants', third)).toContain('cursor=c2');
  const second = inUrl(previousPage(third) as ListPlace);
  expect(second.page).toBe(2);
  expect(pathOf('/v1/grants', second)).toContain('cursor=c1');
  const first = inUrl(previousPage(second) as ListPlace);
  expect(first).toEqual(start);
  expect(previousPage(first)).toBeNull();
});

test('a URL keeps the last twenty pages, knows its number, and goes back as far as they lead', () => {
  let place = start;
  for (let page = 1; page <= 30; page += 1) place = inUrl(nextPage(place, `c${page}`));
  expect(place.page).toBe(31);
  expect(place.trail).toHaveLength(20);
  for (let back = 1; back < 20; back += 1) place = inUrl(previousPage(place) as ListPlace);
  expect(place).toMatchObject({ page: 12, trail: ['c11'] });
  expect(previousPage(place)).toBeNull();
});

test('another filter begins anew, and an empty one is none', () => {
  const deep = nextPage(start, 'c1');
  expect(filteredBy(deep, { status: 'denied' })).toMatchObject({
    ...{ page: 1, trail: [] },
    filter: { status: 'denied', requester: 'people:ana/x' },
  });
  expect(filteredBy(deep, { status: '' }).filter).toEqual({ requester: 'people:ana/x' });
});

test('what is in a URL and cannot be is passed over', () => {
  const place = listPlaceOf(new URLSearchParams('limit=9999&page=-4&at=..%2Fx.c1&status=+'));
  expect(place).toEqual({ filter: {}, size: 50, trail: ['c1'], page: 2, policy: null });
});
