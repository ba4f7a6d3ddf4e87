import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../folders.ts';
import type { Cached } from './process-cache.ts';

/** Cached keys that are of no use any more. */

/** Keys of whoever was signed in before are not for whoever is now. */
export function forgetAllKeys(): void {
  rmSync(cacheFolder(), { recursive: true, force: true });
}

/** Keys of grants that have ended are dead: the next SDK that asks gets new ones. */
export function forgetKeysOfEnded(
  grants: readonly { readonly id: string; readonly status: string }[],
): void {
  const ended = new Set(grants.filter(({ status }) => status !== 'active').map(({ id }) => id));
  if (ended.size === 0) return;
  for (const path of cachedFiles()) {
    try {
      const { grantId } = JSON.parse(readFileSync(path, 'utf8')) as Cached;
      if (ended.has(grantId)) rmSync(path, { force: true });
    } catch {
      // Somebody else is just writing it.
    }
  }
}

function cachedFiles(): readonly string[] {
  const folder = cacheFolder();
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
