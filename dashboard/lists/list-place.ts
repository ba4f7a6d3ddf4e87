/**
 * Where somebody is in a list that the server pages and filters: all of it is in the URL, so that a reload and a link keep
 * the place. Cursors are the server's; those of the pages before lead back.
 */

export const PAGE_SIZES = [25, 50, 100] as const;
const DEFAULT_SIZE = 50;

/** What `GET /v1/grants` and `GET /v1/decisions` filter by. */
export const FILTERS = ['status', 'requester', 'entitlement'] as const;
export type Filter = Readonly<Partial<Record<(typeof FILTERS)[number], string>>>;

export type ListPlace = {
  readonly filter: Filter;
  readonly size: number;
  /** The cursor of each page from the earliest that is kept to the shown one; the first page has none. */
  readonly trail: readonly string[];
  /** The number of the shown page, from 1. */
  readonly page: number;
  /** A policy whose rows are marked: the server cannot filter by it. */
  readonly policy: string | null;
};

/** A URL stays short: of more pages than this, one goes back from the beginning. */
const MOST_KEPT = 20;
const CURSOR = /^[\w-]{1,200}$/;

export function listPlaceOf(query: URLSearchParams): ListPlace {
  const filter: Record<string, string> = {};
  for (const name of FILTERS) {
    const value = query.get(name)?.trim();
    if (value) filter[name] = value;
  }
  const size = PAGE_SIZES.find((one) => String(one) === query.get('limit')) ?? DEFAULT_SIZE;
  const trail = (query.get('at') ?? '').split('.').filter((cursor) => CURSOR.test(cursor));
  const page = Number(query.get('page'));
  const possible = Number.isSafeInteger(page) && page > trail.length;
  return {
    ...{ filter, size, trail, policy: query.get('policy') },
    page: possible && trail.length > 0 ? page : trail.length + 1,
  };
}

/** The query of the place's URL, in which what is as usual is left out. */
export function queryOf({
  filter,
  size,
  trail,
  page,
  policy,
}: ListPlace): Record<string, string | null> {
  return {
    ...filter,
    limit: size === DEFAULT_SIZE ? null : String(size),
    at: trail.join('.'),
    page: page > trail.length + 1 ? String(page) : null,
    policy,
  };
}

/** What is asked of the server for the shown page. */
export function pathOf(call: string, { filter, size, trail }: ListPlace): string {
  const cursor = trail.at(-1);
  const query = { ...filter, limit: String(size), ...(cursor !== undefined && { cursor }) };
  return `${call}?${new URLSearchParams(query)}`;
}

export function nextPage(place: ListPlace, cursor: string): ListPlace {
  const trail = [...place.trail, cursor].slice(-MOST_KEPT);
  return { ...place, trail, page: place.page + 1 };
}

/** @returns null on the first page, and where the page before is not kept. */
export function previousPage(place: ListPlace): ListPlace | null {
  const { page, trail } = place;
  if (page === 1 || (trail.length === 1 && page > 2)) return null;
  return { ...place, trail: trail.slice(0, -1), page: page - 1 };
}

export function firstPage(place: ListPlace): ListPlace {
  return { ...place, trail: [], page: 1 };
}

/** With another filter or another size the cursors lead nowhere: the list begins anew. */
export function filteredBy(
  place: ListPlace,
  change: Partial<Record<keyof Filter, string>>,
): ListPlace {
  const filter = Object.entries({ ...place.filter, ...change }).filter(([, value]) => value !== '');
  return { ...firstPage(place), filter: Object.fromEntries(filter) };
}
