import type { Grant, GrantPage } from '../../api/types.ts';

/** What waits for the person's vote, newest first, as far as it was looked for. */
export type Queue = {
  readonly grants: readonly Grant[];
  /** How many pages were read: each has only what the person may vote on, so it may be short or empty. */
  readonly pages: number;
  readonly more: boolean;
};

type Settings = {
  readonly enough: number;
  readonly most: number;
  /** Between two pages, so that a long search takes nothing from others. */
  readonly pause: () => Promise<void>;
};

/** Follows the pages until there are enough rows, or the end, or as many pages as may be read. */
export async function readQueue(
  read: (cursor: string | null) => Promise<GrantPage>,
  { enough, most, pause }: Settings,
): Promise<Queue> {
  const grants: Grant[] = [];
  let cursor: string | null = null;
  for (let pages = 1; ; pages += 1) {
    const page: GrantPage = await read(cursor);
    grants.push(...page.grants);
    cursor = page.nextCursor;
    if (cursor === null) return { grants, pages, more: false };
    if (grants.length >= enough || pages >= most) return { grants, pages, more: true };
    await pause();
  }
}
