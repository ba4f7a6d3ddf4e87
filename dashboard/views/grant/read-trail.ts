import type { EventPage, GrantEvent } from '../../api/types.ts';

/** The trail of a grant, oldest first. */
export type Trail = {
  readonly events: readonly GrantEvent[];
  /** The pages that are full, and never change; and where the last one begins. */
  readonly settled: readonly GrantEvent[];
  readonly from: string | null;
};

/** Reads on from the last page that was not full, so that a long trail is read only once. */
export async function readTrail(
  read: (cursor: string | null) => Promise<EventPage>,
  before: Trail | undefined,
): Promise<Trail> {
  const settled = [...(before?.settled ?? [])];
  let from = before?.from ?? null;
  for (;;) {
    const page: EventPage = await read(from);
    if (page.nextCursor === null) return { events: [...settled, ...page.events], settled, from };
    settled.push(...page.events);
    from = page.nextCursor;
  }
}
