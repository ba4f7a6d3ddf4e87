/** All pages of a list, one after the other, as the server's cursors lead: memory has one of them. */

export type CursorPage = { readonly nextCursor: string | null };

export async function* allPages<Answer extends CursorPage>(
  call: string,
  filter: Readonly<Record<string, string>>,
  get: (path: string) => Promise<Answer>,
): AsyncGenerator<Answer> {
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ ...filter, limit: '100', ...(cursor && { cursor }) });
    const page: Answer = await get(`${call}?${query}`);
    yield page;
    cursor = page.nextCursor;
  } while (cursor !== null);
}
