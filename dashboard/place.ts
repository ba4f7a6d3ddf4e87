/** Where the page is: `#/grants/gr_1?tab=x` is `['grants', 'gr_1']` with the query. */
export type Place = { readonly parts: readonly string[]; readonly query: URLSearchParams };

export function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  return { parts: path.split('/').map(decoded), query: new URLSearchParams(query) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The link to a place. */
export function linkTo(path: string, query: Readonly<Record<string, string | null>> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] =>
    Boolean(entry[1]),
  );
  const search = new URLSearchParams(given).toString();
  return `#/${path}${search === '' ? '' : `?${search}`}`;
}

export function linkToGrant(id: string): string {
  return linkTo(`grants/${encodeURIComponent(id)}`);
}

/** Goes there; `replace` keeps the back button where it was. */
export function goTo(link: string, { replace = false } = {}): void {
  if (replace) location.replace(link);
  else location.hash = link;
}
