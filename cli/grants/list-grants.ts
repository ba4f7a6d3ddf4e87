import { type Grant, grants } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';

/** The most that the broker puts into a page. */
const PAGE = 100;

/** So many pages are read, so that nobody waits for a list in which nearly nothing matches. */
const MOST_PAGES = 10;

/**
 * The latest grants that match. A page may have fewer than it could, or none, and be followed by others: the broker looks
 * at a bounded number of grants for each.
 */
export async function listGrants(
  broker: Broker,
  query: Readonly<Record<string, string>>,
  most: number,
): Promise<readonly Grant[]> {
  const found: Grant[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES && found.length < most; page += 1) {
    const limit = 'reviewable' in query ? PAGE : Math.min(PAGE, most);
    const search = new URLSearchParams({
      ...query,
      limit: String(limit),
      ...(cursor !== null && { cursor }),
    });
    const answer: Page = await broker.get(`/v1/grants?${search}`, grants);
    found.push(...answer.grants);
    cursor = answer.nextCursor;
    if (cursor === null) break;
  }
  return found.slice(0, most);
}

type Page = { readonly grants: readonly Grant[]; readonly nextCursor: string | null };
