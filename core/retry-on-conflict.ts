import type { Result } from './result.ts';

/** Another writer changed the grant between the read and the write. */
export type Conflict = { readonly code: 'conflict' };

/**
 * After this many conflicts the caller has to retry. Each of them means that another writer got through, and
 * an ending has to get through between vends of its own grant, which change it as well.
 */
const ATTEMPTS = 40;

/**
 * Runs one read-decide-write until its write meets no conflict, so that of two racing changes the
 * later one is decided on what the earlier one left behind.
 *
 * @returns what the last attempt returned: `conflict` only after forty conflicts in a row.
 */
export async function retryOnConflict<T, E extends { readonly code: string }>(
  attempt: () => Promise<Result<T, E>>,
): Promise<Result<T, E>> {
  for (let attempts = 1; ; attempts += 1) {
    const done = await attempt();
    if (done.ok || done.error.code !== 'conflict' || attempts === ATTEMPTS) return done;
  }
}
